"""Several runs as one: only where their figures mean the same, else one line that says what differs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from codecbench.conditions import condition_of
from codecbench.errors import UsageError
from codecbench.machine import SAME_MACHINE
from codecbench.store.facts import MetricFacts
from codecbench.store.ids import CodecId, Place
from codecbench.store.revision import asked_of, disagreement, own_revisions, revision
from codecbench.store.rows import CodecRow, SkipRow, StoredResults, UtteranceRow

CARD_FIELDS = ("version", "parameters", "pooling", "unit")
"""Of a metric: where these are equal the figures are the same kind of figure."""
MACHINE_FIELDS = (*SAME_MACHINE, "device")


@dataclass(frozen=True)
class Run:
    """A run and the name that messages call it by (its folder)."""

    name: str
    results: StoredResults


def merge(runs: Sequence[Run], shown: Collection[str] = ()) -> StoredResults:
    """All codecs of `runs`, in their order, as of one run; each keeps its own run's id.

    `shown` are the ids of metrics that are to be printed. Others in which the runs differ are left out, with a note. So
    is the loss ladder. A codec × checkpoint that several runs have, from the same source and weights, gives
    its points together; of a point that two have, the first run's counts.

    Raises:
        UsageError: two runs disagree on an utterance that both have, have none in common, differ in condition or in a
            metric of `shown` (version, parameters, recognizer), or have the same codec × checkpoint from different
            source or weights; or no metric is left.
    """
    if len(runs) == 1:
        return runs[0].results
    apart: dict[str, str] = {}
    for first, second in combinations(runs, 2):
        between = f"'{first.name}' and '{second.name}' cannot share a table"
        for what in _differences(first.results, second.results):
            raise UsageError(f"{between}: {what}; run both alike, or make two tables")
        for name, what in _apart(first.results, second.results):
            if name in shown:
                raise UsageError(f"{between}: {what}; run both alike, make two tables, or leave {name} out")
            apart.setdefault(name, what)
    metrics = {name: facts for run in runs for name, facts in run.results.metrics.items() if name not in apart}
    if apart and not metrics:
        raise UsageError(f"{between}: no metric is left that they measured alike ({next(iter(apart.values()))})")
    runs = [replace(run, results=_without(run.results, apart)) for run in runs]
    return replace(
        runs[0].results,
        meta=_meta(runs, apart),
        metrics=metrics,
        utterances=_utterances(runs),
        codecs=_codecs(runs),
        codings=tuple(_first_of_each("codings", runs)),
        scores=tuple(_first_of_each("scores", runs)),
        costs=tuple(_first_of_each("costs", runs)),
        skips=tuple(_skips(runs)),
        ladder=(),
        invocations=tuple({one.id: one for run in runs for one in run.results.invocations}.values()),
    )


def _utterances(runs: Sequence[Run]) -> tuple[UtteranceRow, ...]:
    """Those of the first run, then what others have besides: a larger `--limit`."""
    first: dict[str, UtteranceRow] = {}
    for run in runs:
        for row in run.results.utterances:
            if row.id not in first or (first[row.id].reason is not None and row.reason is None):
                first[row.id] = row
    return tuple(first.values())


def _codecs(runs: Sequence[Run]) -> tuple[CodecRow, ...]:
    first: dict[CodecId, CodecRow] = {}
    for run in runs:
        for row in run.results.codecs:
            first.setdefault(row.codec_id, row)
    return tuple(first.values())


def _differences(first: StoredResults, second: StoredResults) -> Iterator[str]:
    """What keeps two runs apart, the gravest first."""
    if first.meta.get("revision") != second.meta.get("revision"):
        reason = disagreement(own_revisions(first.utterances), own_revisions(second.utterances))
        if reason is not None:
            names = [one.meta.get("dataset") or "unknown" for one in (first, second)]
            revisions = [str(one.meta.get("revision") or "unknown")[:12] for one in (first, second)]
            both = f"{names[0]} {revisions[0]} and {names[1]} {revisions[1]}"
            yield f"their dataset revisions differ ({both}): {reason}"
    conditions = [condition_of(one.meta) for one in (first, second)]
    if conditions[0] != conditions[1]:
        yield f"their conditions differ ({conditions[0]} and {conditions[1]})"
    codecs = {row.codec_id: row for row in first.codecs}
    for row in second.codecs:
        other = codecs.get(row.codec_id)
        if other is not None and _source(other) != _source(row):
            yield f"both have {row.codec_id.spec}, from different source or weights"


def _apart(first: StoredResults, second: StoredResults) -> Iterator[tuple[str, str]]:
    """Metrics whose figures are not of one kind, and what differs. Of two recognizers all that the second heard."""
    heard = [one.meta.get("recognizer") for one in (first, second)]
    if all(heard) and heard[0] != heard[1]:
        what = f"their recognizers differ ({_recognizer(heard[0] or {})} and {_recognizer(heard[1] or {})})"
        yield from ((name, what) for name, facts in second.metrics.items() if facts.uses_recognizer)
    for name in first.metrics:
        if name in second.metrics:
            for what in _metric_differences(name, first.metrics[name], second.metrics[name]):
                yield name, what


def _without(results: StoredResults, metrics: Collection[str]) -> StoredResults:
    kept = tuple(row for row in results.scores if row.metric not in metrics) if metrics else results.scores
    return replace(results, scores=kept)


def _recognizer(recorded: Mapping[str, Any]) -> str:
    return f"{recorded.get('id')} version {recorded.get('version')}, model {str(recorded.get('key'))[:12]}"


def _metric_differences(name: str, first: MetricFacts, second: MetricFacts) -> Iterator[str]:
    for field in CARD_FIELDS:
        one, other = getattr(first, field), getattr(second, field)
        if one != other:
            yield f"metric {name} has {field} {one} in one and {other} in the other"
    if first.source_sha256 != second.source_sha256:
        yield f"metric {name} is from another version of its plugin's source in each: `codecbench score` both again"


def _source(row: CodecRow) -> tuple[str, str | None]:
    return row.source_sha256, row.weights_sha256


def _first_of_each(table: str, runs: Sequence[Run]) -> Iterator[Any]:
    """Rows of each place from the first run that has the place's codings."""
    owner: dict[Place, int] = {}
    for number, run in enumerate(runs):
        for row in run.results.codings:
            owner.setdefault(row.place, number)
    for number, run in enumerate(runs):
        for row in getattr(run.results, table):
            if owner.get(row.place) == number:
                yield row


