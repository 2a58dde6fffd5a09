"""summary.json: the stable machine-readable result. What is unknown is null with a reason beside it, never NaN."""

from __future__ import annotations

from math import isfinite
from typing import Any

from codecbench.analysis.bootstrap import Estimate
from codecbench.analysis.costs import Cost
from codecbench.analysis.ladder import LossLadder
from codecbench.analysis.scores import MetricSummary
from codecbench.analysis.summary import Row, Summary
from codecbench.analysis.tokens import TokenRate
from codecbench.store.facts import MetricFacts
from codecbench.store.invocations import UsedInvocation

SCHEMA = 1
TALLY = ("computed", "reused", "failed", "skipped", "abstained")
RUN_META = (
    "dataset", "revision", "run_id", "created", "finished", "command", "codecbench", "condition", "recognizer",
    "machine", "libraries",
)  # fmt: skip


def as_json(summary: Summary) -> dict[str, Any]:
    """Plain JSON values, to be dumped with `allow_nan=False`. Extra keys may be added within a schema, none removed."""
    tally = summary.run.get("tally") or {}
    return {
        "schema": SCHEMA,
        "run": {name: tally.get(name) for name in TALLY}
        | {name: summary.run.get(name) for name in RUN_META}
        | {
            "synthetic": summary.synthetic,
            "utterances": summary.utterances,
            "speakers": summary.speakers,
            "clusters": None if summary.voices is None else summary.voices.clusters,
            "synthesizer": summary.synthesizer or None,
            "seconds": summary.seconds,
            "coverage": {"ok": summary.coverage.ok, "planned": summary.coverage.planned},
            "notes": list(summary.notes),
            **_made_by(summary),
            **_environments(summary),
        },
        "metrics": {name: _card(facts) for name, facts in summary.metrics.items()},
        "floor": {name: floor.value for name, floor in summary.floor.items()},
        "floor_reasons": {name: floor.reason for name, floor in summary.floor.items() if floor.value is None},
        **({"originals": {name: _score(one) for name, one in summary.originals.items()}} if summary.originals else {}),
        **_thresholds(summary),
        **({"repeats": {name: dict(vars(one)) for name, one in summary.repeats.items()}} if summary.repeats else {}),
        "null_floor": dict(vars(summary.null_floor)) | {"by_condition": dict(summary.null_floor.by_condition)},
        "rows": [_row(row) for row in summary.rows],
        "ladder": [_ladder(ladder) for ladder in summary.ladder],
        "skipped": [
            {"codec": row.codec, "checkpoint": row.checkpoint, "point": row.point, "reason": row.reason}
            for row in summary.skipped
        ],
        "failures": [
            dict(vars(group))
            | {"places": [dict(vars(place)) | {"points": list(place.points)} for place in group.places]}
            | {"utterances": list(group.utterances)}
            for group in summary.failures
        ],
        "unreadable": [{"utterance": row.id, "reason": row.reason} for row in summary.unreadable],
    }


def _thresholds(summary: Summary) -> dict[str, Any]:
    """Of each speaker model, on the dataset's own originals; nothing of a run without any."""
    found = {
        name: {"reason": model.reason} if model.threshold is None else dict(vars(model.threshold))
        for name, model in summary.speaker_thresholds.items()
    }
    return {"speaker_thresholds": found} if found else {}


def _made_by(summary: Summary) -> dict[str, Any]:
    """Nothing of a run that is older than what says it."""
    return {"invocations": [_invocation(one) for one in summary.invocations]} if summary.invocations else {}


def _environments(summary: Summary) -> dict[str, Any]:
    """Where the code of codecs ran that have an environment of their own, by codec; nothing where there are none."""
    found = {row.codec_id.spec: row.environment.as_json() for row in summary.codecs if row.environment is not None}
    return {"environments": found} if found else {}


def _invocation(one: UsedInvocation) -> dict[str, Any]:
    plain = {"machine": dict(one.machine), "libraries": dict(one.libraries), "codecs": list(one.codecs)}
    return dict(vars(one)) | plain


def _card(facts: MetricFacts) -> dict[str, Any]:
    """As it is stored. Titles are for those who look at a table: here metrics go by their ids."""
    told = {name: value for name, value in facts.stored.items() if name not in ("title", "long_title", "digits")}
    usual: dict[str, Any] = {
        "sources": [],
        "needs_reference": True,
        "stand_in": "",
        "conditions": ["wb"],
        "languages": [],
        "weights": None,
        "environment": None,
        "repetitions": 1,
    }
    return {name: _finite(value) for name, value in told.items() if name not in usual or value != usual[name]}


def _row(row: Row) -> dict[str, Any]:
    reasons = {"measured_kbps": row.rate.measured_reason, "entropy_kbps": row.rate.entropy_reason}
    return {
        "codec": row.codec,
        "checkpoint": row.checkpoint,
        "track": row.track,
        "point": row.point,
        "nominal_kbps": row.nominal_kbps,
        "measured_kbps": row.rate.measured_kbps,
        "entropy_kbps": row.rate.entropy_kbps,
        "scores": {metric: _score(score) for metric, score in row.scores.items()},
        "cost": _cost(row.cost),
        "codebooks": [dict(vars(codebook)) for codebook in row.codebooks],
        **({"tokens": _tokens(row.tokens)} if row.tokens else {}),
        "delay_ms": row.delay_ms,
        "warnings": list(row.warnings),
        "hallucination": _hallucination(row),
        "seeds": _seeds(row),
        "reasons": {name: reason for name, reason in reasons.items() if reason},
        **({"changes": {name: _score(one) for name, one in row.changes.items()}} if row.changes else {}),
        **({"settings": dict(row.settings)} if row.settings else {}),
        **({"other_weights": True} if row.other_weights else {}),
    }


def _tokens(tokens: TokenRate) -> dict[str, Any]:
    return dict(vars(tokens)) | {"codebooks": [dict(vars(book)) for book in tokens.codebooks]}


def _cost(cost: Cost) -> dict[str, Any]:
    """Where a latency comes from and how far repeats were apart only where a run knows it: older ones do not."""
    known: dict[str, Any] = {"reasons": dict(cost.reasons)}
    if cost.latency_kind is not None:
        known["latency_kind"] = cost.latency_kind
    if cost.spreads:
        known["spreads"] = {stage: dict(vars(spread)) for stage, spread in cost.spreads.items()}
    return {**cost.figures, **known}


def _ladder(ladder: LossLadder) -> dict[str, Any]:
    steps = [dict(vars(step)) | {"loss": _estimate(step.loss)} for step in ladder.steps]
    return dict(vars(ladder)) | {"steps": steps, "total": _estimate(ladder.total), "worst": ladder.worst}


def _hallucination(row: Row) -> dict[str, Any] | None:
    words = row.hallucination
    if words is None:
        return None
    reasons = None if words.reasons is None else dict(words.reasons)
    return dict(vars(words)) | {"degraded": words.degraded, "reasons": reasons}


def _seeds(row: Row) -> dict[str, Any] | None:
    stability = row.seeds
    if stability is None:
        return None
    counts = {"seeds": stability.seeds, "utterances": stability.utterances, "words": stability.words}
    return counts | {"places": len(stability.places), "rate": stability.rate}


def _estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    return None if estimate is None else dict(vars(estimate))


def _score(score: MetricSummary) -> dict[str, Any]:
    return {name: value for name, value in vars(score).items() if name != "reason" or value is not None}


def _finite(value: Any) -> Any:
    """A plugin's card may hold infinities (a bound that is none); JSON has no word for them."""
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value
