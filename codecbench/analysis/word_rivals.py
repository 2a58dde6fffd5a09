"""Which of two codecs hallucinates more at like bitrate: paired differences of H-WER, and of flips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from codecbench.analysis.cells import Cells
from codecbench.analysis.hallucination import HALLUCINATED
from codecbench.analysis.paired import Paired, pair
from codecbench.analysis.pairs import METRIC as FLIPS
from codecbench.analysis.rivals import LEVEL
from codecbench.analysis.side_by_side import nearest_pairs
from codecbench.analysis.significance import PairedTest, max_t
from codecbench.analysis.summary import Row, Summary

COMPARED = (HALLUCINATED, FLIPS)

Outcome = Literal["more", "less", "cannot tell"]


@dataclass(frozen=True)
class WordRivalry:
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


def find_word_rivals(summary: Summary, cells: Cells, planned: str | None = None) -> tuple[WordRivalry, ...]:
    """Every two codecs at each like bitrate, the clear ones first; empty where fewer than two have figures there.

    `planned`: only the comparisons of this codec (by its id), which comes first in each.
    """
    compared: list[WordRivalry] = []
    for metric in COMPARED:
        pairings: list[_Pairing] = []
        rows = [row for row in summary.rows if cells.values(row.place, metric) and row.rate.measured_kbps]
        for first, second in nearest_pairs(rows):
            if planned is not None and (first.codec == planned) == (second.codec == planned):
                continue
            if planned == second.codec:
                first, second = second, first  # the one that is asked about
            paired = pair(cells.values(second.place, metric), cells.values(first.place, metric), cells.clusters)
            if paired is not None:
                pairings.append(_Pairing(metric, first, second, paired))
        compared += _judged(pairings, cells.speakers)
    return tuple(sorted(compared, key=lambda one: (one.outcome == "cannot tell", -abs(one.change))))


@dataclass(frozen=True)
class _Pairing:
    metric: str
    first: Row
    second: Row
    paired: Paired


def _judged(pairings: Sequence[_Pairing], speakers: Mapping[str, str]) -> list[WordRivalry]:
    """One family: an open question (H-WER) and a closed one (flips) are adjusted each by itself."""
    family = max_t([PairedTest(one.paired, two_sided=True) for one in pairings])
    compared = []
    for one, interval, adjusted in zip(pairings, family.intervals(LEVEL), family.adjusted, strict=True):
        differences = one.paired.differences
        count = len({speakers[difference.utterance] for difference in differences})
        compared.append(
            WordRivalry(
                one.metric, one.first, one.second, interval.change, interval.low, interval.high, float(adjusted),
                len(differences), count,
            )
        )  # fmt: skip
    return compared
