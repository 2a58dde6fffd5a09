"""Words are planted where they belong, and by a known recognizer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from codecbench.api import Audio, Hypothesis, Utterance, Word
from codecbench.audio import source_signal
from codecbench.controls.hallucination.figures import Controls
from codecbench.controls.hallucination.measuring import Measured
from codecbench.controls.hallucination.splices import (
    APART,
    CUT,
    EACH,
    FADE_S,
    SPLICE,
    PlacedWord,
    Planted,
    plant,
    splice_stimuli,
    spliced,
    without,
)
from codecbench.metrics.hallucination.calibration import VerdictCalibration
from codecbench.metrics.hallucination.verdict import Evidence

RATE = 16000
WORD_S, PAUSE_S = 0.3, 0.1
CALIBRATION = VerdictCalibration("told", "1", (), "n", "w", 0.6, 0.5, 2.0, 0.05, 0.2, 500, 30, 30, "0" * 64, {})


def tone(hertz: float, level: float) -> np.ndarray:
    return level * np.sin(2 * np.pi * hertz * np.arange(round(WORD_S * RATE)) / RATE)


class Told:
    """Hears the words of an utterance where they are: each is a tone of its own, after a pause."""

    def __init__(self, texts: dict[int, str]) -> None:
        self.texts = texts

    def transcribe(self, audio: Audio) -> Hypothesis:
        text = self.texts[audio.length]
        step = WORD_S + PAUSE_S
        words = [
            Word(word, n * step + PAUSE_S, n * step + PAUSE_S + WORD_S, 0.9) for n, word in enumerate(text.split())
        ]
        return Hypothesis(text, tuple(words))


@pytest.fixture
def speech(tmp_path: Path) -> tuple[list[Utterance], Told]:
    """Two utterances of one reader and one of another, whose words are tones of 200, 300, ... Hz."""
    texts = {
        "a": "alpha bravo charlie delta gamma hotel india juliet",
        "b": "november october romeo sierra tango",
        "c": "zebra yankee whiskey",
    }
    utterances, lengths = [], {}
    for number, (name, text) in enumerate(texts.items()):
        pause = np.zeros(round(PAUSE_S * RATE))
        words = [tone(200 + 100 * n + 50 * number, 0.1 * (number + 1)) for n in range(len(text.split()))]
        signal = np.concatenate([piece for word in words for piece in (pause, word)] + [pause])
        soundfile.write(tmp_path / f"{name}.wav", signal, RATE, subtype="FLOAT")
        utterances.append(Utterance(name, tmp_path / f"{name}.wav", text, speaker="one" if name != "c" else "two"))
        lengths[len(signal)] = text
    return utterances, Told(lengths)


def planned(speech: tuple[list[Utterance], Told]) -> dict[str, tuple[Planted, ...]]:
    return plant(*speech, str)


def test_words_of_the_same_reader_replace_words_apart(speech: tuple[list[Utterance], Told]) -> None:
    planted = planned(speech)
    assert set(planted) == {"a", "b"}  # the other reader is alone
    assert planted == planned(speech)
    for name, words in planted.items():
        assert 1 <= len(words) <= EACH
        own = next(u.transcript for u in speech[0] if u.id == name)
        assert own is not None
        assert all(one.donor.text not in own.split() and one.source.id in {"a", "b"} - {name} for one in words)
        places = [one.place.position for one in words]
        assert all(right - left >= APART for left, right in pairwise(places))
        assert all(own.split()[one.place.position] == one.place.text for one in words)


def strongest(audio: Audio, seconds: float) -> float:
    """The frequency that sounds in the 100 ms around, in Hz."""
    around = audio.samples[0][round((seconds - 0.05) * RATE) : round((seconds + 0.05) * RATE)]
    return float(np.abs(np.fft.rfft(around, RATE)).argmax())


def test_a_planted_word_sounds_in_its_place_at_the_level_of_what_it_replaces(
    speech: tuple[list[Utterance], Told],
) -> None:
    utterance = speech[0][0]
    words = planned(speech)["a"]
    original = source_signal(utterance.path)
    changed = spliced(words, original)
    assert abs(changed.length - original.length) <= len(words) * round(4 * FADE_S * RATE)
    for one in words:
        middle = (one.place.begins + one.place.ends) / 2
        donor = source_signal(one.source.path)
        expected = strongest(donor, (one.donor.begins + one.donor.ends) / 2)
        assert strongest(changed, middle) == pytest.approx(expected, abs=5)
        level = np.abs(changed.samples[0][round((middle - 0.05) * RATE) : round((middle + 0.05) * RATE)]).max()
        assert level == pytest.approx(0.1, rel=0.1)


def test_a_cut_word_is_gone_and_its_neighbours_stay(speech: tuple[list[Utterance], Told]) -> None:
    words = planned(speech)["a"]
    original = source_signal(speech[0][0].path)
    changed = without(words, original)
    gone = sum(one.place.seconds for one in words)
    assert original.seconds - changed.seconds == pytest.approx(gone, abs=len(words) * 0.1)
    assert np.abs(np.diff(changed.samples[0])).max() <= 1.01 * np.abs(np.diff(original.samples[0])).max()


def test_each_utterance_is_spliced_and_cut(speech: tuple[list[Utterance], Told]) -> None:
    planted = planned(speech)
    made = [(stimulus.utterance.id, stimulus.condition) for stimulus in splice_stimuli(speech[0], planted)]
    assert made == [("a", SPLICE), ("a", CUT), ("b", SPLICE), ("b", CUT)]


def error(position: int, heard: str | None, probability: float = 0.9, margin: float | None = 5.0) -> Evidence:
    operation = "substitution" if heard else "deletion"
    return Evidence(operation, position, "said", heard, probability, 0.9, margin, True, None, None)  # type: ignore[arg-type]


def row(condition: str, errors: Sequence[Evidence], utterance: str = "a") -> Measured:
    return Measured(utterance, "one", condition, 20, tuple(errors), ())


def test_what_is_found_is_counted_at_the_places_that_were_planted() -> None:
    place = PlacedWord("said", 3, 0.0, 0.3)
    donor = PlacedWord("donor", 1, 0.0, 0.3)
    planted = {
        "a": tuple(Planted(PlacedWord("said", at, 0.0, 0.3), donor, Utterance("b", Path("b"), None)) for at in (3, 9)),
        "b": (Planted(place, donor, Utterance("a", Path("a"), None)),),
    }
    measured = [
        row(SPLICE, [error(3, "donor"), error(5, "other"), error(9, "odd", probability=0.1)]),
        row(SPLICE, [], "b"),
        row(CUT, [error(3, None)]),
        row(CUT, [], "b"),
        row("noise 0 dB", [error(n, None) for n in range(9)]),
        row("noise 0 dB", [error(n, "x", probability=0.1) for n in range(9)], "b"),
    ]
    found = {(one.control, one.condition): one for one in Controls(measured, CALIBRATION, {}, planted).figures()}
    value = lambda control, condition=SPLICE: found[f"planted word ({SPLICE}): {control}", condition]  # noqa: E731
    assert (value("changed at all").value, value("changed at all").words) == (2 / 3, 3)
    assert value("heard as planted").value == pytest.approx(1 / 3)
    assert value("found (recall, a lower bound)").value == pytest.approx(1 / 3)
    assert found["hallucinated share of E", SPLICE].value == pytest.approx(2 / 3)
    assert found["hallucinated share of E", CUT].value == 0.0
    area = found[f"planted word ({SPLICE}) against noise 0 dB: AUC", "share"]
    assert area.value == 1.0
