"""Which utterances to listen to: the best, the middle and the worst of each codec × point, and a few for all of them.

Comparing side by side needs the same utterances everywhere: those that are kept are chosen by ranks over all codecs ×
points.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum
from statistics import pvariance
from typing import Literal, TypeAlias

from codecbench.analysis.hallucination import HALLUCINATED
from codecbench.analysis.scores import by_utterance
from codecbench.analysis.summary import judged_of
from codecbench.store.facts import MetricFacts
from codecbench.store.ids import Place, by_place
from codecbench.store.rows import StoredResults

Role: TypeAlias = Literal["top", "median", "flop"]
ROLES: tuple[Role, ...] = ("top", "median", "flop")
SAMPLES = 6
"""Utterances whose audio is kept for the report."""


@dataclass(frozen=True)
class Extreme:
    """An utterance of one codec × point, and its score (seeds averaged) in the metric's unit."""

    role: Role
    utterance: str
    value: float


@dataclass(frozen=True)
class Chosen:
    """An utterance to keep, and why, in words for the report."""

    utterance: str
    why: str


def listening_metric(metrics: Mapping[str, MetricFacts]) -> str | None:
    """What decides: PESQ, else the first that codecs are compared on."""
    return next(iter(judged_of(metrics)), None)


def find_extremes(results: StoredResults, metric: str) -> dict[Place, tuple[Extreme, ...]]:
    """Top, median and flop of each codec × point with a score; of one utterance only the top, of two no median."""
    extremes = {}
    for place, values in _ranked(results, metric).items():
        at = {"top": 0, "median": (len(values) - 1) // 2, "flop": len(values) - 1}
        roles = ROLES if len(values) > 2 else ROLES[:1] if len(values) == 1 else ("top", "flop")
        extremes[place] = tuple(Extreme(role, *values[at[role]]) for role in roles)
    return extremes


def choose_utterances(
    results: StoredResults, among: Iterable[str] | None = None, limit: int = SAMPLES
) -> tuple[Chosen, ...]:
    """At most `limit` utterances, the most telling first; only `among` these ids where given.

    Top, median and flop by mean rank over all codecs × points, then in turn that with the most hallucinated words and
    that on which codecs disagree most. Without a metric that knows a direction: evenly spread.
    """
    allowed = {row.id for row in results.utterances if row.reason is None}
    if among is not None:
        allowed &= set(among)
    metric = listening_metric(results.metrics)
    ranks = _rank_shares(results, metric, allowed) if metric else {}
    if not ranks or metric is None:
        return _spread([row.id for row in results.utterances if row.id in allowed], min(3, limit))
    # Names last: the same scores choose the same utterances.
    order = sorted(ranks, key=lambda name: (fsum(ranks[name]) / len(ranks[name]), name))
    chosen = {order[0]: f"best of all by mean rank in {metric}"}
    chosen.setdefault(order[-1], f"worst of all by mean rank in {metric}")
    chosen.setdefault(order[(len(order) - 1) // 2], f"in the middle by mean rank in {metric}")
    words = _hallucinated_words(results, allowed)
    most_words = sorted((name for name in words if words[name]), key=lambda name: (-words[name], name))
    apart = sorted(ranks, key=lambda name: (-pvariance(ranks[name]), name))
    queues = [(most_words, "many hallucinated words"), (apart, f"codecs disagree in {metric}")]
    while len(chosen) < limit and any(queue for queue, _ in queues):
        for queue, why in queues:
            name = next((name for name in queue if name not in chosen), None)
            queue[:] = [other for other in queue if other not in chosen and other != name]
            if name is not None and len(chosen) < limit:
                chosen[name] = why
    return tuple(Chosen(name, why) for name, why in list(chosen.items())[:limit])


def _ranked(results: StoredResults, metric: str) -> dict[Place, list[tuple[str, float]]]:
    """(utterance, value) of each codec × point, best first."""
    facts = results.metrics[metric]
    groups = by_place(row for row in results.scores if row.metric == metric)
    sign = -1.0 if facts.higher_is_better else 1.0
    ranked = {}
    for place, rows in groups.items():
        scores = [score for score in by_utterance(rows, facts.pooling) if score.status == "ok"]
        values = [(score.utterance, score.numerator / score.denominator) for score in scores if score.denominator]
        if values:
            ranked[place] = sorted(values, key=lambda pair: (sign * pair[1], pair[0]))
    return ranked


def _rank_shares(results: StoredResults, metric: str, allowed: set[str]) -> dict[str, list[float]]:
    """Each utterance's rank at each codec × point, 0 for the best to 1; only those that at least half of them have."""
    ranked = _ranked(results, metric)
    shares: dict[str, list[float]] = {}
    for values in ranked.values():
        for index, (name, _) in enumerate(values):
            shares.setdefault(name, []).append(index / max(1, len(values) - 1))
    return {name: ranks for name, ranks in shares.items() if name in allowed and 2 * len(ranks) >= len(ranked)}


def _hallucinated_words(results: StoredResults, allowed: set[str]) -> dict[str, float]:
    words: dict[str, float] = {}
    for row in results.scores:
        if row.metric == HALLUCINATED and row.status == "ok" and row.utterance in allowed:
            words[row.utterance] = words.get(row.utterance, 0.0) + (row.numerator or 0.0)
    return words


def _spread(names: list[str], count: int) -> tuple[Chosen, ...]:
    """Not all of one speaker, where a dataset is in the order of its speakers."""
    count = min(count, len(names))
    picked = [names[(2 * k + 1) * len(names) // (2 * count)] for k in range(count)]
    return tuple(Chosen(name, "evenly spread: no score to choose by") for name in picked)
