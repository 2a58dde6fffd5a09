"""Thresholds of the verdict on words, by recognizer, with where they come from.

`codecbench dev calibrate hallucination` measures them on speakers of whom nothing is reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from codecbench.api import Abstain, RecognizerCard
from codecbench.calibrations import Calibration
from codecbench.weights import sha256_of


@dataclass(frozen=True)
class VerdictCalibration(Calibration):
    """A recognizer is sure of a word from `probability` on, or from `relative` of what it gave the right word there.

    `quantile` of the words heard in originals are below `probability`. A word fits clearly better from `margin_nats`
    (per word) on, the least at which the share of hallucinated among codec-induced errors is at most `most_share` in
    every blur. `blurs` holds, by condition, the errors and the share found.
    """

    metric: ClassVar[str] = "hallucination"
    purpose: ClassVar[str] = "verdicts on words"
    command: ClassVar[str] = "codecbench dev calibrate hallucination --data MANIFEST --cache FILE --recognizer NAME"

    normalizer: str
    word_list: str
    probability: float
    relative: float
    margin_nats: float
    quantile: float
    most_share: float
    words: int
    utterances: int
    speakers: int
    manifest_sha256: str
    blurs: Mapping[str, Mapping[str, float]]

    def surely(self, original: float | None) -> float:
        """The probability to reach, where the right word had `original` in the original (None: there was none)."""
        return self.probability if original is None else min(self.probability, self.relative * original)


def known_calibrations() -> dict[str, str]:
    """Each file's sha256: they can change a verdict, and so are among its metric's parameters.

    Nothing is read into them here, on registering: a broken file must not take the other metrics with it.
    """
    return {parameter_name(recognizer): sha256_of(path) for recognizer, path in VerdictCalibration.in_effect().items()}


def parameter_name(recognizer: str) -> str:
    """Of a recognizer's calibration among the metric's parameters, which are part of the keys of kept scores."""
    return f"calibration-{recognizer}"


def calibration_of(recognizer: RecognizerCard | None) -> VerdictCalibration:
    """The thresholds of `recognizer`.

    Raises:
        Abstain: it has none that can be read, or they were measured with another model or version.
    """
    if recognizer is None:
        raise Abstain("no recognizer took part: there is nothing to judge words by")
    return VerdictCalibration.of(recognizer)
