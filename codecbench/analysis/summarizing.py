"""From a run's rows to its Summary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import fsum

from codecbench.analysis.clusters import VoiceCount, Voices, one_synthesizer
from codecbench.analysis.codes import codebook_use
from codecbench.analysis.costs import join_cost
from codecbench.analysis.failures import ORDER, FailureGroup, group_failures
from codecbench.analysis.floor import FLOOR_METRICS, find_floor
from codecbench.analysis.hallucination import find_null_floor, summarize_hallucination
from codecbench.analysis.ladder import ladder_failures, loss_ladders
from codecbench.analysis.looks import find_looks
from codecbench.analysis.originals import changes, score_originals
from codecbench.analysis.rates import measure_rate
from codecbench.analysis.repeats import find_spreads
from codecbench.analysis.scores import MetricSummary, by_metric, summarize_metric
from codecbench.analysis.seeds import compare_seeds
from codecbench.analysis.speaker_pairs import SpeakerScales
from codecbench.analysis.summary import PRIMARY, Coverage, Row, Summary
from codecbench.analysis.tokens import token_rate
from codecbench.analysis.view import View
from codecbench.analysis.warnings import clipped, rate_warnings, row_warnings
from codecbench.errors import UsageError
from codecbench.store.facts import MetricFacts
from codecbench.store.ids import Place, by_place
from codecbench.store.rows import CodecRow, CodingRow, ScoreRow, StoredResults, UtteranceRow
from codecbench.store.shards import ShardFacts


def make_summary(
    results: StoredResults, voices: Voices, scales: SpeakerScales, notes: Sequence[str] = (), view: View | None = None
) -> Summary:
    """All figures of a run, from its rows alone; `voices` and `scales` are its own, `notes` come after its own.

    Raises UsageError where two codecs would be called or drawn alike because of `view`, or it asks for metrics that
    the run does not have.
    """
    view = view or View()
    _check_primary(results, view)
    looks = find_looks((codec.codec_id for codec in results.codecs), view.wishes)
    codings, scores = by_place(results.codings), by_place(results.scores)
    pooled = {place: _pooled(rows, results.metrics, voices) for place, rows in scores.items()}
    heard_by = str((results.meta.get("recognizer") or {}).get("id") or "")
    rows = [
        _row(
            codec,
            place,
            codings[place],
            scores.get(place, []),
            pooled.get(place, {}),
            results,
            looks[codec.codec_id].label,
            voices,
        )
        for codec in results.codecs
        for place in codings
        if place.codec_id == codec.codec_id and any(row.status == "ok" for row in codings[place])
    ]
    order = {codec.codec_id: index for index, codec in enumerate(results.codecs)}
    rows.sort(key=lambda row: (order[row.codec_id], row.rising_kbps))
    return Summary(
        run=results.meta,
        metrics={name: facts.heard_by(heard_by) for name, facts in results.metrics.items()},
        codecs=results.codecs,
        rows=tuple(rows),
        floor={metric: find_floor(metric, results.scores) for metric in FLOOR_METRICS},
        coverage=_coverage(score for metrics in pooled.values() for score in metrics.values()),
        failures=_failures(results),
        skipped=results.skips,
        unreadable=tuple(row for row in results.utterances if row.reason is not None),
        utterances=len(results.utterances),
        voices=_voices(results.utterances, voices),
        synthesizer=one_synthesizer(results.utterances),
        seconds=fsum(row.seconds or 0.0 for row in results.utterances),
        notes=(*_notes(results), *notes),
        ladder=loss_ladders(results, voices.clusters),
        originals=score_originals(results.metrics, results.scores, voices),
        null_floor=find_null_floor(results.scores),
        speaker_bands=scales.bands,
        speaker_thresholds=scales.thresholds,
        repeats=find_spreads(results.metrics, results.scores),
        invocations=results.invocations,
        view=view,
    )


def _check_primary(results: StoredResults, view: View) -> None:
    if view.primary is None:
        return
    known = ", ".join(name for name, facts in results.metrics.items() if facts.higher_is_better is not None)
    for name in view.primary:
        facts = results.metrics.get(name)
        if facts is None or facts.higher_is_better is None:
            why = "the run has no such metric" if facts is None else "it has no better side"
            raise UsageError(f"--primary {name}: {why}; possible: {known}")
    if len(view.primary) > len(PRIMARY):
        raise UsageError(f"--primary: {len(view.primary)} metrics; at most {len(PRIMARY)}: each is a family of tests")


def _row(
    codec: CodecRow, place: Place, codings: list[CodingRow], scores: list[ScoreRow],
    pooled: Mapping[str, MetricSummary], results: StoredResults, label: str, voices: Voices,
) -> Row:  # fmt: skip
    mine = [row for row in results.costs if row.codec_id == place.codec_id]
    here = next((row for row in mine if row.point == place.point), None)
    rate, nominal = measure_rate(codings), codings[0].nominal_kbps
    delay = next((row.applied_delay_s for row in codings if row.applied_delay_s is not None), None)
    return Row(
        codec=codec.codec,
        checkpoint=codec.checkpoint,
        track=codec.card.track,
        point=place.point,
        nominal_kbps=nominal,
        rate=rate,
        scores=pooled,
        cost=join_cost(codec.card, place.point, here, bool(mine)),
        codebooks=codebook_use(codings),
        tokens=token_rate(codings, codec.card, place.point),
        delay_ms=None if delay is None else 1000 * delay,
        warnings=(*row_warnings(codings, scores, codec.card), *rate_warnings(rate, nominal)),
        hallucination=summarize_hallucination(scores),
        seeds=compare_seeds(scores),
        self_check=codec.card.self_check,
        family=codec.card.family,
        other_weights=codec.other_weights,
        settings=codec.settings,
        changes=changes(results.metrics, by_metric(scores), voices),
        clipped=tuple(dict.fromkeys(row.utterance for row in clipped(codings))),
        label=label,
    )


def _pooled(
    scores: list[ScoreRow], metrics: Mapping[str, MetricFacts], voices: Voices
) -> dict[str, MetricSummary]:  # fmt: skip
    """The scores of one place by metric, in the order of `metrics`."""
    rows = by_metric(scores)
    return {name: summarize_metric(facts, rows[name], voices) for name, facts in metrics.items() if name in rows}


def _coverage(scores: Iterable[MetricSummary]) -> Coverage:
    every = list(scores)
    return Coverage(
        sum(score.n for score in every),
        sum(score.planned for score in every),
        sum(score.abstained for score in every),
    )


def _voices(utterances: Sequence[UtteranceRow], voices: Voices) -> VoiceCount | None:
    """None where any utterance's speaker is unknown."""
    known = all(row.speaker for row in utterances)
    return voices.count(voices.speakers) if utterances and known else None


def _failures(results: StoredResults) -> tuple[FailureGroup, ...]:
    """Those of the loss ladder after the cells' own."""
    groups = (*group_failures(results), *ladder_failures(results))
    return tuple(sorted(groups, key=lambda group: ORDER.index(group.status)))


def _notes(results: StoredResults) -> tuple[str, ...]:
    notes = list(results.meta.get("dataset_warnings") or ())
    if results.meta.get("shard"):
        part = ShardFacts.from_json(results.meta["shard"])
        notes.append(
            f"{part} alone, {part.cells} of {part.all_cells} cells: `codecbench merge` makes the run of all shards"
        )
    if results.meta.get("finished") is None:
        notes.append("the run is not finished: run the same command again to go on")
    return tuple(notes)
