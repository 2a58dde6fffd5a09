from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.datasets.folder import read_folder
from codecbench.errors import UsageError


def touched(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def test_ids_are_paths_and_two_of_one_name_keep_their_suffix(tmp_path: Path) -> None:
    touched(tmp_path, "b.wav", "deep/a.FLAC", "c.wav", "c.mp3", "notes.md")
    assert [one.id for one in read_folder(tmp_path).utterances] == ["b", "c.mp3", "c.wav", "deep/a"]


def test_a_text_beside_is_the_transcript_and_an_empty_one_none(tmp_path: Path) -> None:
    touched(tmp_path, "a.wav", "b.wav", "c.wav")
    (tmp_path / "a.txt").write_text("\ufeff two words \n", encoding="utf-8")
    (tmp_path / "b.txt").write_text(" \n")
    assert [one.transcript for one in read_folder(tmp_path).utterances] == ["two words", None, None]
    (tmp_path / "c.txt").write_bytes(b"caf\xe9")
    with pytest.raises(UsageError, match=r"c\.txt' is not UTF-8 text"):
        read_folder(tmp_path)


def test_what_a_run_wrote_is_no_speech(tmp_path: Path) -> None:
    touched(tmp_path, "a.wav", "run/results.sqlite", "run/audio/opus/a.flac")
    assert [one.id for one in read_folder(tmp_path).utterances] == ["a"]


def test_a_folder_without_audio(tmp_path: Path) -> None:
    (tmp_path / "a.wav").mkdir()
    with pytest.raises(UsageError, match=r"holds no audio \(\.wav, \.flac"):
        read_folder(tmp_path)


def test_what_a_mac_leaves_beside_files_is_no_speech(tmp_path: Path) -> None:
    touched(tmp_path, "set/a.wav", "set/._a.wav", "set/__MACOSX/._a.wav", "set/__MACOSX/a.wav", "set/.cache/b.wav")
    assert [one.id for one in read_folder(tmp_path / "set").utterances] == ["a"]


def test_names_above_the_given_folder_do_not_matter(tmp_path: Path) -> None:
    touched(tmp_path, ".speech/__MACOSX/a.wav")
    assert [one.id for one in read_folder(tmp_path / ".speech" / "__MACOSX").utterances] == ["a"]


def test_links_are_followed_and_loops_end(tmp_path: Path) -> None:
    touched(tmp_path, "store/p1.wav", "store/deep/p2.wav", "set/local.wav")
    (tmp_path / "set" / "spk1").symlink_to(tmp_path / "store")
    (tmp_path / "set" / "loop").symlink_to(tmp_path / "set")
    (tmp_path / "store" / "back").symlink_to(tmp_path / "set")
    assert [one.id for one in read_folder(tmp_path / "set").utterances] == ["local", "spk1/deep/p2", "spk1/p1"]
    (tmp_path / "only").mkdir()
    (tmp_path / "only" / "test-clean").symlink_to(tmp_path / "store")
    ids = [one.id for one in read_folder(tmp_path / "only").utterances]
    assert {"test-clean/deep/p2", "test-clean/p1"} <= set(ids)


def test_what_is_passed_over_is_told(tmp_path: Path) -> None:
    touched(tmp_path, "a.wav", "b.m4a", "c.M4A", "d.sph")
    (tmp_path / "readme.txt").write_text("about this set")
    (tmp_path / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    said = "\n".join(read_folder(tmp_path).warnings)
    assert "3 files (.m4a, .sph) are of a format that is not read (b.m4a, c.M4A, d.sph); convert to FLAC" in said
    assert "1 links lead nowhere (gone.wav)" in said
    assert "1 texts belong to no recording (readme.txt)" in said


def test_a_folder_of_another_format_says_so(tmp_path: Path) -> None:
    touched(tmp_path, "a.m4a")
    with pytest.raises(UsageError, match=r"holds no audio \(.*\): 1 files \(\.m4a\) are of a format that is not read"):
        read_folder(tmp_path)
