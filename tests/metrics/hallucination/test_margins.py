from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from made_ears import SIGNAL, Table, said

from codecbench.api import Audio, TextScore
from codecbench.metrics import hallucination
from codecbench.metrics.hallucination.margins import find_repairs, margins
from codecbench.recognizers.normalizer import load_normalizer

pytest.importorskip("jiwer")
pytest.importorskip("whisper_normalizer")


def test_a_run_of_errors_is_repaired_as_one_in_the_recognizer_s_spelling() -> None:
    before, after = said("Doctor Brown solved it."), said("Actor Ryan solved it.")
    comparison = hallucination.compare("doctor brown solved it", before, after, load_normalizer())
    (repair,) = find_repairs(comparison, before, after, 2.0)
    assert (repair.heard, repair.repaired) == ("Actor Ryan solved it.", "Doctor Brown solved it.")
    scorer = Table({repair.heard: -3.0, repair.repaired: -9.0})
    assert margins([repair], after, SIGNAL, scorer) == {0: 3.0, 1: 3.0}  # six nats for two words


@pytest.mark.parametrize(
    ("before", "after", "repaired"),
    [
        ("Solve it now.", "It now.", None),
        ("It is so.", "Well it is so.", "it is so."),
        ("We left. Solve it.", "We left. Serve it.", "We left. Solve it."),
        ("They solve, we rest.", "They serve. We rest.", "They solve. We rest."),
        ("So we go.", "So we may go.", "So we go."),
    ],
)
def test_repairs_keep_marks_and_capitals(before: str, after: str, repaired: str | None) -> None:
    comparison = hallucination.compare(before, said(before), said(after), load_normalizer())
    found = find_repairs(comparison, said(before), said(after), 2.0)
    assert [repair.repaired for repair in found] == ([] if repaired is None else [repaired])


def test_of_a_long_recording_only_an_excerpt_is_scored() -> None:
    names = ["".join(chr(ord("b") + int(digit)) for digit in f"{n:03}") + "o" for n in range(200)]
    text = " ".join(names)
    before, after = said(text), said(text.replace(names[100], "serve"))
    comparison = hallucination.compare(text, before, after, load_normalizer())
    (repair,) = find_repairs(comparison, before, after, 50.0)
    assert (repair.last - repair.first) / 4 <= 28.0
    assert "serve" in repair.heard
    assert names[100] in repair.repaired

    class Short(Table):
        def score_texts(self, audio: Audio, texts: Sequence[str]) -> list[TextScore]:
            assert audio.seconds <= 30.0
            return super().score_texts(audio, texts)

    noise = Audio.mono(np.random.default_rng(0).standard_normal(50 * 16000), 16000)
    assert margins([repair], after, noise, Short({})) == {0: 0.0}
