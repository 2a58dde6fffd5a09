"""Which of two codecs hallucinates more at like bitrate: paired differences of H-WER, and of flips.

H-WER alone does not say so: whatever makes more words unintelligible makes more of them misheard with confidence, white
noise too. So "hallucinates more" is said only where H-WER is higher *and* what is hallucinated exceeds blur, in one of
two ways: the share of changed words that are hallucinated is higher too, or it exceeds what blur is known to make of as
many changed words (`codecbench.analysis.blur`). Else the words are only misheard more often.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

from codecbench.analysis.blur import BlurCurve
from codecbench.analysis.cells import Cells
from codecbench.analysis.hallucination import CI, HALLUCINATED
from codecbench.analysis.paired import Paired, Value, pair
from codecbench.analysis.pairs import METRIC as FLIPS
from codecbench.analysis.rivals import LEVEL
from codecbench.analysis.side_by_side import nearest_pairs
from codecbench.analysis.significance import PairedTest, max_t
from codecbench.analysis.summary import Row, Summary

COMPARED = (HALLUCINATED, FLIPS)

Outcome = Literal["more", "less", "more misheard", "less misheard", "cannot tell"]
Beyond = Literal["share", "blur", ""]


@dataclass(frozen=True)
class WordRivalry:
    """`first` against `second` on the utterances that both have: `metric` of the first minus that of the second.

    `low` and `high` are the family's simultaneous 95 % interval: the change ± the max-T critical value (Westfall and
    Young, see `codecbench.analysis.significance`) times its standard error; both None where one speaker has no error.
    `adjusted` is the family's p. `beyond`: by what the one with more exceeds blur (its `share` of changed words is
    higher than the other's, or than that of `blur`); empty where neither is shown. Flips need no such proof.
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
    beyond: Beyond = ""

    @property
    def outcome(self) -> Outcome:
        """Of the first: anything only where the adjusted interval excludes 0.

        The adjusted p is asked too: with five speakers the interval of the clearest difference ends at 0, but for
        rounding.
        """
        if self.adjusted > LEVEL or self.low is None or self.high is None or self.low <= 0 <= self.high:
            return "cannot tell"
        if self.metric == FLIPS or self.beyond:
            return "more" if self.low > 0 else "less"
        return "more misheard" if self.low > 0 else "less misheard"


def find_word_rivals(
    summary: Summary, cells: Cells, blur: BlurCurve | None, planned: str | None = None
) -> tuple[WordRivalry, ...]:
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
        compared += _judged(pairings, cells, blur)
    return tuple(sorted(compared, key=lambda one: (one.outcome == "cannot tell", -abs(one.change))))


@dataclass(frozen=True)
class _Pairing:
    metric: str
    first: Row
    second: Row
    paired: Paired


def _judged(pairings: Sequence[_Pairing], cells: Cells, blur: BlurCurve | None) -> list[WordRivalry]:
    """One family: an open question (H-WER) and a closed one (flips) are adjusted each by itself.

    What shows that words exceed blur is part of the family of H-WER: its tests are among those that may be wrong once.
    """
    proofs = [tuple(_proofs(one, cells, blur)) if one.metric == HALLUCINATED else () for one in pairings]
    tests = [one.paired for one in pairings] + [proof.paired for mine in proofs for proof in mine]
    family = max_t([PairedTest(paired, two_sided=True) for paired in tests])
    intervals = family.intervals(LEVEL)
    proven = iter(family.adjusted[len(pairings) :] <= LEVEL)
    compared = []
    for one, mine, interval, adjusted in zip(pairings, proofs, intervals, family.adjusted, strict=False):
        clear = [proof for proof in mine if next(proven)]
        differences = one.paired.differences
        count = len({cells.speakers[difference.utterance] for difference in differences})
        compared.append(
            WordRivalry(
                one.metric, one.first, one.second, interval.change, interval.low, interval.high, float(adjusted),
                len(differences), count, _beyond(clear, 1 if interval.change > 0 else -1),
            )
        )  # fmt: skip
    return compared


@dataclass(frozen=True)
class _Proof:
    """A test of hallucinated words beyond a share of the changed ones: that of both together, or that of blur.

    A positive change speaks for the first (`of` 1) or the second (-1); of the two's common share a negative one speaks
    for the other.
    """

    by: Beyond
    of: int
    paired: Paired

    def shows(self, which: int) -> bool:
        change = self.paired.change.value
        return (self.of * change * which > 0) if self.by == "share" else (self.of == which and change > 0)


def _beyond(clear: Sequence[_Proof], which: int) -> Beyond:
    """What shows it of the first (1) or the second (-1)."""
    shown = {proof.by for proof in clear if proof.shows(which)}
    return "share" if "share" in shown else "blur" if "blur" in shown else ""


def _proofs(one: _Pairing, cells: Cells, blur: BlurCurve | None) -> Iterator[_Proof]:
    """The shares of both are compared by one linear contrast, (H1 − s·E1) − (H2 − s·E2) with s the share of both
    together: 0 where the shares are equal, and s stays the same when the two change places, so that flips of signs are
    exact.
    """
    first, second = (_Words.of(row, one.paired, cells) for row in (one.first, one.second))
    if first is None or second is None:
        return
    errors = first.errors + second.errors
    if errors:
        share = (first.hallucinated + second.hallucinated) / errors
        if (paired := pair(second.beyond(share), first.beyond(share), cells.clusters)) is not None:
            yield _Proof("share", 1, paired)
    if blur is None:
        return
    for of, words in ((1, first), (-1, second)):
        excess = words.beyond(blur.share_at(words.errors / words.words))
        nothing = {utterance: Value(0.0, value.denominator) for utterance, value in excess.items()}
        if (paired := pair(nothing, excess, cells.clusters)) is not None:
            yield _Proof("blur", of, paired)


@dataclass(frozen=True)
class _Words:
    """Hallucinated and changed words of one codec × point, by utterance, over those of a comparison."""

    wrong: Mapping[str, Value]
    changed: Mapping[str, Value]

    @classmethod
    def of(cls, row: Row, paired: Paired, cells: Cells) -> _Words | None:
        """None where the changed words of an utterance are not known."""
        wrong, changed = cells.values(row.place, HALLUCINATED), cells.values(row.place, CI)
        names = [difference.utterance for difference in paired.differences]
        if any(name not in changed for name in names):
            return None
        return cls({name: wrong[name] for name in names}, {name: changed[name] for name in names})

    @property
    def hallucinated(self) -> float:
        return fsum(value.numerator for value in self.wrong.values())

    @property
    def errors(self) -> float:
        return fsum(value.numerator for value in self.changed.values())

    @property
    def words(self) -> float:
        return fsum(value.denominator for value in self.changed.values())

    def beyond(self, share: float) -> dict[str, Value]:
        """Hallucinated words above `share` of the changed ones."""
        return {
            name: Value(value.numerator - share * self.changed[name].numerator, value.denominator)
            for name, value in self.wrong.items()
        }
