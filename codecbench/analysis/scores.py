"""One metric at one codec × operating point: the corpus figure, its interval and its coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from codecbench.analysis.bootstrap import RARE_BELOW, Estimate, estimate
from codecbench.analysis.clusters import VoiceCount, Voices
from codecbench.store.facts import MetricFacts, Pooling
from codecbench.store.rows import ScoreRow, Status

WORST_FIRST: tuple[Status, ...] = ("failed", "skipped", "abstained", "ok")


@dataclass(frozen=True)
class MetricSummary:
    """`mean` is the mean over utterances, or the ratio of sums for a corpus metric; in the metric's unit.

    `n`, `failed`, `skipped`, `abstained` count utterances and sum to `planned`. `reason` says why there is no mean, or
    no interval. `speakers` are those of the utterances that have a score, `clusters` how many of them are independent
    of each other. `indicative` marks an interval of too few of these, `method` how it was made. `events` counts what a
    rate of counts is a rate of; None for any other metric.
    """

    mean: float | None
    low: float | None
    high: float | None
    n: int
    failed: int
    skipped: int
    abstained: int
    planned: int
    speakers: int
    clusters: int = 0
    indicative: bool = False
    method: str | None = None
    reason: str | None = None
    events: float | None = None

    @property
    def rare(self) -> bool:
        """So few events that the figure is mostly chance."""
        return self.events is not None and self.events < RARE_BELOW

    @property
    def voices(self) -> VoiceCount:
        return VoiceCount(self.speakers, self.clusters)

    @property
    def half_width(self) -> float | None:
        if self.low is None or self.high is None:
            return None
        return (self.high - self.low) / 2

    @property
    def complete(self) -> bool:
        return self.n == self.planned


@dataclass(frozen=True)
class UtteranceScore:
    """One utterance's score, seeds averaged. An utterance is only ok if each of its seeds is; `perfect` if no seed has
    a fault that the metric could count.
    """

    utterance: str
    status: Status
    reason: str | None
    numerator: float = 0.0
    denominator: float = 0.0
    perfect: bool = False


def by_metric(rows: Iterable[ScoreRow]) -> dict[str, list[ScoreRow]]:
    """Rows of each metric, by its id."""
    groups: dict[str, list[ScoreRow]] = {}
    for row in rows:
        groups.setdefault(row.metric, []).append(row)
    return groups


def by_utterance(rows: Sequence[ScoreRow], pooling: Pooling) -> list[UtteranceScore]:
    """Seeds are averaged within the utterance first: more seeds are not more utterances."""
    groups: dict[str, list[ScoreRow]] = {}
    for row in rows:
        groups.setdefault(row.utterance, []).append(row)
    return [_one(utterance, group, pooling) for utterance, group in groups.items()]


def summarize_metric(facts: MetricFacts, rows: Sequence[ScoreRow], voices: Voices) -> MetricSummary:
    """Pool `rows` of one metric as its card says; `voices` are those of the whole run."""
    scores = by_utterance(rows, facts.pooling)
    ok = [score for score in scores if score.status == "ok"]
    counts = Counter(score.status for score in scores)
    if not ok:
        return _summary(facts, None, counts, VoiceCount(0, 0), _why_none(scores))
    figure = estimate(
        [score.numerator for score in ok],
        [score.denominator for score in ok],
        [voices.clusters[score.utterance] for score in ok],
        counts=facts.counts,
    )
    return _summary(facts, figure, counts, voices.count(score.utterance for score in ok), figure.reason)


def _one(utterance: str, rows: Sequence[ScoreRow], pooling: Pooling) -> UtteranceScore:
    # Nearly all are alone, and there may be a million.
    worst = rows[0] if len(rows) == 1 else min(rows, key=lambda row: WORST_FIRST.index(row.status))
    if worst.status != "ok":
        return UtteranceScore(utterance, worst.status, worst.reason, perfect=all(row.perfect for row in rows))
    values = [row.value for row in rows]
    if any(value is None for value in values):
        return UtteranceScore(utterance, "failed", "the stored score has no value")
    if pooling == "ratio":
        return UtteranceScore(
            utterance, "ok", None, _mean([row.numerator for row in rows]), _mean([row.denominator for row in rows])
        )
    return UtteranceScore(utterance, "ok", None, _mean(values), 1.0)


def _mean(values: Sequence[float | None]) -> float:
    """Of one value itself."""
    return (values[0] or 0.0) if len(values) == 1 else fsum(value or 0.0 for value in values) / len(values)


def _summary(
    facts: MetricFacts, figure: Estimate | None, counts: Counter[Status], voices: VoiceCount, reason: str | None
) -> MetricSummary:
    return MetricSummary(
        mean=figure.value if figure else None,
        low=facts.within(figure.low) if figure else None,
        high=facts.within(figure.high) if figure else None,
        n=counts["ok"],
        failed=counts["failed"],
        skipped=counts["skipped"],
        abstained=counts["abstained"],
        planned=counts.total(),
        speakers=voices.speakers,
        clusters=voices.clusters,
        indicative=figure.indicative if figure else False,
        method=figure.method if figure else None,
        reason=reason,
        events=figure.events if figure else None,
    )


def _why_none(scores: Sequence[UtteranceScore]) -> str:
    if not scores:
        return "not scored in this run"
    (status, reason), count = Counter((score.status, score.reason) for score in scores).most_common(1)[0]
    return f"{status} on {count} of {len(scores)} utterances: {reason or 'no reason given'}"
