"""Which codec is best at a bitrate, as far as the statistics go.

At each bitrate that occurs, each codec stands with the point nearest to it, at most 7.2 % away, so that no two of them
are more than 15 % apart. On a metric a codec is `best` if it is shown to be ahead of every other
(`codecbench.analysis.rivals`). Else there is a front: those that nobody is shown to be ahead of. It is `tied` if they
are all within a difference that does not matter, and `unclear` otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from codecbench.analysis.rivals import Rivalry, Rivals
from codecbench.analysis.side_by_side import nearest_at, stands_at
from codecbench.analysis.summary import Row, Summary
from codecbench.store.facts import MetricFacts

Outcome = Literal["best", "tied", "unclear", "alone"]


@dataclass(frozen=True)
class MetricVerdict:
    """`scored` and `front` are best first by their mean; `unsettled` are those outside the front that someone, but
    nobody in it, is ahead of. `lead` is the first over the next best mean, None where the first is alone; `missing`
    have no figure.
    """

    facts: MetricFacts
    outcome: Outcome
    scored: tuple[Row, ...]
    front: tuple[Row, ...]
    unsettled: tuple[Row, ...] = ()
    missing: tuple[Row, ...] = ()
    second: Row | None = None
    lead: Rivalry | None = None

    @property
    def metric(self) -> str:
        return self.facts.id


@dataclass(frozen=True)
class RateVerdict:
    """`rates` are the kbps at which the same points stand; `contenders` in the order of the run."""

    rates: tuple[float, ...]
    contenders: tuple[Row, ...]
    metrics: tuple[MetricVerdict, ...]

    @property
    def winners(self) -> tuple[Row, ...]:
        """Best on some metric; those with most such metrics first, of equals the best on the first metric."""
        return self._by_count([one.front[0] for one in self.metrics if one.outcome == "best"])

    @property
    def front(self) -> tuple[Row, ...]:
        """Winners, then who else is in a front; those in most of them first, of equals the better by the first mean."""
        others = self._by_count([row for one in self.metrics for row in one.front])
        winners = self.winners
        return (*winners, *(row for row in others if row not in winners))

    @property
    def ranking(self) -> tuple[Row, ...]:
        """All contenders: the front, then the others, the better mean on the first metric first."""
        scored = self.metrics[0].scored if self.metrics else ()
        return tuple({id(row): row for row in (*self.front, *scored, *self.contenders)}.values())

    def _by_count(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        named = {id(row): row for row in rows}
        counts = Counter(id(row) for row in rows)
        return tuple(named[key] for key, _ in counts.most_common())


def judge_rates(summary: Summary, rivals: Rivals) -> tuple[RateVerdict, ...]:
    """A verdict for every bitrate that occurs, rates at which the same points stand taken together."""
    standing: dict[tuple[int, ...], list[float]] = {}
    for rate in _rates(summary.rows):
        if nearest := tuple(nearest_at(summary.rows, rate)):
            standing.setdefault(nearest, []).append(rate)
    return tuple(
        RateVerdict(tuple(rates), rows, tuple(_judge(name, rows, rivals, summary) for name in rivals.metrics))
        for indices, rates in standing.items()
        for rows in [tuple(summary.rows[index] for index in indices)]
    )


def _rates(rows: Sequence[Row]) -> list[float]:
    """Nominal rates as they are labelled; and the measured rate of a point that stands at none of them."""
    nominal = {float(f"{row.nominal_kbps:g}") for row in rows if row.nominal_kbps is not None}
    odd = {float(f"{row.spent_kbps:.3g}") for row in rows if not any(stands_at(row.spent_kbps, r) for r in nominal)}
    return sorted(nominal | odd)


def _judge(metric: str, rows: Sequence[Row], rivals: Rivals, summary: Summary) -> MetricVerdict:
    scored = {id(row): score.mean for row in rows if (score := row.scores.get(metric)) and score.mean is not None}
    facts = summary.metrics[metric]
    sign = -1 if facts.higher_is_better else 1
    there = sorted((row for row in rows if id(row) in scored), key=lambda row: sign * (scored[id(row)] or 0.0))
    missing = tuple(row for row in rows if id(row) not in scored)
    if len(there) < 2:
        return MetricVerdict(facts, "alone", tuple(there), tuple(there), missing=missing)
    grid = _Grid(metric, rivals)
    front = [row for row in there if not any(grid.ahead(other, row) for other in there if other is not row)]
    second = next(row for row in there if row is not front[0])
    unsettled = tuple(row for row in there if row not in front and not any(grid.ahead(one, row) for one in front))
    return MetricVerdict(
        facts, _outcome(front, there, grid), tuple(there), tuple(front), unsettled, missing, second,
        rivals.between(front[0].place, second.place, metric),
    )  # fmt: skip


@dataclass(frozen=True)
class _Grid:
    metric: str
    rivals: Rivals

    def standing(self, one: Row, other: Row) -> str:
        rivalry = self.rivals.between(one.place, other.place, self.metric)
        return "unclear" if rivalry is None else rivalry.standing

    def ahead(self, one: Row, other: Row) -> bool:
        return self.standing(one, other) == "ahead"


def _outcome(front: Sequence[Row], there: Sequence[Row], grid: _Grid) -> Outcome:
    leader = front[0]
    if all(grid.ahead(leader, other) for other in there if other is not leader):
        return "best"
    if len(front) == 1:
        return "unclear"
    settled = all(any(grid.ahead(one, row) for one in front) for row in there if row not in front)
    alike = all(grid.standing(one, other) == "tied" for one in front for other in front if one is not other)
    return "tied" if settled and alike else "unclear"


def default_rate(verdicts: Sequence[RateVerdict]) -> RateVerdict:
    """Where most codecs stand; of several the lowest."""
    return max(verdicts, key=lambda one: (len(one.contenders), -one.rates[0]))


def standings(verdict: RateVerdict, metric: MetricVerdict) -> Mapping[int, str]:
    """A word for each contender, by its index: `best`, `tied`, `front`, `behind`, `alone`; `none` without a figure."""
    words = {}
    for index, row in enumerate(verdict.contenders):
        if any(row is other for other in metric.missing):
            words[index] = "none"
        elif any(row is other for other in metric.front):
            words[index] = {"best": "best", "tied": "tied", "alone": "alone"}.get(metric.outcome, "front")
        else:
            words[index] = "behind"
    return words
