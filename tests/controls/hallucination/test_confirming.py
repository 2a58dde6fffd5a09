from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from codecbench.api import Audio, Hypothesis, Utterance
from codecbench.controls.hallucination.confirming import Confirming, confirming_figures, read_hearings
from codecbench.controls.hallucination.measuring import Measured, Stimulus
from codecbench.controls.hallucination.splices import SPLICE
from codecbench.metrics.hallucination.verdict import Evidence

NOISE = "noise 0 dB"
LEVELS = {"original": 0.1, SPLICE: 0.2, NOISE: 0.3, "low-pass 1 kHz": 0.4}
HEARD = {0.1: "the red house", 0.2: "the blue house", 0.3: "the fed mouse", 0.4: "the red house"}


class Ears:
    """Hears a text by the level of a constant."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    def transcribe(self, audio: Audio) -> Hypothesis:
        self.asked.append(round(float(audio.samples[0, 0]), 1))
        return Hypothesis(HEARD[self.asked[-1]])


def constant(level: float) -> Audio:
    return Audio.mono(np.full(1600, level), 16000)


def error(position: int, reference: str, heard: str | None) -> Evidence:
    operation = "substitution" if heard else "deletion"
    return Evidence(operation, position, reference, heard, 0.9, 0.9, 5.0, True, 0.0, 0.1)  # type: ignore[arg-type]


def case(name: str, condition: str, *errors: Evidence) -> tuple[Stimulus, Measured]:
    utterance = Utterance(name, Path(name), speaker=name, transcript="the red house")
    stimulus = Stimulus(utterance, condition, lambda: constant(0.1), lambda _: constant(LEVELS[condition]))
    return stimulus, Measured(name, name, condition, 3, errors, ())


CASES = [
    case("a", SPLICE, error(1, "red", "blue")),
    case("a", NOISE, error(1, "red", "bed"), error(2, "house", "mouse")),
    case("a", "low-pass 1 kHz", error(1, "red", None)),
    case("b", SPLICE, error(1, "red", "blue"), error(2, "house", "louse")),
    case("b", NOISE, error(2, "house", "louse")),
]


def test_words_that_both_hear_are_counted_and_nothing_is_heard_twice(tmp_path: Path) -> None:
    file, ears = tmp_path / "second.jsonl", Ears()
    counts = Confirming(ears, str, file).confirmed(CASES)
    assert counts == {("a", SPLICE): 1, ("a", NOISE): 1, ("a", "low-pass 1 kHz"): 0, ("b", SPLICE): 1, ("b", NOISE): 0}
    assert ears.asked == [0.1, 0.2, 0.3, 0.1, 0.2, 0.3]  # neither an original twice nor what lost words alone
    file.write_text(file.read_text() + '{"utterance": "c", "cond')
    again = Ears()
    assert Confirming(again, str, file).confirmed(CASES) == counts
    assert not again.asked
    assert len(read_hearings(file)) == 6


def test_the_figures_hold_splices_against_noise(tmp_path: Path) -> None:
    rows = [row for _, row in CASES]
    counts = Confirming(Ears(), str, tmp_path / "second.jsonl").confirmed(CASES)
    figures = {(figure.control, figure.condition): figure for figure in confirming_figures(rows, counts)}
    assert figures["confirmed share of E", SPLICE].value == pytest.approx(2 / 3)
    assert figures["confirmed share of E", NOISE].value == pytest.approx(1 / 3)
    assert figures["confirmed share of E", "low-pass 1 kHz"].value == 0
    areas = [figure.value for (control, _), figure in figures.items() if control.endswith(f"against {NOISE}: AUC")]
    assert areas == [0.75, 0.875]  # by words, by share
    assert figures["confirmed WER", NOISE].value == pytest.approx(1 / 6)


def test_a_condition_without_errors_has_no_share() -> None:
    (_, row), *_ = CASES
    nothing = replace(row, errors=())
    assert confirming_figures([nothing], {("a", SPLICE): 0}) == []
