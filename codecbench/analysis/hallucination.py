"""What the codec did to the words at one codec × operating point, and the null floor it has to be seen against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from codecbench.analysis.proportions import exact_proportion
from codecbench.results import ScoreRow

CI, HALLUCINATED, DEGRADED = "ci_wer", "hallucinated_wer", "degraded_wer"
FEWEST_ERRORS = 50
"""The share of hallucinated among codec-induced errors is given from so many errors on."""


@dataclass(frozen=True)
class HallucinationSummary:
    """Counts over the cells (utterance × seed) that have a verdict.

    `hallucinated` + `degraded` = `errors`; `looped`, the recognizer's own repetitions, are among the degraded. `share`
    is hallucinated / errors, with the `share_reason` where it is None. `upper` is the exact binomial 95 % upper bound
    of hallucinated / words, which says how much an observed 0 may hide. `stand_in` counts the cells without transcript,
    where what was heard in the original stands in for it. `reasons`: why words are degraded.
    """

    cells: int
    words: int
    errors: int
    hallucinated: int
    looped: int
    affected: int
    """Cells with at least one hallucinated word."""
    stand_in: int
    share: float | None
    share_reason: str | None
    upper: float
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def degraded(self) -> int:
        return self.errors - self.hallucinated


@dataclass(frozen=True)
class NullFloor:
    """Codec-induced errors per word where nothing audible was changed, over `cases` (original × condition).

    `by_condition` has the same for each condition; `value` is None, with the `reason`, where it is not known.
    """

    value: float | None
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
    found = round(sum(row.numerator or 0.0 for row in lies))
    errors = found + round(sum(row.numerator or 0.0 for row in blurs))
    words = round(sum(row.denominator or 0.0 for row in lies))
    reasons: Counter[str] = Counter()
    for row in blurs:
        reasons.update(row.detail.get("reasons", {}))
    enough = errors >= FEWEST_ERRORS
    return HallucinationSummary(
        cells=len(cells),
        words=words,
        errors=errors,
        hallucinated=found,
        looped=sum(row.detail.get("looped", 0) for row in blurs),
        affected=sum(bool(row.numerator) for row in lies),
        stand_in=sum(bool(row.detail.get("stand_in")) for row in lies),
        share=found / errors if enough else None,
        share_reason=None if enough else f"only {errors} codec-induced errors, {FEWEST_ERRORS} are the fewest",
        upper=exact_proportion(found, words).high,
        reasons=dict(reasons),
    )


def find_null_floor(scores: Sequence[ScoreRow]) -> NullFloor:
    """It does not depend on the codec: each original counts once, whichever codec it was scored for."""
    rows = [row for row in scores if row.metric == CI]
    if not rows:
        return NullFloor(None, reason=f"{CI} was not scored")
    first: dict[str, ScoreRow] = {}
    for row in rows:
        if row.status == "ok" and row.detail.get("null"):
            first.setdefault(row.utterance, row)
    if not first:
        why = next((row.reason for row in rows if row.reason), "no original drew a change: run with --null-floor full")
        return NullFloor(None, reason=why)
    errors: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for row in first.values():
        for condition, count in row.detail["null"].items():
            errors[condition] += count
            words[condition] += round(row.denominator or 0.0)
    return NullFloor(
        value=errors.total() / words.total(),
        cases=sum(len(row.detail["null"]) for row in first.values()),
        utterances=len(first),
        by_condition={name: errors[name] / words[name] for name in words},
    )
