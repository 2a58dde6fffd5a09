"""The cost stage: one process, alone on the machine, before any worker starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codecbench.api import OperatingPoint
from codecbench.cost.figures import CARD_FIELDS
from codecbench.machine import machine_id
from codecbench.results import CostRow, Status
from codecbench.run import keys, workers
from codecbench.run.plan import PlannedCodec
from codecbench.run.pool import Failure, Pool, Task
from codecbench.run.progress import SPEED_STEPS
from codecbench.run.state import RunState

FULL_LIMIT_S = 900.0
EXCERPT_FILES = 20


def measure_speed(state: RunState, pool: Pool) -> None:
    """Measure every codec of the plan that has no figures of this machine yet."""
    mode = state.plan.request.cost
    todo = [item for item in _interleaved(state) if not _known(state, *item)]
    if not todo:
        return
    paths = [planned.utterance.path for planned in state.plan.utterances if planned.sha256][:EXCERPT_FILES]
    state.reporter.expect(len(todo) * SPEED_STEPS)
    state.reporter.say("measuring speed")
    limit = FULL_LIMIT_S if mode == "full" else state.limit(3.0)
    tasks = (
        Task((codec, point, key), workers.cost, (_job(codec), point.label, paths, mode), limit)
        for codec, point, key in todo
    )
    for outcome in pool.run(tasks):
        codec, point, key = outcome.tag
        state.store.put_cost(_row(codec, point, mode, outcome.value), key)
        state.reporter.step(SPEED_STEPS)


def _interleaved(state: RunState) -> Iterator[tuple[PlannedCodec, OperatingPoint, str]]:
    """Point by point over the codecs, so that a slow minute of the machine does not fall on one of them alone."""
    mode, codecs = state.plan.request.cost, state.plan.codecs
    for rank in range(max((len(codec.points) for codec in codecs), default=0)):
        for codec in codecs:
            chosen = codec.points if mode == "full" else _ends(codec.points)
            if rank < len(chosen):
                stated = {name: getattr(codec.card, name) for name in CARD_FIELDS}
                key = keys.cost_key(codec.identity, stated, chosen[rank], mode, machine_id())
                yield codec, chosen[rank], key


def _job(codec: PlannedCodec) -> workers.CodecJob:
    return workers.CodecJob(codec.card.spec, codec.options)


def _ends(points: tuple[OperatingPoint, ...]) -> tuple[OperatingPoint, ...]:
    return points if len(points) < 3 else (points[0], points[-1])


def _known(state: RunState, codec: PlannedCodec, point: OperatingPoint, key: str) -> bool:
    return state.store.cost_key(codec.card.name, codec.card.checkpoint, point.label) == (key, "ok")


def _row(codec: PlannedCodec, point: OperatingPoint, mode: str, value: Any) -> CostRow:
    card = codec.card
    if isinstance(value, Failure):
        return CostRow(card.name, card.checkpoint, point.label, mode, value.status, value.reason)
    # Without an RTF (the machine was busy) the row does not stand: the next run measures again.
    status: Status = "ok" if value["figures"]["rtf_encode"] is not None else "abstained"
    reason = value["reasons"].get("rtf_encode")
    return CostRow(card.name, card.checkpoint, point.label, mode, status, reason, value["figures"], value["reasons"])
