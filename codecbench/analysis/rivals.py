"""Codecs at like bitrate, two by two: who is ahead, who is tied, and what cannot be told.

All differences that the report makes claims of form one family for each metric that is judged (`Summary.judged`):
every pair of points of two codecs at like bitrate. Within it max-T; each family has a fourth of the 5 %, for there are
at most four (Bonferroni), so that the chance of any wrong "ahead" on the whole screen is at most 5 %.

Why not one family, or Holm over the metrics: then the figures of one metric decide marks of another. WER depends on the
processor, and took "ahead" from ESTOI's equal figures. The share is constant (also where a run has fewer metrics) for
the same reason. Intervals are the family's critical value times the standard error, at the level of the marks: all of
them together hold the truth in 95 % of runs, and what is ahead has an interval that excludes 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from codecbench.analysis.cells import Cells
from codecbench.analysis.clusters import VoiceCount, Voices
from codecbench.analysis.paired import pair
from codecbench.analysis.side_by_side import like_pairs
from codecbench.analysis.significance import PairedTest, SimultaneousInterval, fewest_speakers, max_t
from codecbench.analysis.summary import PRIMARY, Summary
from codecbench.store.ids import Place

LEVEL = 0.05
METRIC_LEVEL = LEVEL / len(PRIMARY)
FEWEST_RIVALS = fewest_speakers(METRIC_LEVEL / 2)
"""Clusters of speakers on whom two codecs are compared: with fewer no difference can be shown."""

TIED_WITHIN: Mapping[str, float] = {"pesq_wb": 0.05, "estoi": 0.01, "wer": 0.02, "speaker_similarity": 0.02}
"""Differences that do not matter, in the metric's unit: the gate's smallest drops worth a red build. Our choice."""

Standing = Literal["ahead", "behind", "tied", "unclear"]


@dataclass(frozen=True)
class Rivalry:
    """One point against another on one metric: first minus second, with its simultaneous 95 % interval.

    `low` and `high` are None with fewer clusters than `FEWEST_RIVALS`. `p` is adjusted for the metric's family and for
    the other metrics. `utterances` are those that both have.
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
    """All comparisons of a run. `metrics` are those that are judged, `voices` all that any was compared on."""

    metrics: tuple[str, ...]
    voices: VoiceCount
    found: Mapping[tuple[Place, Place, str], Rivalry] = field(default_factory=dict)

    @property
    def tell(self) -> bool:
        """Whether there are voices enough for any difference to be shown."""
        return self.voices.clusters >= FEWEST_RIVALS

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
    tests = {metric: _tests(cells, pairs, metric) for metric in metrics}
    rivalries: dict[tuple[Place, Place, str], Rivalry] = {}
    for metric, family in tests.items():
        rivalries |= _judge(family, metric, bool(summary.metrics[metric].higher_is_better))
    return Rivals(metrics, _voices([asked for family in tests.values() for asked in family], cells), rivalries)


@dataclass(frozen=True)
class _Asked:
    one: Place
    other: Place
    test: PairedTest


def _tests(cells: Cells, pairs: Sequence[tuple[Place, Place]], metric: str) -> list[_Asked]:
    tests = []
    for one, other in pairs:
        paired = pair(cells.values(other, metric), cells.values(one, metric), cells.clusters)
        if paired is not None:
            tests.append(_Asked(one, other, PairedTest(paired, two_sided=True)))
    return tests


def _voices(tests: Sequence[_Asked], cells: Cells) -> VoiceCount:
    utterances = {difference.utterance for asked in tests for difference in asked.test.paired.differences}
    return Voices(cells.speakers, cells.clusters).count(utterances)


def _judge(tests: Sequence[_Asked], metric: str, higher: bool) -> dict[tuple[Place, Place, str], Rivalry]:
    """One metric's family, whatever other metrics show."""
    family = max_t([asked.test for asked in tests], METRIC_LEVEL)
    rivalries = {}
    for asked, interval, adjusted in zip(tests, family.intervals(METRIC_LEVEL), family.adjusted, strict=True):
        p = min(1.0, len(PRIMARY) * float(adjusted))
        standing = _standing(interval, p, higher, TIED_WITHIN.get(metric, 0.0))
        count = len(asked.test.paired.differences)
        rivalries[asked.one, asked.other, metric] = Rivalry(
            standing, interval.change, interval.low, interval.high, p, count
        )
    return rivalries


def _standing(interval: SimultaneousInterval, p: float, higher: bool, margin: float) -> Standing:
    low, high = interval.low, interval.high
    if low is None or high is None:
        return "unclear"
    # First: a difference that is shown, but shown to be too small to matter, makes nobody the better one.
    if -margin <= low and high <= margin:
        return "tied"
    if p > LEVEL:
        return "unclear"
    return "ahead" if (interval.change > 0) == higher else "behind"
