"""A corpus with an archive: pulled from a server on the loopback, gone on with, checked, refused where it changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import made_layouts
import numpy as np
import pytest
from serving import Served, serving

from codecbench.api import Archive, DatasetCard, UsageError
from codecbench.datasets.pulled import PulledFolder, is_here, place_of, pulled_folder, refuse_changed
from codecbench.datasets.pulling import pull


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """LibriSpeech's layout: two speakers, four recordings."""
    folder = tmp_path_factory.mktemp("corpus")
    made_layouts.librispeech(folder, {"1089": "M", "121": "F"})
    (folder / "LibriSpeech" / "BOOKS.TXT").write_bytes(np.random.default_rng(0).bytes(300_000))
    with tarfile.open(folder / "test-clean.tar.gz", "w:gz") as archive:
        archive.add(folder / "LibriSpeech", "LibriSpeech")
    return (folder / "test-clean.tar.gz").read_bytes()


@pytest.fixture
def served(packed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    with serving() as found:
        found.files["/test-clean.tar.gz"] = packed
        yield found


@pytest.fixture
def card(served: Served, packed: bytes) -> DatasetCard:
    archive = Archive(f"{served.address}/test-clean.tar.gz", len(packed), hashlib.sha256(packed).hexdigest())
    return DatasetCard("made:test-clean", "made", "CC0", archive=archive)


def archive_of(card: DatasetCard) -> Archive:
    assert card.archive is not None
    return card.archive


def refused(card: DatasetCard, source: str | None = None) -> str:
    with pytest.raises(UsageError) as error:
        pull(card, source=source)
    assert "\n" not in str(error.value)
    return str(error.value)


def place(card: DatasetCard) -> PulledFolder:
    return place_of(archive_of(card))


def test_what_is_pulled_is_here_and_nothing_of_the_transfer_is_left(card: DatasetCard, served: Served) -> None:
    assert not is_here(card)
    with pytest.raises(
        UsageError, match=r"not on this machine \(.* kB, CC0\); fetch it: codecbench datasets pull made"
    ):
        pulled_folder(card, archive_of(card))
    folder = pull(card)
    assert is_here(card)
    assert pulled_folder(card, archive_of(card)) == folder
    assert len(list(folder.rglob("*.flac"))) == 4
    assert {path.name for path in folder.parent.iterdir()} <= {"speech", "files.jsonl", ".lock"}
    pull(card)
    assert len(served.asked) == 1
    other = replace(card, id="made:part")  # another name of the same archive
    assert pulled_folder(other, archive_of(other)) == folder


def test_a_cut_is_said_and_gone_on_with(card: DatasetCard, served: Served, packed: bytes) -> None:
    served.cut = {"/test-clean.tar.gz": len(packed) // 2}
    assert f"of {len(packed)} bytes are here, the same command goes on from there" in refused(card)
    assert not is_here(card)
    served.cut = {}
    pull(card)
    assert served.asked[1].startswith("bytes=")
    assert is_here(card)


def test_another_archive_is_refused_and_not_gone_on_with(card: DatasetCard, served: Served, packed: bytes) -> None:
    served.files["/test-clean.tar.gz"] = bytes(len(packed))
    assert "test-clean.tar.gz.partial is not the expected archive" in refused(card)
    served.files["/test-clean.tar.gz"] = packed
    pull(card)
    assert served.asked == ["", ""]


def test_a_mirror_or_a_file_that_is_here_already(card: DatasetCard, served: Served, tmp_path: Path) -> None:
    mine = tmp_path / "mine.tar.gz"
    mine.write_bytes(served.files.pop("/test-clean.tar.gz"))
    assert "404" in refused(card)
    assert "'nowhere.tar.gz' is no file" in refused(card, "nowhere.tar.gz")
    served.files["/mirror/x"] = mine.read_bytes()
    pull(card, source=f"{served.address}/mirror/x")
    shutil.rmtree(place(card).folder)
    pull(card, source=str(mine))
    assert is_here(card)
    assert mine.exists()
    mine.write_bytes(b"another")
    shutil.rmtree(place(card).folder)
    assert "mine.tar.gz is not the expected archive: 7 bytes" in refused(card, str(mine))


def test_what_has_changed_since_is_refused_and_pulled_anew(card: DatasetCard, served: Served) -> None:
    folder = pull(card)
    clip = sorted(folder.rglob("*.flac"))[0]
    before = clip.stat()
    content = clip.read_bytes()
    os.utime(clip, ns=(0, 0))  # touched, and the same
    assert refuse_changed(card, place(card)) == 8
    clip.write_bytes(bytes(len(content)))
    with pytest.raises(
        UsageError, match=rf"1 of 8 files are not as they were unpacked \(.*{clip.name}\); fetch it again"
    ):
        pulled_folder(card, archive_of(card))
    os.utime(clip, ns=(before.st_atime_ns, before.st_mtime_ns))
    refuse_changed(card, place(card))  # its size and time are as they were: only the thorough look sees it
    with pytest.raises(UsageError, match="1 of 8 files"):
        refuse_changed(card, place(card), thorough=True)
    clip.unlink()
    with pytest.raises(UsageError, match="1 of 8 files"):
        pulled_folder(card, archive_of(card))
    pull(card)
    assert clip.read_bytes() == content
    assert len(served.asked) == 2


def test_no_room_is_one_line_before_anything_is_sent(
    card: DatasetCard, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, 1000))
    assert "'made:test-clean' needs" in refused(card)
    assert "1 kB are free; make room, or name another folder by CODECBENCH_CACHE" in refused(card)
    assert served.asked == []


def test_a_folder_that_cannot_be_made(card: DatasetCard, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    assert "could not be put into" in refused(card)


def test_an_unpacking_that_was_stopped_is_not_here(card: DatasetCard) -> None:
    pull(card)
    place(card).list.unlink()
    assert not is_here(card)
    pull(card)
    assert is_here(card)


def test_a_dataset_without_an_archive(card: DatasetCard) -> None:
    assert "is not fetched: it comes with its plugin" in refused(replace(card, archive=None))


@pytest.mark.parametrize(
    ("field", "value"),
    [("url", "ftp://x/a.zip"), ("url", "https://x/a"), ("size", 0), ("sha256", "x"), ("members", "(")],
)
def test_what_an_archive_has_to_say(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"an archive: {field} must be"):
        replace(Archive("https://x/a.zip", 1, "0" * 64), **{field: value})  # type: ignore[arg-type]
