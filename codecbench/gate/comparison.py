"""Two measurements, place by place and metric by metric: differences, adjusted p, verdicts, and what is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from codecbench.analysis.paired import Paired
from codecbench.analysis.rivals import METRIC_LEVEL
from codecbench.analysis.significance import false_discoveries, max_t
from codecbench.analysis.summary import PRIMARY
from codecbench.gate.baseline import Baseline, known_metric
from codecbench.gate.exact import Exact
from codecbench.gate.matching import Broken, Matching, MetricPair, Scope, Unmeasured
from codecbench.gate.thresholds import Settings, Threshold, find_thresholds
from codecbench.store.facts import MetricFacts
from codecbench.store.ids import Place

Verdict = Literal["better", "worse", "same", "cannot tell"]
Purpose = Literal["compare", "gate"]

COMPARE_LEVEL = 0.05


@dataclass(frozen=True)
class MetricChange:
    """One metric at one place. `loss` is positive where it got worse, in the metric's unit.

    `p` is adjusted for all tests of its family, `bound` the one-sided lower bound of the loss at the family's level.
    `paired.change` is after − before with its 95 % interval.
    """

    place: Place
    metric: str
    paired: Paired
    threshold: Threshold
    loss: float
    p: float
    bound: float
    verdict: Verdict
    primary: bool


@dataclass(frozen=True)
class BaselineComparison:
    """`before` and `after` with everything found. `level` is the share of unchanged runs that may have a `worse`."""

    before: Baseline
    after: Baseline
    level: float
    cells: tuple[MetricChange, ...]
    exact: tuple[Exact, ...]
    broken: tuple[Broken, ...]
    unmeasured: tuple[Unmeasured, ...]
    thresholds: Mapping[str, Threshold]
    notes: tuple[str, ...] = field(default=())

    def metric(self, name: str) -> MetricFacts:
        """As the run knows it, else as the baseline does; a baseline need not tell anything of its metrics."""
        return known_metric(name, self.after, self.before)


def compare(
    before: Baseline, after: Baseline, settings: Settings, scope: Scope | None = None, purpose: Purpose = "gate"
) -> BaselineComparison:
    """Compare `after` with `before`.

    For `gate` every metric is in one family, tested for losses beyond its threshold at `settings.level`. For `compare`
    each primary metric is one family, tested for changes, all of them together at 5 % (as codecs are compared,
    `codecbench.analysis.rivals`), and the others are exploratory (FDR).
    """
    scope = scope or Scope()
    matching = Matching(before, after, settings, scope)
    matching.collect()
    metrics = dict.fromkeys(pair.metric for pair in matching.pairs)
    thresholds = find_thresholds(before, metrics, len(matching.pairs), settings, matching.clusters)
    make = _gate_cells if purpose == "gate" else _compare_cells
    level = settings.level if purpose == "gate" else COMPARE_LEVEL
    cells = make(matching.pairs, thresholds, level)
    if cells and purpose == "gate":
        matching.require_speakers(level)
    return BaselineComparison(
        before=before,
        after=after,
        level=level,
        cells=tuple(cells),
        exact=tuple(matching.exact),
        broken=tuple(matching.broken),
        unmeasured=tuple(matching.unmeasured),
        thresholds=thresholds,
        notes=tuple(matching.notes),
    )


def _gate_cells(pairs: Sequence[MetricPair], thresholds: Mapping[str, Threshold], level: float) -> list[MetricChange]:
    """One family of losses beyond the thresholds; gains are looked for in the same way, for information."""
    losses = [pair.test(thresholds[pair.metric].value) for pair in pairs]
    worse, better = max_t(losses, level), max_t([replace(test, sign=-test.sign) for test in losses], level)
    # A bound needs chance's own spread: what stays within the thresholds is left out of the null of `worse`.
    critical = max_t([replace(test, margin=0.0) for test in losses], level).critical(level)
    cells = []
    for index, pair in enumerate(pairs):
        certain = worse.adjusted[index] <= level or better.adjusted[index] <= level
        p = float(min(worse.adjusted[index], better.adjusted[index]))
        bound = pair.loss - critical * float(worse.errors[index])
        cells.append(_cell(pair, thresholds[pair.metric], p, bound, bool(certain)))
    return cells


def _compare_cells(
    pairs: Sequence[MetricPair], thresholds: Mapping[str, Threshold], level: float
) -> list[MetricChange]:
    """Changes in both directions: each primary metric as one family, the rest by false discovery rate."""
    tests = [replace(pair.test(), two_sided=True) for pair in pairs]
    p: dict[int, float] = {}
    for metric in PRIMARY:
        mine = [index for index, pair in enumerate(pairs) if pair.metric == metric]
        adjusted = max_t([tests[index] for index in mine], METRIC_LEVEL).adjusted
        p |= {index: min(1.0, len(PRIMARY) * float(one)) for index, one in zip(mine, adjusted, strict=True)}
    rest = [index for index, pair in enumerate(pairs) if pair.metric not in PRIMARY]
    p |= dict(zip(rest, map(float, false_discoveries([tests[index] for index in rest])), strict=True))
    return [
        _cell(pair, thresholds[pair.metric], p[index], _one_sided(pair), p[index] <= level)
        for index, pair in enumerate(pairs)
    ]


def _cell(pair: MetricPair, threshold: Threshold, p: float, bound: float, certain: bool) -> MetricChange:
    return MetricChange(
        place=pair.place,
        metric=pair.metric,
        paired=pair.paired,
        threshold=threshold,
        loss=pair.loss,
        p=p,
        bound=bound,
        verdict=_verdict(pair, threshold.value, certain),
        primary=pair.metric in PRIMARY,
    )


def _one_sided(pair: MetricPair) -> float:
    """The loss at the favourable end of its 95 % interval."""
    change = pair.paired.change
    if change.low is None or change.high is None:
        return float("-inf")
    if pair.higher is None:
        return pair.loss - (change.high - change.low) / 2
    return -change.high if pair.higher else change.low


def _verdict(pair: MetricPair, threshold: float, certain: bool) -> Verdict:
    """`found`: the change is beyond chance. `same`: its interval lies within the threshold."""
    if certain and abs(pair.loss) > threshold:
        return "worse" if pair.loss > 0 else "better"
    low, high = pair.paired.change.low, pair.paired.change.high
    inside = low is not None and high is not None and -threshold <= low and high <= threshold
    return "same" if inside or pair.paired.unchanged else "cannot tell"
