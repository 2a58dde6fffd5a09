"""From a comparison to pass or fail: exit statuses, and one line for every reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from codecbench.gate.comparison import BaselineComparison, MetricChange
from codecbench.gate.exact import Exact
from codecbench.gate.matching import Broken
from codecbench.gate.thresholds import Settings
from codecbench.printing.figures import Style
from codecbench.printing.wording import count, small
from codecbench.store.ids import Place

Kind = Literal["regressed", "could not measure"]
Cause = Literal["missing", "failed", "exact", "loss", "floor"]
"""What is behind a finding: no counterpart in the run, cells that fail, an exact figure, a metric's loss, a floor."""

PASS, REGRESSED, NOT_MEASURED = 0, 1, 3
"""Exit statuses; 2 is a mistake in the command. What could not be measured is neither a pass nor a fail."""
WORDS = {PASS: "pass", REGRESSED: "regressed", NOT_MEASURED: "could not measure"}


@dataclass(frozen=True)
class Finding:
    """One reason not to pass. `place` and `metric` are None where it concerns more than one."""

    kind: Kind
    message: str
    cause: Cause
    place: Place | None = None
    metric: str | None = None


@dataclass(frozen=True)
class GateOutcome:
    """The gate's answer."""

    comparison: BaselineComparison
    findings: tuple[Finding, ...]

    @property
    def status(self) -> int:
        kinds = {finding.kind for finding in self.findings}
        if "could not measure" in kinds:
            return NOT_MEASURED
        return REGRESSED if "regressed" in kinds else PASS

    @property
    def word(self) -> str:
        return WORDS[self.status]

    def of(self, kind: Kind) -> list[Finding]:
        return [finding for finding in self.findings if finding.kind == kind]


def judge(comparison: BaselineComparison, settings: Settings) -> GateOutcome:
    """Everything that keeps the run from passing, what could not be measured first."""
    findings = [
        Finding("could not measure", f"{missing.what}: {missing.reason}", "missing")
        for missing in comparison.unmeasured
    ]
    findings += [
        Finding(
            "could not measure",
            f"{exact.place}: {exact}: the run has no such figure",
            "missing",
            exact.place,
            exact.figure,
        )
        for exact in comparison.exact
        if exact.gated and exact.verdict == "cannot tell"
    ]
    findings += _broken(comparison.broken)
    findings += [
        Finding("regressed", f"{exact.place}: {exact}; {_limit(exact)}", "exact", exact.place, exact.figure)
        for exact in comparison.exact
        if exact.gated and exact.verdict == "worse"
    ]
    findings += [_worse(cell, comparison) for cell in comparison.cells if cell.verdict == "worse"]
    return GateOutcome(comparison, (*findings, *_floors(comparison, settings)))


def _limit(exact: Exact) -> str:
    return "this figure is exact" if exact.bound is None else f"it may rise by {100 * exact.bound:g} %"


def _broken(broken: Iterable[Broken]) -> list[Finding]:
    """A cell that fails takes every metric with it: one line for each place and cause."""
    causes: dict[tuple[Place, str, tuple[str, ...]], list[str]] = {}
    for item in broken:
        causes.setdefault((item.place, item.reason, item.utterances), []).append(item.metric)
    return [
        Finding(
            "regressed",
            f"{place}: {', '.join(metrics)} failed on {count(len(names), 'utterance')} that had a score "
            f"(first: {names[0]}): {reason}",
            "failed",
            place,
            metrics[0] if len(metrics) == 1 else None,
        )
        for (place, reason, names), metrics in causes.items()
    ]


def _worse(cell: MetricChange, comparison: BaselineComparison) -> Finding:
    style = Style.of(comparison.metric(cell.metric))
    unit = f" {style.unit}" if style.unit else ""
    paired = cell.paired
    least, threshold = small(style, cell.bound), small(style, cell.threshold.value)
    message = (
        f"{cell.place}: {cell.metric} {style.number(paired.before)} → {style.number(paired.after)}{unit}, a loss of "
        f"{small(style, cell.loss)} (at least {least}; threshold {threshold}) on "
        f"{count(len(paired.differences), 'utterance')}"
    )
    return Finding("regressed", message, "loss", cell.place, cell.metric)


def _floors(comparison: BaselineComparison, settings: Settings) -> list[Finding]:
    """Absolute limits: the run's own mean, whatever the baseline was."""
    findings = []
    for cell in comparison.cells:
        floor = settings.floor(cell.place, cell.metric)
        if floor is None:
            continue
        facts = comparison.metric(cell.metric)
        higher, value = facts.higher_is_better, cell.paired.after
        crossed = value < floor if higher else (abs(value) if higher is None else value) > floor
        if crossed:
            style = Style.of(facts)
            findings.append(
                Finding(
                    "regressed",
                    f"{cell.place}: {cell.metric} {style.number(value)} is {'below' if higher else 'above'} its floor "
                    f"of {style.number(floor)} (floors in {settings.source})",
                    "floor",
                    cell.place,
                    cell.metric,
                )
            )
    return findings
