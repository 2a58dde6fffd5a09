"""The shift that counts as a flip, by recognizer, from synthesized pairs that are reported nowhere.

`codecbench dev calibrate pairs` finds it on other words, voices and carriers than those of the set `pairs`. A
recognizer that was not calibrated has no threshold: scores abstain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from codecbench.api import Abstain
from codecbench.calibrations import Calibration


@dataclass(frozen=True)
class FlipCalibration(Calibration):
    """`shift_nats` (positive): a decoded margin below zero that fell by at least this much is a flip.

    `false_flip_rate` is the share of blurred clips that pass for flips at it (the criterion), `sensitivity` that of
    true flips, both on the calibration's own clips. `provenance` says what they are.
    """

    metric: ClassVar[str] = "pairs"
    purpose: ClassVar[str] = "flips of minimal pairs"
    command: ClassVar[str] = "codecbench dev calibrate pairs --recognizer NAME"

    shift_nats: float
    false_flip_rate: float
    sensitivity: float
    readings: int
    screened: int
    provenance: Mapping[str, Any]


def known_shifts() -> dict[str, float]:
    """By recognizer: they can change a flip, and so are among the metric's parameters.

    A file that cannot be read is left out: its recognizer's scores abstain, and registering must not fail by it.
    """
    shifts = {}
    for recognizer, path in FlipCalibration.in_effect().items():
        try:
            shifts[recognizer] = FlipCalibration.read(path).shift_nats
        except Abstain:
            continue
    return shifts
