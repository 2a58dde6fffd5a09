"""The pair probe's controls, on any list of pairs with both readings: `python -m codecbench.metrics.pairs.controls`.

Lies are the other reading by the same voice, clean, and passed through Opus 6k. Blurs are in `blurs.py`. Prints figures
with their intervals: exact binomial for shares, bootstrap over pairs for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from codecbench.analysis.proportions import Proportion, exact_proportion
from codecbench.api import Dataset, Scorer
from codecbench.audio import source_signal
from codecbench.command import Command
from codecbench.datasets import load_dataset
from codecbench.metrics.pairs.blurs import BLURS, FLOOR
from codecbench.metrics.pairs.calibration import Calibration, calibration_for
from codecbench.metrics.pairs.margin import Margins
from codecbench.metrics.pairs.reading import reading_of
from codecbench.metrics.pairs.shifts import (
    Clip,
    Interval,
    Shifted,
    balanced_accuracy,
    blurs,
    lies,
    measure,
    screened,
    separation,
)
from codecbench.plugins import registry
from codecbench.recognizers.choice import load_scorer

INSIDE = "Opus 6k"


def measure_dataset(dataset: Dataset, scorer: Scorer, voices: int | None = None) -> Iterator[Clip]:
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
        yield measure(margins, source_signal(utterance.path), reading, utterance.speaker, {**BLURS, **FLOOR})


def report(clips: Sequence[Clip], calibration: Calibration) -> Iterator[str]:
    """The lines of the table."""
    at = calibration.shift_nats
    lying, inside = lies(clips), lies(clips, INSIDE)
    pairs = len({item.pair for item in lying})
    yield f"recognizer {calibration.recognizer}, flip at a shift of {at:g} nats; {len(clips)} readings"
    yield f"screened: {len(screened(clips))} readings, {pairs} pairs with lies; loss {_lost(clips)}"
    heard = exact_proportion(len(screened(clips)), len(clips))
    yield f"closed-set choice, clean and flipped, unscreened: {_share(heard)}"
    yield f"lies called flips:                {_flips(lying, at)}"
    yield f"lies inside {INSIDE} called flips: {_flips(inside, at)}"
    floor = blurs(clips, next(iter(FLOOR)))
    yield f"balanced accuracy, lies and {next(iter(FLOOR))}: {_bounds(balanced_accuracy(lying, floor, at))}"
    yield f"{'condition':16s} {'choice right':24s} {'called flips':24s} AUC of the shift against lies"
    for name in (*BLURS, *FLOOR):
        blurred = blurs(clips, name)
        right = exact_proportion(sum(clip.degraded[name] > 0 for clip in clips), len(clips))
        area = _bounds(separation(lying, blurred))
        yield f"{name:16s} {_share(right):24s} {_flips(blurred, at):24s} {area}"
    yield f"lies inside {INSIDE} against {INSIDE}: AUC {_bounds(separation(inside, blurs(clips, INSIDE)))}"


def _lost(clips: Sequence[Clip]) -> str:
    return _share(exact_proportion(len(clips) - len(screened(clips)), len(clips)))


def _flips(items: Sequence[Shifted], shift_nats: float) -> str:
    return _share(exact_proportion(sum(item.flipped(shift_nats) for item in items), len(items)))


def _share(share: Proportion) -> str:
    return f"{100 * share.value:.1f} % [{100 * share.low:.1f}, {100 * share.high:.1f}]"


def _bounds(interval: Interval) -> str:
    return f"{interval.value:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


@click.command(cls=Command)
@click.option("--dataset", default="pairs", show_default=True, help="A registered dataset or a manifest.")
@click.option("--recognizer", help="By id; the default one if left out.")
@click.option("--voices", type=click.IntRange(1), help="Of each pair; all if left out.")
def main(dataset: str, recognizer: str | None, voices: int | None) -> None:
    """Print the pair probe's controls."""
    found = registry()
    scorer, card = load_scorer(recognizer, found)
    clips = list(measure_dataset(load_dataset(dataset, found), scorer, voices))
    for line in report(clips, calibration_for(card)):
        click.echo(line)


if __name__ == "__main__":
    main()
