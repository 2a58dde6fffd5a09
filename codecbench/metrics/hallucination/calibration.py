"""What a recognizer's figures are worth: thresholds of the verdict, by recognizer, with where they come from.

`recipes/hallucination.py` measures them on speakers of whom nothing is reported and writes them here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from codecbench.api import Abstain, RecognizerCard
from codecbench.weights import model_hashes, sha256_of

FOLDER = Path(__file__).parent
COMMAND = "python -m recipes calibrate-hallucination --data MANIFEST --cache FILE --recognizer NAME"


@dataclass(frozen=True)
class Calibration:
    """A recognizer is sure of a word from `probability` on, or from `relative` of what it gave the right word there.

    `quantile` of the words heard in originals are below `probability`. A word fits clearly better from `margin_nats`
    (per word) on, the least at which the share of hallucinated among codec-induced errors is at most `most_share` in
    every blur. `blurs` holds, by condition, the errors and the share found.
    """

    recognizer: str
    recognizer_version: str
    model_sha256: tuple[str, ...]
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

    def as_json(self) -> str:
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        values = json.loads(text)
        return cls(**{f.name: values[f.name] for f in fields(cls)} | {"model_sha256": tuple(values["model_sha256"])})


def file_of(recognizer: str) -> Path:
    """Where the calibration of a recognizer lies."""
    return FOLDER / f"calibration-{recognizer}.json"


def known_calibrations() -> dict[str, str]:
    """Each file's sha256 by its name: they can change a verdict, and so are among its metric's parameters.

    Nothing is read into them here, on registering: a broken file must not take the other metrics with it.
    """
    return {path.stem: sha256_of(path) for path in sorted(FOLDER.glob("calibration-*.json"))}


def calibration_of(recognizer: RecognizerCard | None) -> Calibration:
    """The thresholds of `recognizer`.

    Raises:
        Abstain: it has none that can be read, or they were measured with another model or version.
    """
    if recognizer is None:
        raise Abstain("no recognizer took part: there is nothing to judge words by")
    path = file_of(recognizer.id)
    if not path.is_file():
        raise Abstain(
            f"the recognizer '{recognizer.id}' is not calibrated for verdicts on words; "
            f"if it can score texts, do: {COMMAND}"
        )
    try:
        calibration = Calibration.from_json(path.read_text())
    except (ValueError, KeyError, TypeError) as error:
        raise Abstain(f"the calibration in {path.name} cannot be read ({error!r}); do again: {COMMAND}") from error
    if (calibration.recognizer_version, calibration.model_sha256) != (recognizer.version, model_hashes(recognizer)):
        raise Abstain(
            f"'{recognizer.id}' was calibrated for verdicts with another model or version; do again: {COMMAND}"
        )
    return calibration
