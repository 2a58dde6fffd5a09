"""Codecs at like bitrate, two by two: who is ahead, who is tied, and what cannot be told.

All differences that the report makes claims of form one family: every pair of points of two codecs at like bitrate, in
every metric that is judged (`Summary.judged`). Adjusted by max-T, so that the chance of any wrong "ahead" on the whole
screen is at most 5 %. The intervals are simultaneous for the same reason: the family's critical value times the
standard error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from codecbench.analysis.cells import Cells
from codecbench.analysis.paired import pair
from codecbench.analysis.side_by_side import like_pairs
from codecbench.analysis.significance import FEWEST_SPEAKERS, PairedTest, SimultaneousInterval, max_t
from codecbench.analysis.summary import Summary
from codecbench.store.ids import Place

LEVEL = 0.05

TIED_WITHIN: Mapping[str, float] = {"pesq_wb": 0.05, "estoi": 0.01, "wer": 0.02, "speaker_similarity": 0.02}
"""Differences that do not matter, in the metric's unit: the gate's smallest drops worth a red build. Our choice."""

Standing = Literal["ahead", "behind", "tied", "unclear"]


@dataclass(frozen=True)
class Rivalry:
    """One point against another on one metric: first minus second, with its simultaneous 95 % interval.

    `low` and `high` are None where one speaker is all there is. `utterances` are those that both have.
    """

    standing: Standing
    difference: float
    low: float | None
    high: float | None
    p: float
    utterances: int

    @property
    def turned(self) -> Rivalry:
        turns: Mapping[Standing, Standing] = {"ahead": "behind", "behind": "ahead"}
        return replace(
            self,
            standing=turns.get(self.standing, self.standing),
            difference=-self.difference,
            low=None if self.high is None else -self.high,
            high=None if self.low is None else -self.low,
        )


@dataclass(frozen=True)
class Rivals:
    """All comparisons of a run. `metrics` are those that are judged."""

    metrics: tuple[str, ...]
    speakers: int
    found: Mapping[tuple[Place, Place, str], Rivalry] = field(default_factory=dict)

    def between(self, one: Place, other: Place, metric: str) -> Rivalry | None:
        """None where they were not compared: rates too far apart, or no utterance in common."""
        here = self.found.get((one, other, metric))
        if here is not None:
            return here
        there = self.found.get((other, one, metric))
        return None if there is None else there.turned


def find_rivals(summary: Summary, cells: Cells) -> Rivals:
    """Compare all points of different codecs or checkpoints whose bitrates may be put side by side."""
    metrics = summary.judged
    pairs = [(one.place, other.place) for one, other in like_pairs(summary.rows)]
    tests = _tests(cells, pairs, metrics)
    return Rivals(metrics, _speakers(tests), _judge(tests, summary))


@dataclass(frozen=True)
class _Asked:
    one: Place
    other: Place
    metric: str
    test: PairedTest


def _tests(cells: Cells, pairs: Sequence[tuple[Place, Place]], metrics: Iterable[str]) -> list[_Asked]:
    tests = []
    for metric in metrics:
        for one, other in pairs:
            paired = pair(cells.values(other, metric), cells.values(one, metric), cells.speakers)
            if paired is not None:
                tests.append(_Asked(one, other, metric, PairedTest(paired, two_sided=True)))
    return tests


def _speakers(tests: Sequence[_Asked]) -> int:
    return len({difference.speaker for asked in tests for difference in asked.test.paired.differences})


def _judge(tests: Sequence[_Asked], summary: Summary) -> dict[tuple[Place, Place, str], Rivalry]:
    family = max_t([asked.test for asked in tests])
    rivalries = {}
    for asked, interval, adjusted in zip(tests, family.intervals(LEVEL), family.adjusted, strict=True):
        p, higher = float(adjusted), bool(summary.metrics[asked.metric].higher_is_better)
        standing = _standing(interval, p, higher, TIED_WITHIN.get(asked.metric, 0.0), family.speakers)
        count = len(asked.test.paired.differences)
        rivalries[asked.one, asked.other, asked.metric] = Rivalry(
            standing, interval.change, interval.low, interval.high, p, count
        )
    return rivalries


def _standing(interval: SimultaneousInterval, p: float, higher: bool, margin: float, speakers: int) -> Standing:
    low, high = interval.low, interval.high
    if low is None or high is None or speakers < FEWEST_SPEAKERS:
        return "unclear"
    # First: a difference that is shown, but shown to be too small to matter, makes nobody the better one.
    if -margin <= low and high <= margin:
        return "tied"
    if p > LEVEL:
        return "unclear"
    return "ahead" if (interval.change > 0) == higher else "behind"
