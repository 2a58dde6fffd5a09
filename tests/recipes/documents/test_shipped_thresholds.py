"""The page on hallucination states the thresholds that are shipped."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from codecbench.calibrations import Calibration, user_folder
from codecbench.metrics.hallucination.calibration import VerdictCalibration
from codecbench.metrics.pairs.calibration import FlipCalibration
from recipes.documents.reports import share

CalibrationT = TypeVar("CalibrationT", bound=Calibration)


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
