"""Metrics that need no reference, on the originals: what a decoded signal has to be held against.

A predictor of opinion scores may rank a copy above its original. So the originals' own scores stand as a row of tables,
and the paired change from original to decoded in summary.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from codecbench.analysis.clusters import Voices
from codecbench.analysis.scores import MetricSummary, by_metric, summarize_metric
from codecbench.store.facts import MetricFacts
from codecbench.store.originals import OriginalScore
from codecbench.store.rows import ScoreRow


def score_originals(
    metrics: Mapping[str, MetricFacts], scores: Sequence[ScoreRow], voices: Voices
) -> dict[str, MetricSummary]:
    """By metric id, the originals' figure over the utterances that were scored, whatever the codec."""
    alone = {name: facts for name, facts in metrics.items() if not facts.needs_reference}
    rows = by_metric(row for row in scores if row.metric in alone) if alone else {}
    firsts = {name: {row.utterance: row for row in _originals(rows.get(name, ()))} for name in alone}
    return {
        name: summarize_metric(facts, list(firsts[name].values()), voices)
        for name, facts in alone.items()
        if firsts[name]
    }


def changes(
    metrics: Mapping[str, MetricFacts], rows: Mapping[str, Sequence[ScoreRow]], voices: Voices
) -> dict[str, MetricSummary]:
    """By metric id, the mean over utterances of decoded minus original, of `rows` at one codec × operating point.

    Of metrics that are pooled as a mean alone: a difference of ratios is no ratio.
    """
    found = {}
    for name, facts in metrics.items():
        if facts.needs_reference or facts.pooling != "mean":
            continue
        if paired := list(_changes(rows.get(name, ()))):
            found[name] = summarize_metric(replace(facts, low=None, high=None), paired, voices)
    return found


def _originals(rows: Sequence[ScoreRow]) -> Iterator[ScoreRow]:
    """As scores of their own; the first of each utterance comes last, so that it stands."""
    for row in reversed(rows):
        original = OriginalScore.from_detail(row.detail)
        if original is None:
            continue
        if original.reason is None:
            yield replace(row, status="ok", reason=None, numerator=original.numerator, denominator=original.denominator)
        else:
            yield replace(row, status="abstained", reason=original.reason, numerator=None, denominator=None)


def _changes(rows: Sequence[ScoreRow]) -> Iterator[ScoreRow]:
    for row in rows:
        original = OriginalScore.from_detail(row.detail)
        if row.value is None or original is None or original.value is None:
            continue
        yield replace(row, numerator=row.value - original.value, denominator=1.0)
