"""`codecbench dev calibrate hallucination`: thresholds of the verdict on words, on speakers who are reported nowhere.

Of each speaker one utterance is heard as it is and under each blur. The probability threshold is a low quantile of the
words heard in the originals; the margin's is the least at which, with it, the share of hallucinated words among the
codec-induced errors is as small as wanted in each blur. That takes many speakers: one utterance of which the recognizer
dropped the half can make up a tenth of a blur's errors where there are few. What is heard in the original stands in for
a transcript, so that a recognizer's own text of the training speech favours nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from codecbench.api import Audio, Dataset, RecognizerCard, Utterance
from codecbench.audio import source_signal
from codecbench.controls.degradations import all_changes
from codecbench.controls.hallucination.measuring import ORIGINAL, Measured, Measuring, Stimulus
from codecbench.datasets import load_dataset
from codecbench.errors import UsageError
from codecbench.metrics.hallucination.calibration import VerdictCalibration
from codecbench.metrics.hallucination.lexicon import word_list_id
from codecbench.metrics.hallucination.verdict import Evidence
from codecbench.plugins import Registry
from codecbench.recognizers.choice import load_scorer
from codecbench.recognizers.normalizer import load_normalizer, normalizer_id
from codecbench.weights import model_hashes

BLURS = ("noise 10 dB", "noise 0 dB", "low-pass 1 kHz", "Codec 2 1200", "Codec 2 700", "Opus 6k")
QUANTILE = 0.10
RELATIVE = 0.5
"""A word in the place of another may be one bit less probable. Of three values tried on training speech (0.5, 0.75, 1)
the one that found most words of another speaker's utterance (0.92, 0.87, 0.86), the blurs' shares being equal."""
LEAST_SURE = 0.5
"""A recognizer that gives most words of clean speech less is sure of nothing."""
MOST_SHARE = 0.20
"""The control asks for a quarter at most in each blur, on other speakers: the rest is room for them."""
FEWEST_ERRORS = 100
"""A share of fewer errors is known to 8 points at best; such a blur sets no threshold."""
GRID_NATS = np.arange(0.0, 10.01, 0.25)
LONGEST_S = 16.0


@dataclass(frozen=True)
class Source:
    """Which speech: of `manifest`, one utterance of one speaker in `every`, `limit` speakers at most.

    Only utterances whose `source` column begins with `prefix`; no speaker of the manifest `reported`.
    """

    manifest: Path
    reported: Path | None = None
    prefix: str = ""
    every: int = 1
    limit: int = 250

    def utterances(self, registry: Registry) -> list[Utterance]:
        """Raises UsageError where a speaker is in `reported` too."""
        chosen = some_speakers(load_dataset(str(self.manifest), registry), self.prefix, self.every, self.limit)
        if self.reported:
            reported = {utterance.speaker for utterance in load_dataset(str(self.reported), registry).utterances}
            if shared := sorted(reported & {utterance.speaker for utterance in chosen}):
                raise UsageError(f"--data has speakers of --eval-data: {', '.join(shared)}")
        return chosen


def some_speakers(dataset: Dataset, source: str, every: int, limit: int) -> list[Utterance]:
    """One utterance of every so many speakers, whose `source` column begins with `source`, without its transcript."""
    first: dict[str, Utterance] = {}
    for utterance in dataset.utterances:
        seconds = float(utterance.extra.get("seconds") or LONGEST_S)
        if utterance.extra.get("source", "").startswith(source) and seconds <= LONGEST_S:
            first.setdefault(utterance.speaker, replace(utterance, transcript=None))
    return list(first.values())[::every][:limit]


def stimuli(utterances: Sequence[Utterance], changes: Mapping[str, Callable[[Audio], Audio]]) -> Iterator[Stimulus]:
    for utterance in utterances:
        signal = source_signal(utterance.recording_path)
        read = lambda signal=signal: signal  # noqa: E731
        yield Stimulus(utterance, ORIGINAL, read, lambda audio: audio)
        for name, change in changes.items():
            yield Stimulus(utterance, name, read, change)


def calibrate(card: RecognizerCard, manifest: Path, measured: Sequence[Measured]) -> VerdictCalibration:
    """Raises UsageError where there is too little to calibrate on."""
    words = [p for row in measured if row.condition == ORIGINAL for p in row.probabilities]
    errors = {name: [e for row in measured if row.condition == name for e in row.errors] for name in BLURS}
    enough = {name: found for name, found in errors.items() if len(found) >= FEWEST_ERRORS}
    if len(words) < 200 or not enough:
        raise UsageError(
            f"{len(words)} words, {len(enough)} blurs of {FEWEST_ERRORS} errors: more utterances are needed"
        )
    calibration = VerdictCalibration(
        card.id, card.version, model_hashes(card), normalizer_id(), word_list_id(),
        max(LEAST_SURE, round(float(np.quantile(words, QUANTILE)), 3)), RELATIVE, 0.0, QUANTILE, MOST_SHARE, len(words),
        len({row.utterance for row in measured}), len({row.speaker for row in measured}),
        hashlib.sha256(manifest.read_bytes()).hexdigest(), {},
    )  # fmt: skip
    for nats in GRID_NATS:
        calibration = replace(calibration, margin_nats=float(nats))
        shares = {name: _share(calibration, found) for name, found in errors.items()}
        if max(shares[name] for name in enough) <= MOST_SHARE:
            figures = {name: {"errors": len(errors[name]), "share": round(shares[name], 3)} for name in errors}
            return replace(calibration, blurs=figures)
    raise UsageError(f"no margin up to {GRID_NATS[-1]:g} nats keeps each blur at {MOST_SHARE:.0%}")


def may_be_hallucinated(evidence: Evidence) -> bool:
    """Whether any calibration could call this so, by what is known without its margin: else that is needless."""
    if evidence.heard is None or not evidence.real_word or evidence.probability is None:
        return False
    original = evidence.original_probability
    return evidence.probability >= min(LEAST_SURE, 1.0 if original is None else RELATIVE * original)


def _share(calibration: VerdictCalibration, errors: Sequence[Evidence]) -> float:
    return sum(not error.reason(calibration) for error in errors) / max(1, len(errors))


def find_calibration(source: Source, recognizer: str | None, cache: Path, registry: Registry) -> VerdictCalibration:
    """Measure on `source`, or go on from the evidence in `cache`.

    Raises:
        UsageError: speakers are shared with what is reported, or there is too little speech.
        Unavailable: the recognizer, or a coder of the blurs, is not here.
    """
    scorer, card = load_scorer(recognizer, registry)
    utterances = source.utterances(registry)
    measuring = Measuring(scorer, load_normalizer(), cache, may_be_hallucinated)
    changes = {name: change for name, change in all_changes().items() if name in BLURS}
    measured = list(measuring.measure(stimuli(utterances, changes)))
    return calibrate(card, source.manifest, measured)
