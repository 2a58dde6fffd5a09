"""The shift that counts as a flip, by recognizer, from synthesized pairs that are reported nowhere.

Made by `python -m recipes.pairs_calibration`, whose docstring has the procedure: other words, voices and carriers than
the set `pairs`. A recognizer that was not calibrated has no threshold: scores abstain.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from codecbench.api import Abstain, RecognizerCard
from codecbench.weights import model_hashes

FILE = Path(__file__).with_name("calibration.json")
COMMAND = "python -m recipes.pairs_calibration --recognizer NAME"


@dataclass(frozen=True)
class Calibration:
    """`shift_nats` (positive): a decoded margin below zero that fell by at least this much is a flip.

    `false_flip_rate` is the share of blurred clips that pass for flips at it (the criterion), `sensitivity` that of
    true flips, both on the calibration's own clips. `provenance` says what they are.
    """

    recognizer: str
    model_sha256: tuple[str, ...]
    shift_nats: float
    false_flip_rate: float
    sensitivity: float
    readings: int
    screened: int
    provenance: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@cache
def load_calibrations(file: Path = FILE) -> tuple[Calibration, ...]:
    entries = json.loads(file.read_text(encoding="utf-8"))
    return tuple(Calibration(**{**entry, "model_sha256": tuple(entry["model_sha256"])}) for entry in entries)


def calibration_for(card: RecognizerCard, file: Path = FILE) -> Calibration:
    """The calibration of this very model.

    Raises:
        Abstain: there is none; says how to make one.
        Unavailable: the model is not installed.
    """
    hashes = model_hashes(card)
    for calibration in load_calibrations(file):
        if calibration.recognizer == card.id and calibration.model_sha256 == hashes:
            return calibration
    known = ", ".join(calibration.recognizer for calibration in load_calibrations(file)) or "none"
    raise Abstain(
        f"no flip threshold for recognizer '{card.id}' and this model (there is: {known}); make one: {COMMAND}"
    )
