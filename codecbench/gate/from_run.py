"""A run's store as a Baseline. Figures are rounded here, so that a run and the file written from it are equal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from codecbench.alignment import BLOCK, QUANTUM_S
from codecbench.analysis.clusters import find_voices
from codecbench.analysis.costs import CARD_FIGURES, Cost, join_cost
from codecbench.analysis.paired import Value
from codecbench.analysis.scores import UtteranceScore, by_metric, by_utterance
from codecbench.conditions import condition_of
from codecbench.gate.baseline import Baseline, BaselineRow, Missing, Payloads, Scores, Speaker, compared
from codecbench.machine import SAME_MACHINE
from codecbench.store import Store, require_results
from codecbench.store.facts import MetricFacts
from codecbench.store.ids import Place, by_place
from codecbench.store.revision import own_revision
from codecbench.store.rows import CodecRow, CodingRow, CostRow, ScoreRow, StoredResults
from codecbench.store.writing import AT_ONCE, batched

DIGITS = 6
"""Significant digits: far below any threshold, and a file that stays small."""
STEP_S = QUANTUM_S / 4
"""Applied delays are whole samples; runs of before that have quarters."""
SPEEDS = ("rtf_encode", "rtf_decode")


def read_run(folder: Path) -> Baseline:
    """Raises UsageError where there is no run, or one without results."""
    with Store(folder) as store:
        require_results(store)
        results = store.results()
        return as_baseline(results, str(folder), _checksums(store, results.codings), folder)


def as_baseline(
    results: StoredResults, source: str, checksums: Mapping[Place, str], folder: Path | None = None
) -> Baseline:
    """Every current row of a run; places where nothing was coded are kept, for their failures."""
    meta = results.meta
    codings, scores = by_place(results.codings), by_place(results.scores)
    codecs = {row.codec_id: row for row in results.codecs}
    rows = [
        _row(place, codecs[place.codec_id], coded, scores.get(place, []), results, checksums.get(place))
        for place, coded in codings.items()
    ]
    return Baseline(
        source=source,
        dataset=meta["dataset"],
        revision=meta["revision"],
        condition=condition_of(meta),
        utterances=_speakers(results),
        metrics={name: compared(facts) for name, facts in results.metrics.items()},
        rows=tuple(rows),
        recognizer=_digest(meta["recognizer"]) if meta.get("recognizer") else None,
        machine=_digest({key: meta["machine"].get(key) for key in SAME_MACHINE}),
        codecbench=meta.get("codecbench") or "",
        skipped={row.codec_id.spec: row.reason for row in results.skips},
        finished=meta.get("finished") is not None,
        folder=folder,
    )


def _speakers(results: StoredResults) -> dict[str, Speaker]:
    clusters = find_voices(results.utterances, results.synthetic).clusters
    return {
        row.id: Speaker(
            row.speaker,
            rounded(row.seconds),
            "" if clusters[row.id] == (row.speaker or row.id) else clusters[row.id],
            own_revision(row),
        )
        for row in results.utterances
    }


def rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")


def _row(
    place: Place, codec: CodecRow, codings: list[CodingRow], scores: list[ScoreRow], results: StoredResults,
    checksum: str | None,
) -> BaselineRow:  # fmt: skip
    ok = [row for row in codings if row.status == "ok"]
    rows = by_metric(scores)
    cost = _cost(place, codec, results.costs)
    figures: dict[str, float | str | None] = {"nominal_kbps": codings[0].nominal_kbps, "delay_ms": _delay_ms(ok)}
    if ok:
        figures["missing_samples"] = max(row.missing or 0 for row in ok)
    figures |= {name: cost.figures.get(name) for name in CARD_FIGURES}
    return BaselineRow(
        place=place,
        metrics={name: _scores(facts, rows[name]) for name, facts in results.metrics.items() if name in rows},
        figures={name: _plain(value) for name, value in figures.items() if value is not None},
        payloads=Payloads({row.utterance: row.payload_bytes for row in ok if row.payload_bytes is not None}, checksum),
        speed={name: float(f"{value:.4g}") for name in SPEEDS if (value := cost.number(name)) is not None},
        stochastic=codec.card.stochastic,
    )


def _cost(place: Place, codec: CodecRow, costs: Sequence[CostRow]) -> Cost:
    mine = [row for row in costs if row.codec_id == place.codec_id]
    here = next((row for row in mine if row.point == place.point), None)
    return join_cost(codec.card, place.point, here, bool(mine))


def _delay_ms(codings: Sequence[CodingRow]) -> float | None:
    """The applied delay; None where most of the utterances that fix it have no clear one, and 0 merely stands for that.

    Of the others no delay was looked for.
    """
    applied = next((row.applied_delay_s for row in codings if row.applied_delay_s is not None), None)
    clear = {row.utterance for row in codings if row.delay_s is not None}
    if applied is None or 2 * len(clear) < min(BLOCK, len({row.utterance for row in codings})):
        return None
    return 1000 * STEP_S * round(applied / STEP_S)


def _plain(value: float | str) -> float | str:
    if isinstance(value, str):
        return value
    number = float(f"{value:.9g}")
    return int(number) if number.is_integer() else number


def _scores(facts: MetricFacts, rows: Sequence[ScoreRow]) -> Scores:
    scored = by_utterance(rows, facts.pooling)
    versions = sorted({row.version for row in rows})
    return Scores(
        version="+".join(versions),
        values={score.utterance: _value(score) for score in scored if score.status == "ok"},
        missing={
            one.utterance: Missing(one.status, one.reason or "no reason given", one.perfect)
            for one in scored
            if one.status != "ok"
        },
    )


def _value(score: UtteranceScore) -> Value:
    return Value(rounded(score.numerator) or 0.0, rounded(score.denominator) or 0.0)


def _checksums(store: Store, codings: Iterable[CodingRow]) -> dict[Place, str]:
    """sha256 over the payloads in the order of the ids, of places where every utterance has one."""
    checksums: dict[Place, str] = {}
    for place, rows in by_place(codings).items():
        ordered = sorted(rows, key=lambda row: (row.utterance, row.seed))
        if any(row.status != "ok" for row in ordered):
            continue
        digest, whole = hashlib.sha256(), True
        for keys in batched((row.key for row in ordered), AT_ONCE):
            payloads = store.payloads(keys)
            whole = whole and len(payloads) == len(keys)
            for key in keys if whole else ():
                digest.update(payloads[key])
        if whole:
            checksums[place] = digest.hexdigest()
    return checksums


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
