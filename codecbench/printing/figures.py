"""How figures are printed. Tables, gate and report share it, so that they never print two roundings of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codecbench.analysis.bootstrap import Estimate
from codecbench.analysis.costs import Cost, Spread
from codecbench.analysis.scores import MetricSummary
from codecbench.api import LatencyKind
from codecbench.store.facts import MetricFacts

NARROW_RANGE = 2.5
"""A metric whose whole range is this small (STOI, cosine similarity) is printed to three decimals, else to two."""
UNKNOWN = "–"
CONSTANT = "constant"
"""The method of an interval where all utterances are alike: no hallucination in 200 words is not 0 to 0."""


@dataclass(frozen=True)
class Style:
    """A metric's printed scale: corpus ratios without a unit of their own are printed in per cent.

    Decimals are those of the metric's card, where it says any.
    """

    factor: float
    decimals: int
    unit: str

    @classmethod
    def of(cls, facts: MetricFacts) -> Style:
        if facts.pooling == "ratio" and not facts.unit:
            return cls(100.0, 1 if facts.digits is None else facts.digits, "%")
        narrow = facts.low is not None and facts.high is not None and facts.high - facts.low <= NARROW_RANGE
        usual = 3 if narrow else 2
        return cls(1.0, usual if facts.digits is None else facts.digits, facts.unit)

    def number(self, value: float) -> str:
        text = f"{value * self.factor:.{self.decimals}f}"
        return text.lstrip("-") if float(text) == 0 else text  # no "-0.00"

    def mean(self, score: MetricSummary) -> str:
        return UNKNOWN if score.mean is None else self.number(score.mean)

    def interval(self, score: MetricSummary | Estimate) -> str:
        """`low to high`, empty where there is none: also where all utterances are alike."""
        if score.low is None or score.high is None or score.method == CONSTANT:
            return ""
        return f"{self.number(score.low)} to {self.number(score.high)}"

    def compact(self, score: MetricSummary) -> str:
        """`2.41 ±0.08`: half the interval's width."""
        if score.half_width is None:
            return self.mean(score)
        return f"{self.mean(score)} ±{self.number(score.half_width)}"


def kbps(value: float | None) -> str:
    if value is None:
        return UNKNOWN
    return f"{value:.{3 if value < 1 else 2 if value < 100 else 1}f}"


def significant(value: float, digits: int = 3) -> str:
    """Plain decimals, never an exponent.

    >>> significant(0.00123), significant(12345.0), significant(1.5)
    ('0.00123', '12345', '1.50')
    """
    if value == 0:
        return "0"
    size = len(f"{abs(value):.0f}") if abs(value) >= 1 else 0
    if size:
        return f"{value:.{max(0, digits - size)}f}"
    leading = int(f"{abs(value):.{digits - 1}e}".partition("e")[2])
    return f"{value:.{digits - 1 - leading}f}"


def scaled(value: float | None) -> str:
    """With a decimal prefix.

    >>> scaled(14_851_810), scaled(1.49e9), scaled(None)
    ('14.9 M', '1.49 G', '–')
    """
    if value is None:
        return UNKNOWN
    for factor, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= 0.9995 * factor:
            return f"{significant(value / factor)} {prefix}"
    return f"{value:.0f}" if float(value).is_integer() else significant(value)


def cost_figure(cost: Cost, name: str) -> str:
    """One cost figure as text; its reason is beside it in `cost.reasons`."""
    value = cost.figures.get(name)
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return value
    if name.startswith("rtf"):
        return rtf_figure(value)
    if name.endswith("_ms"):
        return f"{value:.1f}"
    if name == "peak_rss_mb":
        return f"{value:.0f}"
    return scaled(value)


LATENCY_KINDS: Mapping[LatencyKind, str] = {
    "measured": "seen in the output, a lower bound", "structural": "what frame and look-ahead reach",
}  # fmt: skip


def latency_note(kind: LatencyKind | None) -> str:
    """What stands behind a latency: `structural: what frame and look-ahead reach`; empty where it is not known."""
    return "" if kind is None else f"{kind}: {LATENCY_KINDS[kind]}"


def rtf_figure(value: float) -> str:
    """Two significant digits below real time."""
    return significant(value, 2 if value < 1 else 3)


def repeats_text(spread: Spread | None) -> str:
    """`0.031 to 0.036`, the lowest and the highest repeat of a real-time factor; empty where they are not known."""
    return "" if spread is None else f"{rtf_figure(spread.low)} to {rtf_figure(spread.high)}"


def duration(seconds: float) -> str:
    """`75 s` or `12 min 05 s`."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"
