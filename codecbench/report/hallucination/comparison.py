"""Which of two codecs hallucinates more at like bitrate: paired differences of H-WER, and of flips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isfinite, log
from typing import Literal

from codecbench.analysis.cells import collect_cells
from codecbench.analysis.hallucination import HALLUCINATED
from codecbench.analysis.paired import Paired, pair
from codecbench.analysis.pairs import METRIC as FLIPS
from codecbench.analysis.rivals import LEVEL, LIKE_RATE
from codecbench.analysis.significance import PairedTest, max_t
from codecbench.analysis.summary import Row, Summary
from codecbench.store.ids import by_codec
from codecbench.store.rows import Results

LIKE = LIKE_RATE
"""Two operating points are of like bitrate if neither's measured kbps is more than this factor above the other's."""
COMPARED = (HALLUCINATED, FLIPS)

Outcome = Literal["more", "less", "cannot tell"]


@dataclass(frozen=True)
class Comparison:
    """`first` against `second` on the utterances that both have: `metric` of the first minus that of the second.

    `low` and `high` are the family's simultaneous 95 % interval: the change ± the max-T critical value (Westfall and
    Young, see `codecbench.analysis.significance`) times its standard error; both None where one speaker has no error.
    `adjusted` is the family's p.
    """

    metric: str
    first: Row
    second: Row
    change: float
    low: float | None
    high: float | None
    adjusted: float
    utterances: int
    speakers: int

    @property
    def outcome(self) -> Outcome:
        """Of the first: `more` or `less` only where the adjusted interval excludes 0.

        The adjusted p is asked too: with five speakers the interval of the clearest difference ends at 0, but for
        rounding.
        """
        if self.adjusted > LEVEL or self.low is None or self.high is None or self.low <= 0 <= self.high:
            return "cannot tell"
        return "more" if self.low > 0 else "less"


def compare_codecs(results: Results, summary: Summary, planned: str | None = None) -> tuple[Comparison, ...]:
    """Every two codecs at each like bitrate, the clear ones first; empty where fewer than two have figures there.

    `planned`: only the comparisons of this codec (by its id), which comes first in each. They are a smaller family, so
    that their intervals are narrower: to be used where the codec was chosen before the figures were seen.
    """
    cells = collect_cells(results, COMPARED)
    compared: list[Comparison] = []
    for metric in COMPARED:
        found: list[_Pairing] = []
        rows = [row for row in summary.rows if cells.values(row.place, metric) and row.rate.measured_kbps]
        for first, second in _like(rows):
            if planned is not None and (first.codec == planned) == (second.codec == planned):
                continue
            if planned == second.codec:
                first, second = second, first  # the one that is asked about
            paired = pair(cells.values(second.place, metric), cells.values(first.place, metric), cells.speakers)
            if paired is not None:
                found.append(_Pairing(metric, first, second, paired))
        compared += _judged(found)
    return tuple(sorted(compared, key=lambda one: (one.outcome == "cannot tell", -abs(one.change))))


@dataclass(frozen=True)
class _Pairing:
    metric: str
    first: Row
    second: Row
    paired: Paired


def _judged(found: Sequence[_Pairing]) -> list[Comparison]:
    """One family: an open question (H-WER) and a closed one (flips) are adjusted each by itself."""
    family = max_t([PairedTest(one.paired, two_sided=True) for one in found])
    critical = family.critical(LEVEL)
    compared = []
    for one, error, adjusted in zip(found, family.errors, family.adjusted, strict=True):
        change, reach = one.paired.change.value, critical * float(error)
        low, high = (change - reach, change + reach) if isfinite(reach) else (None, None)
        differences = one.paired.differences
        count = len({difference.speaker for difference in differences})
        compared.append(
            Comparison(one.metric, one.first, one.second, change, low, high, float(adjusted), len(differences), count)
        )
    return compared


def _like(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Of every two codecs the points that are each other's nearest and of like bitrate, measured."""
    for one, other in combinations(by_codec(rows).values(), 2):
        for row in one:
            nearest = min(other, key=lambda candidate: _apart(row, candidate))
            back = min(one, key=lambda candidate: _apart(nearest, candidate))
            if back is row and _apart(row, nearest) <= log(LIKE):
                yield row, nearest


def _apart(first: Row, second: Row) -> float:
    return abs(log(first.spent_kbps / second.spent_kbps))
