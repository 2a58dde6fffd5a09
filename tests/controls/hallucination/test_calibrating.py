"""The thresholds' arithmetic on made evidence; the measuring itself is the metric's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from codecbench.api import Dataset, RecognizerCard, UsageError, Utterance
from codecbench.controls.hallucination.calibrating import BLURS, MOST_SHARE, calibrate, some_speakers, stimuli
from codecbench.controls.hallucination.measuring import ORIGINAL, Measured
from codecbench.metrics.hallucination.verdict import Evidence

CARD = RecognizerCard("told", "3", list)


def evidence(probability: float, margin: float) -> Evidence:
    return Evidence("substitution", 0, "van", "ban", probability, 1.0, margin, True, 0.0, 0.1)


def row(number: int, condition: str, margins: np.ndarray, probability: float = 0.9) -> Measured:
    errors = tuple(evidence(probability, float(margin)) for margin in margins)
    return Measured(f"u{number}", f"s{number}", condition, 20, errors, tuple(np.linspace(0.5, 1.0, 21)))


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.tsv"
    path.write_text("id\tpath\n")
    return path


def test_the_margin_is_the_least_that_keeps_the_blurs_in_bounds(manifest: Path) -> None:
    mild, harsh = np.linspace(0, 1, 10), np.linspace(0, 5, 10)
    measured = [row(n, ORIGINAL, np.array([])) for n in range(20)]
    measured += [row(n, BLURS[0], mild) for n in range(20)] + [row(n, BLURS[1], harsh) for n in range(20)]
    measured += [row(0, BLURS[2], np.full(5, 9.0))]  # too few errors to have a say
    found = calibrate(CARD, manifest, measured)
    assert found.probability == pytest.approx(0.55)
    assert found.margin_nats == 4.0
    assert found.blurs[BLURS[0]] == {"errors": 200, "share": 0.0}
    assert found.blurs[BLURS[1]] == {"errors": 200, "share": 0.2}
    assert (found.words, found.speakers, found.recognizer_version) == (420, 20, "3")
    assert found.most_share == MOST_SHARE


def test_too_little_speech_or_no_margin_is_said(manifest: Path) -> None:
    with pytest.raises(UsageError, match="more utterances are needed"):
        calibrate(CARD, manifest, [row(0, ORIGINAL, np.array([]))])
    hopeless = [row(n, ORIGINAL, np.array([])) for n in range(20)]
    hopeless += [row(n, BLURS[0], np.full(10, 99.0)) for n in range(20)]
    with pytest.raises(UsageError, match="no margin up to 10 nats"):
        calibrate(CARD, manifest, hopeless)


def test_one_utterance_of_a_speaker_without_its_transcript() -> None:
    utterances = tuple(
        Utterance(f"{speaker}{n}", Path("a.wav"), "text", speaker, extra={"source": source, "seconds": seconds})
        for speaker, source, seconds in (
            ("a", "Libri", "3"),
            ("b", "Other", "3"),
            ("c", "Libri", "99"),
            ("d", "Libri", "4"),
        )
        for n in range(2)
    )
    found = some_speakers(Dataset("set", utterances), "Libri", 1, 9)
    assert [(u.id, u.transcript) for u in found] == [("a0", None), ("d0", None)]
    assert [u.id for u in some_speakers(Dataset("set", utterances), "", 2, 1)] == ["a0"]


def test_each_utterance_is_heard_as_it_is_first(clips: Path) -> None:
    utterance = Utterance("u", clips.parent / "clip0.wav")
    assert [s.condition for s in stimuli([utterance], {"louder": lambda audio: audio})] == [ORIGINAL, "louder"]
