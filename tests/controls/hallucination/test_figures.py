"""The controls' arithmetic on made evidence; the figures themselves come from the command."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from codecbench.api import Audio, Hypothesis, TextScore, Utterance, Word
from codecbench.controls.degradations import FILTERS, NOISES, coders
from codecbench.controls.hallucination.figures import ControlFigure, Controls
from codecbench.controls.hallucination.measuring import Measured, Measuring, Stimulus, read_measured
from codecbench.controls.hallucination.stimuli import (
    FLIP,
    FLIP_CODED,
    PAIR_CODED,
    SWAP,
    pair_stimuli,
    spread,
    swap_stimuli,
)  # fmt: skip
from codecbench.controls.hallucination.table import ControlTable
from codecbench.metrics.hallucination.calibration import VerdictCalibration
from codecbench.metrics.hallucination.verdict import Evidence
from codecbench.plugins import registry
from codecbench.recognizers.normalizer import load_normalizer

CALIBRATION = VerdictCalibration("r", "1", (), "n", "w", 0.6, 0.5, 2.0, 0.05, 0.2, 500, 30, 30, "0" * 64, {})


def evidence(margin: float, reference: str = "van", heard: str = "ban") -> Evidence:
    return Evidence("substitution", 2, reference, heard, 0.9, 0.9, margin, True, 0.1, 0.4)


def row(number: int, condition: str, *margins: float) -> Measured:
    errors = tuple(evidence(margin) for margin in margins)
    return Measured(f"u{number}", f"s{number}", condition, 10, errors, (0.9,))


def figures(measured: list[Measured]) -> dict[str, ControlFigure]:
    rivals = {f"u{n}": ("van", "ban") for n in range(20)}
    return {f"{f.control} / {f.condition}": f for f in Controls(measured, CALIBRATION, rivals).figures()}


def test_shares_recall_precision_and_area() -> None:
    measured = [row(n, "noise 0 dB", 0.0, 3.0, 0.5, 0.1) for n in range(12)]
    measured += [row(n, "Opus 32k") for n in range(12)]
    measured += [row(n, SWAP, 5.0, 6.0, 7.0, 1.0) for n in range(12)]
    measured += [row(n, FLIP, 4.0 if n < 9 else 1.0) for n in range(12)]
    measured += [row(n, FLIP_CODED, 3.0) for n in range(12)] + [row(n, PAIR_CODED, 0.2) for n in range(12)]
    found = figures(measured)
    assert found["E per word / noise 0 dB"].value == pytest.approx(0.4)
    assert found["hallucinated share of E / noise 0 dB"].value == pytest.approx(0.25)
    assert found["planted word (another utterance): found, of S + I / another utterance"].value == pytest.approx(0.75)
    assert found["planted word (rival reading): found (recall) / rival reading"].value == pytest.approx(9 / 12)
    assert found["planted word (rival reading): precision within those files / rival reading"].value == 1.0
    pooled = found["planted word (rival reading): precision, pooled with all blurs / rival reading"]
    assert pooled.value == pytest.approx(9 / 21)
    assert found["planted word (rival reading) in Opus 6k against Opus 6k: AUC / margin"].value == 1.0
    floor = found["H-WER: false-alarm floor / Opus 32k"]
    assert (floor.value, floor.low, floor.words) == (0.0, 0.0, 120)
    assert floor.high == pytest.approx(1 - 0.025 ** (1 / 120))
    text = ControlTable.of(list(found.values()), CALIBRATION, "probe").markdown()
    assert all(line.count("|") == 7 for line in text.splitlines()[:5])


def test_a_pair_that_is_not_read_right_twice_is_screened_out() -> None:
    other = Measured("u1", "s1", FLIP, 10, (evidence(9.0, "van", "vane"),), ())
    found = figures([row(0, FLIP, 4.0), other, row(0, "noise 0 dB", 0.0)])
    assert found["planted word (rival reading): pairs that pass the screen / rival reading"].value == 0.5
    assert found["planted word (rival reading): found (recall) / rival reading"].words == 1


def test_blurs_get_worse_in_the_order_of_their_names() -> None:
    signal = Audio.mono(0.1 * np.random.default_rng(0).standard_normal(16000), 16000)
    errors = [float(np.std(change(signal).samples - signal.samples)) for change in NOISES.values()]
    assert errors == sorted(errors)
    energies = [float(np.std(change(signal).samples)) for change in FILTERS.values()]
    assert energies == sorted(energies, reverse=True)
    np.testing.assert_array_equal(NOISES["noise 0 dB"](signal).samples, NOISES["noise 0 dB"](signal).samples)


def test_the_coders_keep_the_length() -> None:
    pytest.importorskip("av")
    pytest.importorskip("pycodec2")
    signal = Audio.mono(0.1 * np.random.default_rng(0).standard_normal(16000), 16000)
    for change in coders().values():
        assert change(signal).length == signal.length


def test_planted_words_are_of_the_same_voice() -> None:
    pairs = registry().find("datasets", "pairs").factory().utterances
    stimuli = list(pair_stimuli(pairs, lambda audio: audio, 4))
    assert [stimulus.condition for stimulus in stimuli] == [FLIP, FLIP_CODED, PAIR_CODED] * 4
    rivals = {u.id: u for u in pairs if u.extra["reading"] == "rival"}
    assert all(stimulus.utterance.id not in rivals for stimulus in stimuli)
    alone = Utterance("a", Path("a.wav"), speaker="x"), Utterance("b", Path("b.wav"), speaker="y")
    assert list(swap_stimuli(alone)) == []
    assert spread(list(range(10)), 3) == [0, 3, 6]


def test_what_was_measured_is_not_measured_again(tmp_path: Path) -> None:
    pytest.importorskip("hibari")

    class Told:
        asked = 0

        def transcribe(self, audio: Audio) -> Hypothesis:
            self.asked += 1
            text = "we solve it" if audio.samples[0, 0] > 0 else "we serve it"
            return Hypothesis(text, tuple(Word(w, 0.0, 1.0, 0.8) for w in text.split()))

        def score_texts(self, audio: Audio, texts: list[str]) -> list[TextScore]:
            return [TextScore(text, -float(len(text)), 3) for text in texts]

    signal = Audio.mono(np.ones(16000), 16000)
    stimulus = Stimulus(
        Utterance("u", Path("u.wav"), "we solve it"), "planted", lambda: signal, lambda a: Audio(-a.samples, 16000)
    )
    told = Told()
    (first,) = Measuring(told, load_normalizer(), tmp_path / "rows").measure([stimulus])
    assert [(e.reference, e.heard, e.margin) for e in first.errors] == [("solve", "serve", 0.0)]
    with (tmp_path / "rows").open("a") as file:
        file.write('{"cut sho')
    (second,) = Measuring(told, load_normalizer(), tmp_path / "rows").measure([stimulus])
    assert (second, told.asked) == (first, 2)
    assert read_measured(tmp_path / "none") == []
    with pytest.raises(TypeError, match="score_texts"):
        Measuring(object(), load_normalizer(), tmp_path / "rows")  # type: ignore[arg-type]
