"""Two measurements of the same utterances: the mean difference and its interval.

Differences are taken utterance by utterance: the spread between utterances, ten times that of a difference, drops out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum

from codecbench.analysis.bootstrap import Estimate, estimate


@dataclass(frozen=True)
class Value:
    """One utterance's score: `numerator / denominator`, the denominator 1 for a metric that is averaged."""

    numerator: float
    denominator: float = 1.0

    @property
    def ratio(self) -> float:
        return self.numerator / self.denominator if self.denominator else 0.0


@dataclass(frozen=True)
class Difference:
    """One utterance: what it was before, what it is after, and its cluster (`pair` says which)."""

    utterance: str
    cluster: str
    before: float
    after: float
    numerator: float
    denominator: float

    @property
    def change(self) -> float:
        return self.after - self.before


@dataclass(frozen=True)
class Paired:
    """After minus before over the utterances that both have, in the metric's unit.

    `before` and `after` are the corpus figures on those utterances, `change` their difference with its 95 % interval
    (studentized bootstrap over clusters, see `codecbench.analysis.bootstrap`).
    """

    before: float
    after: float
    change: Estimate
    differences: tuple[Difference, ...]

    @property
    def unchanged(self) -> bool:
        return all(difference.numerator == 0 for difference in self.differences)

    def most_changed(self, count: int) -> list[Difference]:
        """The utterances with the largest changes, whatever their direction."""
        moved = [difference for difference in self.differences if difference.numerator != 0]
        return sorted(moved, key=lambda difference: (-abs(difference.change), difference.utterance))[:count]


def pair(before: Mapping[str, Value], after: Mapping[str, Value], clusters: Mapping[str, str]) -> Paired | None:
    """Pair by utterance id, whatever the order; None where no utterance is in both.

    `clusters` by utterance: what is independent of each other. One that has none there is a cluster of its own.

    The difference of two ratios with equal denominators is the ratio of the differences: so a corpus metric (word error
    rate) is paired like any other.

    Raises:
        ValueError: an utterance's denominators differ (its reference is not the same), or they sum to 0.
    """
    differences = tuple(
        _difference(name, before[name], after[name], clusters.get(name, "")) for name in sorted(before) if name in after
    )
    if not differences:
        return None
    weights = [difference.denominator for difference in differences]
    total = fsum(weights)
    change = estimate([d.numerator for d in differences], weights, [d.cluster for d in differences])
    names = [difference.utterance for difference in differences]
    return Paired(
        before=fsum(before[name].numerator for name in names) / total,
        after=fsum(after[name].numerator for name in names) / total,
        change=change,
        differences=differences,
    )


def _difference(name: str, before: Value, after: Value, cluster: str) -> Difference:
    if before.denominator != after.denominator:
        raise ValueError(
            f"utterance {name} was measured against {before.denominator:g} units before and {after.denominator:g} "
            "after: its reference is not the same"
        )
    return Difference(
        name, cluster or name, before.ratio, after.ratio, after.numerator - before.numerator, after.denominator
    )
