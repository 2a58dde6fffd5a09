"""What the codec did to the words at one codec × operating point, and the null floor it has to be seen against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum

from codecbench.analysis.proportions import Proportion, exact_proportion
from codecbench.metrics.hallucination.evidence import InducedEvidence, JudgedEvidence
from codecbench.store.rows import ScoreRow

CI, HALLUCINATED, DEGRADED = "ci_wer", "hallucinated_wer", "degraded_wer"
UNTOLD = "its scores, of an older version, do not tell"
FEWEST_ERRORS = 50
"""The share of hallucinated among codec-induced errors is given from so many errors on."""


@dataclass(frozen=True)
class HallucinationSummary:
    """What was counted in the cells (utterance × seed) that have a verdict.

    `words` are those of the utterances, and `errors` and `hallucinated` are averaged over the seeds of each: more seeds
    are not more words. `hallucinated` + `degraded` = `errors`. `share` is hallucinated / errors, and `upper` the exact
    binomial 95 % upper bound of hallucinated / words, which says how much an observed 0 may hide. Where one of them is
    None its reason stands beside it.

    The rest counts over cells: `looped` are words of the recognizer's own repetitions, which are cut and not counted
    (in scores of version 1 they are among the degraded); `stand_in` are the cells without transcript, where what was
    heard in the original stands in for it; `reasons`: why words are degraded.
    Each of the three is None where the scores, of an older version, do not tell.
    """

    cells: int
    words: int
    errors: float
    hallucinated: float
    looped: int | None
    affected: int
    """Cells with at least one hallucinated word."""
    stand_in: int | None
    share: float | None
    share_reason: str | None
    upper: float | None
    upper_reason: str | None = None
    reasons: Mapping[str, int] | None = None

    @property
    def degraded(self) -> float:
        return self.errors - self.hallucinated

    @property
    def proportion(self) -> Proportion | None:
        """Hallucinated words of all words, with its exact interval; None where that is no proportion."""
        return exact_proportion(self.hallucinated, self.words) if self.upper is not None else None


@dataclass(frozen=True)
class NullFloor:
    """Codec-induced errors per word where nothing audible was changed, over `cases` (original × condition).

    `by_condition` has the same for each condition; `value` is None, with the `reason`, where it is not known. `upper`
    is its exact binomial 95 % upper bound, over the `words` of the originals (more conditions are not more words): of
    few words the floor itself may be anything. It is None where more words were added than there are.
    """

    value: float | None
    upper: float | None = None
    words: int = 0
    cases: int = 0
    utterances: int = 0
    by_condition: Mapping[str, float] = field(default_factory=dict)
    reason: str | None = None


def summarize_hallucination(rows: Sequence[ScoreRow]) -> HallucinationSummary | None:
    """`rows` of one codec × point, of which those of the two verdict metrics that are ok count; None without any."""
    ok = {(row.metric, row.utterance, row.seed): row for row in rows if row.status == "ok"}
    cells = [key[1:] for key in ok if key[0] == HALLUCINATED and (DEGRADED, *key[1:]) in ok]
    if not cells:
        return None
    lies = [ok[HALLUCINATED, utterance, seed] for utterance, seed in cells]
    blurs = [ok[DEGRADED, utterance, seed] for utterance, seed in cells]
    seeds = Counter(row.utterance for row in lies)
    total = fsum((row.numerator or 0.0) / seeds[row.utterance] for row in lies)
    errors = total + fsum((row.numerator or 0.0) / seeds[row.utterance] for row in blurs)
    words = round(fsum((row.denominator or 0.0) / seeds[row.utterance] for row in lies))
    why = None if total <= words and words else f"{total:g} hallucinated of {words} words, added ones included"
    of_lies = [JudgedEvidence.from_json(row.detail) for row in lies]
    of_blurs = [JudgedEvidence.from_json(row.detail) for row in blurs]
    enough = errors >= FEWEST_ERRORS
    return HallucinationSummary(
        cells=len(cells),
        words=words,
        errors=errors,
        hallucinated=total,
        looped=_total(evidence.looped for evidence in of_blurs),
        affected=sum(bool(row.numerator) for row in lies),
        stand_in=_total(evidence.stand_in for evidence in of_lies),
        share=total / errors if enough else None,
        share_reason=None if enough else f"only {errors:g} codec-induced errors, {FEWEST_ERRORS} are the fewest",
        upper=exact_proportion(total, words).high if why is None else None,
        upper_reason=why,
        reasons=_counted(evidence.reasons for evidence in of_blurs),
    )


def _total(counts: Iterable[int | None]) -> int | None:
    """None where any is not known."""
    known = list(counts)
    return None if None in known else sum(count or 0 for count in known)


def _counted(reasons: Iterable[Mapping[str, int] | None]) -> Mapping[str, int] | None:
    counted: Counter[str] = Counter()
    for one in reasons:
        if one is None:
            return None
        counted.update(one)
    return dict(counted)


def find_null_floor(scores: Sequence[ScoreRow]) -> NullFloor:
    """It does not depend on the codec: each original counts once, whichever codec it was scored for."""
    rows = [row for row in scores if row.metric == CI]
    if not rows:
        return NullFloor(None, reason=f"{CI} was not scored")
    ok = [(row, InducedEvidence.from_json(row.detail).null) for row in rows if row.status == "ok"]
    first: dict[str, tuple[float, Mapping[str, int]]] = {}
    for row, null in ok:
        if null:
            first.setdefault(row.utterance, (row.denominator or 0.0, null))
    if not first:
        told = any(null is not None for _, null in ok)
        why = "no original drew a change: run with --null-floor full" if told or not ok else UNTOLD
        return NullFloor(None, reason=next((row.reason for row in rows if row.reason), why))
    errors: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for size, null in first.values():
        for condition, count in null.items():
            errors[condition] += count
            words[condition] += round(size)
    value = errors.total() / words.total()
    said = round(fsum(size for size, _ in first.values()))
    return NullFloor(
        value=value,
        upper=exact_proportion(value * said, said).high if value <= 1 else None,
        words=said,
        cases=sum(len(null) for _, null in first.values()),
        utterances=len(first),
        by_condition={name: errors[name] / words[name] for name in words},
    )