def _skips(runs: Sequence[Run]) -> Iterator[SkipRow]:
    """What one run skipped and another has is not missing."""
    coded = {row.place for run in runs for row in run.results.codings}
    codecs = {place.codec_id for place in coded}
    for row in dict.fromkeys(row for run in runs for row in run.results.skips):
        whole = row.point is None
        if row.codec_id not in codecs if whole else Place(*row.codec_id, row.point or "") not in coded:
            yield row


def _meta(runs: Sequence[Run], apart: Mapping[str, str]) -> dict[str, Any]:
    """The first run's, with all the runs' own under `merged`: which is no name that a store has."""
    metas = [run.results.meta for run in runs]
    utterances = _utterances(runs)
    same = len(utterances) == len(runs[0].results.utterances)
    warnings = [warning for meta in metas for warning in meta.get("dataset_warnings") or ()]
    machines = {tuple((meta.get("machine") or {}).get(name) for name in MACHINE_FIELDS) for meta in metas}
    if len(machines) > 1:
        warnings.append("the runs are from different machines: their RTFs and memory do not compare")
    for what in dict.fromkeys(apart.values()):
        names = ", ".join(name for name, why in apart.items() if why == what)
        warnings.append(f"{names} left out, for the runs did not measure alike: {what}")
    samples = [name for meta in metas for name in meta.get("sample_utterances") or ()]
    finished = [str(meta.get("finished") or "") for meta in metas]
    return dict(metas[0]) | {
        "dataset_warnings": list(dict.fromkeys(warnings)),
        "sample_utterances": list(dict.fromkeys(samples)),
        "revision": metas[0].get("revision") if same else revision(map(asked_of, utterances)),
        "finished": max(finished) if all(finished) else None,
        "merged": [
            {name: run.results.meta.get(name) for name in ("run_id", "codecbench", "command")}
            | {"points": sorted({row.place for row in run.results.codings})}
            for run in runs
        ],
    }
