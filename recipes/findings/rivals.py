"""What the bar reads of a run: its reference codecs, and how each stands against a rival, a family for each metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codecbench.analysis.findings import Findings
from codecbench.analysis.paired import Paired, pair
from codecbench.analysis.rivals import METRIC_LEVEL
from codecbench.analysis.significance import PairedTest, max_t
from codecbench.analysis.summary import Row, Summary
from codecbench.errors import UsageError
from recipes.findings.tables import QUALITY

HIGHEST_KBPS = 6.0
MIDDLE_KBPS = 3.2
RIVALS = {HIGHEST_KBPS: ("opus", 6.0), MIDDLE_KBPS: ("codec2", 3.2)}


@dataclass(frozen=True)
class AgainstRival:
    """A codec minus its rival in a metric's unit. The interval is simultaneous; None with too few speakers for any."""

    value: float
    low: float | None
    high: float | None

    @property
    def above(self) -> bool:
        return self.low is not None and self.low > 0


@dataclass(frozen=True)
class ReferenceRun:
    """What follows from a run; `codecs` maps a codec of the reference track to its rows by rising bitrate."""

    findings: Findings
    codecs: dict[str, list[Row]]

    @property
    def summary(self) -> Summary:
        return self.findings.summary

    def at(self, codec: str, kbps: float) -> Row:
        """Its highest point of at most `kbps`. Raises UsageError where it has none."""
        rows = [row for row in self.codecs[codec] if row.rising_kbps <= kbps]
        if not rows:
            raise UsageError(f"the run has no point of {codec} at {kbps:g} kbps or less")
        return rows[-1]

    def rival(self, kbps: float) -> Row:
        """Who is to be beaten at `kbps`. Raises UsageError where the run does not have it."""
        name, rate = RIVALS[kbps]
        row = next((row for row in self.summary.rows if row.codec == name and row.rising_kbps == rate), None)
        if row is None:
            raise UsageError(f"the run has no {name} at {rate:g} kbps")
        return row

    def paired(self, before: Row, after: Row, metric: str) -> Paired:
        """After minus before, over the utterances that both have. Raises UsageError where that is none."""
        one, other = (self.findings.cells.values(row.place, metric) for row in (before, after))
        paired = pair(one, other, self.findings.cells.clusters)
        if paired is None:
            raise UsageError(f"{metric}: {before.codec} and {after.codec} have no utterance in common")
        return paired


def against_rivals(run: ReferenceRun) -> Mapping[tuple[str, float, str], AgainstRival]:
    """By codec, kbps of `RIVALS` and metric.

    Max-T over all of a metric's, each metric at its share of 5 % as in `codecbench.analysis.rivals`: no metric's
    figures decide what is said of another, and at most 5 % of unchanged runs have any `above`.

    Raises UsageError where the run lacks a rival, or a codec's point beside it.
    """
    return {(codec, kbps, metric): found for metric in QUALITY for (codec, kbps), found in _family(run, metric).items()}


def _family(run: ReferenceRun, metric: str) -> dict[tuple[str, float], AgainstRival]:
    places = [(codec, kbps) for kbps in RIVALS for codec in run.codecs]
    pairs = [run.paired(run.rival(kbps), run.at(codec, kbps), metric) for codec, kbps in places]
    family = max_t([PairedTest(paired, two_sided=True) for paired in pairs], METRIC_LEVEL)
    return {
        place: AgainstRival(interval.change, interval.low, interval.high)
        for place, interval in zip(places, family.intervals(METRIC_LEVEL), strict=True)
    }
