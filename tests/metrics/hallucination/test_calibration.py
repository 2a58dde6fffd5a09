from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest

from codecbench.api import Abstain
from codecbench.calibrations import Calibration, user_folder
from codecbench.metrics.hallucination.calibration import VerdictCalibration, calibration_of, parameter_name
from codecbench.metrics.hallucination.cards import HALLUCINATED_CARD
from codecbench.metrics.pairs.calibration import FlipCalibration
from recipes.documents.reports import share

CalibrationT = TypeVar("CalibrationT", bound=Calibration)

CALIBRATION = VerdictCalibration("told", "1", (), "n", "w", 0.6, 0.5, 2.0, 0.05, 0.2, 500, 30, 30, "0" * 64, {})


@pytest.mark.parametrize(("original", "surely"), [(None, 0.6), (1.0, 0.5), (0.4, 0.2), (0.0, 0.0)])
def test_a_word_that_was_doubtful_before_needs_less(original: float | None, surely: float) -> None:
    assert CALIBRATION.surely(original) == surely


def test_nobody_listened() -> None:
    with pytest.raises(Abstain, match="no recognizer took part"):
        calibration_of(None)


def test_the_document_states_the_shipped_thresholds() -> None:
    found, flips = _shipped(VerdictCalibration), _shipped(FlipCalibration)
    text = " ".join((Path(__file__).parents[3] / "docs" / "hallucination.md").read_text().split())
    sure = f"sure from a probability of {share(found.probability, 3)} on, or from {found.relative:g} of what the right"
    assert f"For whisper-tiny.en: {sure} word had; clearly better from {found.margin_nats:g} nats per word on." in text
    assert f"Thresholds are calibrated on {found.speakers} speakers of whom nothing is reported" in text
    assert f"has fallen by at least {flips.shift_nats:g} nats" in text
    assert found.most_share == 0.2  # "no more than a fifth"


def _shipped(kind: type[CalibrationT]) -> CalibrationT:
    files = {name: path for name, path in kind.files() if path.parent != user_folder()}
    return kind.read(files["whisper-tiny.en"])


def test_a_shipped_one_is_among_the_metrics_parameters() -> None:
    known = HALLUCINATED_CARD.parameters["calibrations"]
    assert parameter_name("whisper-tiny.en") in known
    assert all(len(sha256) == 64 for sha256 in known.values())
