"""The pair probe's controls, on any list of pairs with both readings: `codecbench dev controls pairs`.

Planted words are the other reading by the same voice, clean, and passed through Opus 6k. Blurs are in `blurs.py`. The
lines have figures with their intervals: exact binomial for shares, bootstrap over pairs for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codecbench.analysis.proportions import Proportion, exact_proportion
from codecbench.api import Dataset, Scorer
from codecbench.audio import source_signal
from codecbench.controls.pairs.blurs import BLURS, FLOOR
from codecbench.controls.pairs.shifts import (
    Interval,
    MeasuredReading,
    Shifted,
    balanced_accuracy,
    blurs,
    measure,
    planted,
    screened,
    separation,
)
from codecbench.metrics.pairs.calibration import FlipCalibration
from codecbench.metrics.pairs.margin import Margins
from codecbench.metrics.pairs.reading import reading_of

INSIDE = "Opus 6k"


def measure_dataset(dataset: Dataset, scorer: Scorer, voices: int | None = None) -> Iterator[MeasuredReading]:
    """The margins of the readings in `dataset`, by the first `voices` speakers of each pair if given."""
    margins = Margins(scorer)
    heard: dict[str, dict[str, None]] = {}
    for utterance in dataset.utterances:
        reading = reading_of(utterance)
        if reading is None:
            continue
        speakers = heard.setdefault(reading.pair, {})
        speakers.setdefault(utterance.speaker)
        if voices is not None and utterance.speaker not in list(speakers)[:voices]:
            continue
        yield measure(margins, source_signal(utterance.recording_path), reading, utterance.speaker, {**BLURS, **FLOOR})


def report(clips: Sequence[MeasuredReading], calibration: FlipCalibration) -> Iterator[str]:
    """The lines of the table."""
    at = calibration.shift_nats
    flipping, inside = planted(clips), planted(clips, INSIDE)
    pairs = len({item.pair for item in flipping})
    yield f"recognizer {calibration.recognizer}, flip at a shift of {at:g} nats; {len(clips)} readings"
    yield f"screened: {len(screened(clips))} readings, {pairs} pairs with planted words; loss {_lost(clips)}"
    heard = exact_proportion(len(screened(clips)), len(clips))
    yield f"closed-set choice, clean and flipped, unscreened: {_share(heard)}"
    yield f"planted words called flips:                {_flips(flipping, at)}"
    yield f"planted words inside {INSIDE} called flips: {_flips(inside, at)}"
    floor = blurs(clips, next(iter(FLOOR)))
    yield f"balanced accuracy, planted words and {next(iter(FLOOR))}: {_bounds(balanced_accuracy(flipping, floor, at))}"
    yield f"{'condition':16s} {'choice right':24s} {'called flips':24s} AUC of the shift against planted words"
    for name in (*BLURS, *FLOOR):
        blurred = blurs(clips, name)
        right = exact_proportion(sum(clip.degraded[name] > 0 for clip in clips), len(clips))
        area = _bounds(separation(flipping, blurred))
        yield f"{name:16s} {_share(right):24s} {_flips(blurred, at):24s} {area}"
    yield f"planted words inside {INSIDE} against {INSIDE}: AUC {_bounds(separation(inside, blurs(clips, INSIDE)))}"


def _lost(clips: Sequence[MeasuredReading]) -> str:
    return _share(exact_proportion(len(clips) - len(screened(clips)), len(clips)))


def _flips(items: Sequence[Shifted], shift_nats: float) -> str:
    return _share(exact_proportion(sum(item.flipped(shift_nats) for item in items), len(items)))


def _share(share: Proportion) -> str:
    return f"{100 * share.value:.1f} % [{100 * share.low:.1f}, {100 * share.high:.1f}]"


def _bounds(interval: Interval) -> str:
    return f"{interval.value:.3f} [{interval.low:.3f}, {interval.high:.3f}]"
