"""What the bar reads of a run: its reference codecs, and how each stands against a rival, all of that as one family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codecbench.analysis.findings import Findings
from codecbench.analysis.paired import Paired, pair
from codecbench.analysis.rivals import LEVEL
from codecbench.analysis.significance import FEWEST_SPEAKERS, PairedTest, max_t
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
        rows = [row for row in self.codecs[codec] if row.nominal_kbps <= kbps]
        if not rows:
            raise UsageError(f"the run has no point of {codec} at {kbps:g} kbps or less")
        return rows[-1]

    def rival(self, kbps: float) -> Row:
        """Who is to be beaten at `kbps`. Raises UsageError where the run does not have it."""
        name, rate = RIVALS[kbps]
        row = next((row for row in self.summary.rows if row.codec == name and row.nominal_kbps == rate), None)
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
    """By codec, kbps of `RIVALS` and metric. Max-T over all of them: at most 5 % of unchanged runs have any `above`.

    Raises UsageError where the run lacks a rival, or a codec's point beside it.
    """
    tests = {}
    for kbps in RIVALS:
        rival = run.rival(kbps)
        for codec in run.codecs:
            for metric in QUALITY:
                paired = run.paired(rival, run.at(codec, kbps), metric)
                tests[codec, kbps, metric] = PairedTest(paired, two_sided=True)
    family = max_t(list(tests.values()))
    enough = family.speakers >= FEWEST_SPEAKERS
    return {
        place: AgainstRival(interval.change, interval.low if enough else None, interval.high if enough else None)
        for place, interval in zip(tests, family.intervals(LEVEL), strict=True)
    }
