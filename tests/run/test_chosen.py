from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from codecbench.api import Utterance
from codecbench.run.chosen import by_turns, cut_by_condition


def spoken(*speakers: str) -> list[Utterance]:
    return [Utterance(f"u{n}", Path(f"u{n}"), speaker=name) for n, name in enumerate(speakers)]


def test_speakers_take_turns_in_the_order_of_the_dataset() -> None:
    corpus = spoken(*"aaaabbc", "", "", *"c")
    assert by_turns(corpus) == [0, 4, 6, 7, 8, 1, 5, 9, 2, 3]
    assert by_turns(spoken(*"abc")) == [0, 1, 2]
    assert by_turns([]) == []


def test_a_longer_list_of_the_same_speakers_begins_alike() -> None:
    short, long = by_turns(spoken(*"aabb")), by_turns(spoken(*"aabb", *"ab"))
    assert long[: len(short)] == short


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([(16000, 1), (8000, 1)], None),
        ([(44100, 1), (16000, 1), (48000, 1)], "2 of 3 recordings are sampled at 44.1, 48 kHz: in condition wb"),
        ([(16000, 2)], "1 of 1 recordings are of several channels: in condition wb every codec is given 16 kHz mono"),
        ([(44100, 2), (16000, 1)], "1 of 2 recordings are sampled at 44.1 kHz or of several channels: in condition wb"),
    ],
)
def test_what_condition_wb_cuts_is_said(tmp_path: Path, files: list[tuple[int, int]], said: str | None) -> None:
    utterances = []
    for number, (rate, channels) in enumerate(files):
        path = tmp_path / f"{number}.wav"
        soundfile.write(path, np.zeros((rate // 10, channels)), rate)
        utterances.append(Utterance(str(number), path))
    note = cut_by_condition(utterances)
    assert (note is None) if said is None else (note is not None and note.startswith(said)), note


def test_what_cannot_be_read_is_left_to_who_reads_it(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no audio")
    assert cut_by_condition([Utterance("a", tmp_path / "text.wav"), Utterance("b", tmp_path / "gone.wav")]) is None
