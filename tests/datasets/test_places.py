"""Audio that a manifest names and that is not there, or not under that very name."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from codecbench.api import Dataset, Utterance
from codecbench.datasets.places import located
from codecbench.errors import UsageError


def named(folder: Path, *names: str) -> Dataset:
    return Dataset("m", tuple(Utterance(f"u{n}", folder / name) for n, name in enumerate(names)))


def test_nothing_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"its audio is not there, none of 2 files, not even '.*wavs/a\.wav'; paths in"
    ):
        located(named(tmp_path, "wavs/a.wav", "wavs/b.wav"))


def test_some_missing_are_noted_once_and_fail_by_themselves(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    found = located(named(tmp_path, "a.wav", "b.wav", "c.wav"))
    (warning,) = found.warnings
    assert warning.startswith("2 of 3 audio files are not there (")
    assert len(found.utterances) == 3


@pytest.mark.parametrize(("written", "there"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_composed_and_decomposed_names_are_one(tmp_path: Path, written: str, there: str) -> None:
    file = tmp_path / unicodedata.normalize(there, "Müller.wav")
    file.touch()
    found = located(named(tmp_path, unicodedata.normalize(written, "Müller.wav")))
    assert (found.utterances[0].path, found.warnings) == (file, ())


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("A.WAV", "a.wav' is there, which differs in upper and lower case"),
        ("a.wav ", "a.wav' is there, which differs in blanks or slashes"),
        ("sub\\b.wav", "sub/b.wav' is there, which differs in blanks or slashes"),
    ],
)
def test_what_is_there_of_nearly_that_name_is_said(tmp_path: Path, name: str, hint: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.wav").touch()
    (tmp_path / "sub" / "b.wav").touch()
    with pytest.raises(UsageError) as refused:
        located(named(tmp_path, name))
    assert hint in str(refused.value)


def test_a_name_that_no_file_can_have_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    assert "2 of 3 audio files" in located(named(tmp_path, "a.wav", "x" * 5000, "nul\0.wav")).warnings[0]
