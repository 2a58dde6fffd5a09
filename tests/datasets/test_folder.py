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
