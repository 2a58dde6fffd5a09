"""The pair probe at one codec × operating point: flips and closed-set hearing, by phonological feature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from codecbench.analysis.proportions import Proportion, exact_proportion
from codecbench.metrics.pairs.evidence import SCREENED_OUT, AbstentionEvidence, FlipEvidence
from codecbench.store.rows import ScoreRow, UtteranceRow

METRIC = "flip_rate"
FEATURES = ("voicing", "nasality", "sustention", "sibilation", "graveness", "compactness")
"""Of the diagnostic rhyme test (Voiers 1977), in its order; a user's own features follow alphabetically."""
WORST = 20


@dataclass(frozen=True)
class Rhymes:
    """Closed-set hearing corrected for guessing, as in the diagnostic rhyme test: 100 × (right − wrong) / n.

    100 is all right, 0 guessing, below 0 systematically wrong; the interval is the exact one of the share right.
    """

    right: Proportion

    @property
    def score(self) -> float:
        return corrected_for_guessing(self.right.value)

    @property
    def low(self) -> float:
        return corrected_for_guessing(self.right.low)

    @property
    def high(self) -> float:
        return corrected_for_guessing(self.right.high)


@dataclass(frozen=True)
class FeatureFlips:
    """One feature, or all. `present`, `absent`: readings in which the word said has the feature, or lacks it.

    A reading counts once and is averaged over its seeds: more seeds are not more readings. `screened_out` readings were
    not heard right on the original and count nowhere else.
    """

    feature: str
    flips: Proportion
    rhymes: Rhymes
    mean_shift: float
    present: Proportion | None
    absent: Proportion | None
    screened_out: int

    @property
    def screening_loss(self) -> float:
        return self.screened_out / (self.screened_out + self.flips.n)


@dataclass(frozen=True)
class Flip:
    """One reading that flipped, with its evidence in nats."""

    utterance: str
    word: str
    rival: str
    feature: str
    margin_original: float
    margin_decoded: float


@dataclass(frozen=True)
class PairSummary:
    """`pairs` counts distinct pairs among the screened readings. Readings of one pair are not independent, so that the
    exact intervals, which take them for it, are somewhat narrow; `flip_rate`'s own interval resamples voices.
    """

    overall: FeatureFlips
    features: tuple[FeatureFlips, ...]
    pairs: int
    flips: tuple[Flip, ...]
    """The largest shifts first, at most 20."""
    untold: int = 0
    """Scores of an older version that do not tell what they rest on: they count nowhere."""


@dataclass(frozen=True)
class Scored:
    """One reading, with one seed."""

    utterance: str
    evidence: FlipEvidence


def summarize_pairs(rows: Sequence[ScoreRow], utterances: Mapping[str, UtteranceRow]) -> PairSummary | None:
    """`rows` of one codec × point, of which those of `flip_rate` count; `utterances` by id. None without any."""
    mine = [row for row in rows if row.metric == METRIC]
    scored = [(row.utterance, FlipEvidence.from_json(row.detail)) for row in mine if row.status == "ok"]
    ok = [Scored(utterance, evidence) for utterance, evidence in scored if evidence is not None]
    if not ok:
        return None
    screened = {row.utterance for row in mine if _screened_out(row) and row.utterance in utterances}
    lost = [utterances[name].extra.get("feature", "").strip() or "other" for name in screened]
    features = {one.evidence.feature for one in ok}
    ordered = [name for name in FEATURES if name in features] + sorted(features.difference(FEATURES))
    return PairSummary(
        overall=_feature("all", ok, len(lost)),
        features=tuple(
            _feature(name, [one for one in ok if one.evidence.feature == name], lost.count(name)) for name in ordered
        ),
        pairs=len({one.evidence.pair for one in ok}),
        flips=_worst(ok),
        untold=len(scored) - len(ok),
    )


def _screened_out(row: ScoreRow) -> bool:
    kind = AbstentionEvidence.from_json(row.detail, row.reason).kind
    return row.status == "abstained" and kind == SCREENED_OUT


def corrected_for_guessing(right: float) -> float:
    """Of two alternatives: 100 × (right − wrong) / all.

    >>> corrected_for_guessing(0.75)
    50.0
    """
    return 100 * (2 * right - 1)


def _feature(name: str, rows: Sequence[Scored], screened_out: int) -> FeatureFlips:
    return FeatureFlips(
        feature=name,
        flips=_share(rows, _flipped),
        rhymes=Rhymes(_share(rows, lambda evidence: evidence.heard_right)),
        mean_shift=sum(row.evidence.shift for row in rows) / len(rows),
        present=_readings(rows, "target"),
        absent=_readings(rows, "rival"),
        screened_out=screened_out,
    )


def _flipped(evidence: FlipEvidence) -> bool:
    return evidence.flipped


def _readings(rows: Sequence[Scored], reading: str) -> Proportion | None:
    read = [row for row in rows if row.evidence.reading == reading]
    return _share(read, _flipped) if read else None


def _share(rows: Sequence[Scored], holds: Callable[[FlipEvidence], bool]) -> Proportion:
    """Of readings: each is the mean over its seeds."""
    seeds = Counter(row.utterance for row in rows)
    return exact_proportion(fsum(holds(row.evidence) / seeds[row.utterance] for row in rows), len(seeds))


def _worst(rows: Sequence[Scored]) -> tuple[Flip, ...]:
    flipped = sorted((row for row in rows if row.evidence.flipped), key=lambda row: row.evidence.shift)
    return tuple(
        Flip(
            row.utterance, row.evidence.word, row.evidence.rival, row.evidence.feature, row.evidence.margin_original,
            row.evidence.margin_decoded,
        )
        for row in flipped[:WORST]
    )  # fmt: skip
