from __future__ import annotations

import pytest

from codecbench.api import Abstain
from codecbench.metrics.hallucination.calibration import VerdictCalibration, calibration_of, parameter_name
from codecbench.metrics.hallucination.cards import HALLUCINATED_CARD

CALIBRATION = VerdictCalibration("told", "1", (), "n", "w", 0.6, 0.5, 2.0, 0.05, 0.2, 500, 30, 30, "0" * 64, {})


@pytest.mark.parametrize(("original", "surely"), [(None, 0.6), (1.0, 0.5), (0.4, 0.2), (0.0, 0.0)])
def test_a_word_that_was_doubtful_before_needs_less(original: float | None, surely: float) -> None:
    assert CALIBRATION.surely(original) == surely


def test_nobody_listened() -> None:
    with pytest.raises(Abstain, match="no recognizer took part"):
        calibration_of(None)


def test_a_shipped_one_is_among_the_metrics_parameters() -> None:
    known = HALLUCINATED_CARD.parameters["calibrations"]
    assert parameter_name("whisper-tiny.en") in known
    assert all(len(sha256) == 64 for sha256 in known.values())
