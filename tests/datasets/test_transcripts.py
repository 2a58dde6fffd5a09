from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.datasets.transcripts import Transcripts
from codecbench.errors import UsageError


def written(folder: Path, **texts: str) -> Transcripts:
    for name, text in texts.items():
        (folder / name.replace("__", ".")).write_text(text)
    return Transcripts(sorted(folder.iterdir()))


def test_the_normalized_text_is_the_better_one(tmp_path: Path) -> None:
    texts = written(tmp_path, a__normalized__txt="doctor Smith", a__original__txt="Dr. Smith", a__txt="Dr Smith")
    assert texts.of(tmp_path / "a.wav") == "doctor Smith"
    assert texts.without_recording([tmp_path / "a.wav"]) == []


def test_a_list_has_a_line_for_each_recording_of_its_folder(tmp_path: Path) -> None:
    texts = written(tmp_path, x__trans__txt="84-1 HE SPOKE\n\n84-2\n84-3  TWICE \n", b__TXT="mine")
    said = [texts.of(tmp_path / f"{name}.flac") for name in ("84-1", "84-2", "84-3", "b", "c")]
    assert said == ["HE SPOKE", None, "TWICE", "mine", None]
    assert texts.of(tmp_path / "other" / "84-1.flac") is None


def test_texts_of_no_recording_are_told(tmp_path: Path) -> None:
    texts = written(tmp_path, a__txt="x", readme__txt="about this set")
    assert texts.without_recording([tmp_path / "a.wav"]) == [tmp_path / "readme.txt"]


def test_a_list_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.trans.txt").write_bytes(b"84-1 caf\xe9")
    with pytest.raises(UsageError, match=r"x\.trans\.txt' is not UTF-8 text"):
        Transcripts([tmp_path / "x.trans.txt"])
