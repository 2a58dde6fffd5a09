"""A dataset that a plugin pins, through the command line: listed, pulled, gone on with, run, refused where changed."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import made_layouts
import numpy as np
import pytest
from running import codecbench, install_plugin
from serving import Served, serving

from codecbench.store import open_run

PLUGIN = """
from codecbench.api import Archive, Dataset, DatasetCard, Utterance, hookimpl

def read(folder):
    paths = sorted(folder.rglob("*.flac"))
    return Dataset("made", tuple(Utterance(path.stem, path, speaker=path.parts[-3]) for path in paths))

@hookimpl
def codecbench_register_datasets(register):
    archive = Archive("URL", SIZE, "SHA256")
    register(DatasetCard("made:test", "two speakers", "CC0", archive=archive), read)
"""
RUN = ("run", "--codecs", "g711", "--metrics", "si_sdr", "--cost", "none", "--keep-audio", "none")


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """With a plugin in `tmp_path / "site"` that pins what it serves."""
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    made_layouts.librispeech(tmp_path, {"1089": "M", "121": "F"})
    (tmp_path / "LibriSpeech" / "BOOKS.TXT").write_bytes(np.random.default_rng(0).bytes(300_000))
    with tarfile.open(tmp_path / "made.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "LibriSpeech", "LibriSpeech")
    content = (tmp_path / "made.tar.gz").read_bytes()
    with serving() as found:
        found.files["/made.tar.gz"] = content
        pins = {"URL": f"{found.address}/made.tar.gz", "SIZE": str(len(content)),
                "SHA256": hashlib.sha256(content).hexdigest()}  # fmt: skip
        source = PLUGIN
        for name, value in pins.items():
            source = source.replace(name, value)
        install_plugin(tmp_path / "site", "made_plugin", source)
        yield found


def test_from_its_name_to_a_run_and_back(served: Served, tmp_path: Path) -> None:
    site = tmp_path / "site"

    def listed() -> dict[str, object]:
        rows = json.loads(codecbench("list", "datasets", "--json", site=site).stdout)["datasets"]
        return next(row for row in rows if row["id"] == "made:test")

    absent = codecbench(*RUN, "--dataset", "made:test", "--out", tmp_path / "run", site=site)
    assert absent.returncode == 2
    (line,) = absent.stderr.splitlines()
    assert line.endswith("fetch it: codecbench datasets pull made:test")
    assert listed()["here"] is False

    served.cut = {"/made.tar.gz": 200_000}
    cut = codecbench("datasets", "pull", "made:test", site=site)
    assert cut.returncode == 2
    assert cut.stdout.startswith("made:test: ")
    assert "licence: CC0" in cut.stdout
    assert "the same command goes on from there" in cut.stderr
    served.cut = {}
    pulled = codecbench("datasets", "pull", "made:test", site=site)
    assert pulled.returncode == 0, pulled.stderr
    assert "made:test: 4 utterances in " in pulled.stdout
    assert served.asked[-1].startswith("bytes=")
    assert listed()["here"] is True
    assert "8 files are as they were unpacked" in codecbench("datasets", "verify", "made:test", site=site).stdout

    done = codecbench(*RUN, "--dataset", "made:test", "--limit", 2, "--out", tmp_path / "run", site=site)
    assert done.returncode == 0, done.stderr
    assert {row.speaker for row in open_run(tmp_path / "run").utterances} == {"1089", "121"}

    clip = next((tmp_path / "cache").rglob("*.flac"))
    content = clip.read_bytes()
    clip.write_bytes(content[:-1] + b"x")
    for command in ((*RUN, "--dataset", "made:test", "--out", tmp_path / "run"), ("datasets", "verify", "made:test")):
        refused = codecbench(*command, site=site)
        assert refused.returncode == 2
        assert "1 of 8 files are not as they were unpacked" in refused.stderr
    clip.write_bytes(content)
    (clip.parent / "more.flac").write_bytes(content)
    added = codecbench(*RUN, "--dataset", "made:test", "--out", tmp_path / "run", site=site)
    assert added.returncode == 2
    assert "1 recordings are not of its archive" in added.stderr
    assert "more.flac" in added.stderr


def test_what_is_not_fetched_and_what_nobody_has_registered() -> None:
    assert "dataset 'probe' is not fetched: it comes with its plugin" in codecbench("datasets", "pull", "probe").stderr
    unknown = codecbench("datasets", "pull", "librispeech:test-claen")
    assert "unknown dataset 'librispeech:test-claen'; known: probe, pairs, librispeech:test-clean, " in unknown.stderr
    assert unknown.returncode == 2
