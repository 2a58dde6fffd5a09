"""When a metric sees a distortion: an exact, scale-free rule over the clips.

A clip's *change* is its figure on the distortion minus its figure on the unchanged original. The metric's *null range*
goes from the smallest to the largest change that any inaudible change made to any clip; 0, no change at all, is in it,
and where the metric says of no direction that it is better, it is as wide to either side. Then, of eight clips,

    sees     at least half change beyond the null range, all in one direction (in either, where none is better)
    rewards  as `sees`, but the metric calls it better
    partly   a quarter or more do, but fewer than half
    blind    fewer
    abstains fewer than half of the clips have a figure, and that is what the metric says of most of the others

If a distortion were but another inaudible change, the eight changes and the 48 null ones would be exchangeable, and the
four largest (or smallest) of all be its own in 1 of 5247 cases, 1 of 2624 for both directions together: a matrix of
some 400 cells is expected to hold less than one "sees" by chance. "Partly" comes up by chance in 1 of 28 cells.
Only ranks count, so that figures on any scale, with any spread, and those that are 0 for every null change (word
errors) are judged alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Literal

Verdict = Literal["sees", "rewards", "partly", "blind", "abstains", "skipped", "failed"]
ROUNDING = 1e-9
"""Relative: what a change must exceed the null range by."""


@dataclass(frozen=True)
class ClipFigure:
    """A metric's answer on one clip: a value, or why there is none."""

    value: float | None
    status: Literal["ok", "failed", "skipped", "abstained"] = "ok"
    reason: str = ""


@dataclass(frozen=True)
class NullRange:
    """The smallest and largest change by an inaudible change, 0 included; `figures` of them there are.

    `control` is the mean figure of the clips that the changes are counted from: of the unchanged originals, or, where
    the metric has none for identical signals (SI-SDR is infinite), of each clip's median under the null changes.
    """

    low: float
    high: float
    figures: int
    control: float | None
    control_is_null: bool = False


@dataclass(frozen=True)
class Reaction:
    """How one metric reacts to one distortion.

    `change` is the mean over the `scored` clips, in the metric's unit; `moved` counts those beyond the null range, in
    the direction that more of them took. `times`: the size of the change in units of the farthest null change in that
    direction, None where no null change moved the metric that way. `reason` where most clips have no figure.
    """

    verdict: Verdict
    change: float | None
    times: float | None
    moved: int
    scored: int
    clips: int
    reason: str = ""


Figures = Sequence[ClipFigure]
"""Of one metric under one change, by clip."""


def starting_points(identity: Figures, nulls: Mapping[str, Figures]) -> tuple[list[float | None], bool]:
    """What each clip's changes are counted from, and whether that is the median under the null changes."""
    own = [figure.value for figure in identity]
    if 2 * sum(value is not None for value in own) >= len(own):
        return own, False
    return [_median(figures) for figures in zip(*nulls.values(), strict=True)], True


def null_range(start: Sequence[float | None], nulls: Mapping[str, Figures], is_null: bool, directed: bool) -> NullRange:
    """`directed`: the metric says which way is better."""
    differences = [change for figures in nulls.values() for change in changes(start, figures) if change is not None]
    known = [value for value in start if value is not None]
    low, high = min([0.0, *differences]), max([0.0, *differences])
    if not directed:
        low, high = min(low, -high), max(high, -low)
    return NullRange(low, high, len(differences), fmean(known) if known else None, is_null)


def judge(start: Sequence[float | None], figures: Figures, null: NullRange, higher_is_better: bool | None) -> Reaction:
    """The reaction of one metric to one distortion, by the rule above."""
    known = [change for change in changes(start, figures) if change is not None]
    clips = len(figures)
    if 2 * len(known) < clips or not known:
        status, reason = _most_common_reason(figures)
        return Reaction(status, None, None, 0, len(known), clips, reason)
    above = sum(change > null.high + ROUNDING * max(1.0, null.high) for change in known)
    below = sum(change < null.low - ROUNDING * max(1.0, -null.low) for change in known)
    mean = fmean(known)
    up = above > below or (above == below and mean > 0)
    reach, moved, size = (null.high, above, abs(mean)) if up else (-null.low, below, abs(mean))
    if higher_is_better is None:
        moved, size = above + below, fmean(map(abs, known))
    verdict: Verdict = "blind"
    if 2 * moved >= clips:
        verdict = "rewards" if higher_is_better is up else "sees"
    elif 4 * moved >= clips:
        verdict = "partly"
    return Reaction(verdict, mean, size / reach if reach else None, moved, len(known), clips)


def changes(start: Sequence[float | None], figures: Figures) -> list[float | None]:
    return [
        None if before is None or figure.value is None else figure.value - before
        for before, figure in zip(start, figures, strict=True)
    ]


def _median(figures: Figures) -> float | None:
    values = [figure.value for figure in figures if figure.value is not None]
    return median(values) if values else None


def _most_common_reason(figures: Figures) -> tuple[Verdict, str]:
    missing = Counter((figure.status, figure.reason) for figure in figures if figure.value is None)
    if not missing:
        return "abstains", "no figure on the unchanged original to count from"
    (status, reason), _ = missing.most_common(1)[0]
    verdicts: dict[str, Verdict] = {"failed": "failed", "skipped": "skipped"}
    return verdicts.get(status, "abstains"), reason
