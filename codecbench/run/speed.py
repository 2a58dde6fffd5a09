"""The cost stage: one process, alone on the machine, before any worker starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from codecbench.api import OperatingPoint
from codecbench.cost.figures import figures_at
from codecbench.cost.measure import QUICK_SECONDS, CostFigures
from codecbench.machine import machine_id
from codecbench.run import keys, workers
from codecbench.run.planned import PlannedCodec
from codecbench.run.pool import Pool, Task
from codecbench.run.progress import SPEED_STEPS
from codecbench.run.state import RunState
from codecbench.store.answers import Failure
from codecbench.store.rows import CostRow, Status

FULL_LIMIT_S = 900.0
EXCERPT_FILES = 20


def measure_speed(state: RunState, pool: Pool) -> None:
    """Measure every codec of the plan that has no figures of this machine yet."""
    mode = state.plan.request.cost
    todo = [item for item in _interleaved(state) if not _known(state, *item)]
    if not todo:
        return
    paths = [planned.utterance.path for planned in state.plan.utterances if planned.sha256][:EXCERPT_FILES]
    limit = FULL_LIMIT_S if mode == "full" else state.limit(QUICK_SECONDS)
    state.reporter.expect(len(todo) * SPEED_STEPS)
    state.reporter.say("measuring memory")
    peaks = _peaks([(codec, point) for codec, point, _ in todo], paths, mode, limit, pool)
    state.reporter.say("measuring speed")
    tasks = (
        Task((codec, point, key), workers.cost, (_job(codec), point.label, paths, mode), limit)
        for codec, point, key in todo
    )
    for outcome in pool.run(tasks):
        codec, point, key = outcome.tag
        state.store.put_cost(_row(codec, point, mode, outcome.value, peaks[codec.card.spec, point.label]), key)
        state.reporter.step(SPEED_STEPS)


def _peaks(
    todo: Sequence[tuple[PlannedCodec, OperatingPoint]], paths: Sequence[Path], mode: str, limit: float, pool: Pool
) -> dict[tuple[str, str], float | Failure]:
    """The most memory held at each codec and point, in MiB, or why it is not known.

    Each codec has a process of its own: one that has held another codec keeps some of its memory, and its libraries.
    """
    points: dict[str, list[str]] = {}
    for codec, point in todo:
        points.setdefault(codec.card.spec, []).append(point.label)
    jobs = {codec.card.spec: _job(codec) for codec, _ in todo}
    tasks = (
        Task(spec, workers.memory, (jobs[spec], labels, paths, mode), limit * len(labels))
        for spec, labels in points.items()
    )
    peaks: dict[tuple[str, str], float | Failure] = {}
    with pool.fresh() as meters:
        for outcome in meters.run(tasks):
            for label in points[outcome.tag]:
                failed = isinstance(outcome.value, Failure)
                peaks[outcome.tag, label] = outcome.value if failed else outcome.value[label]
    return peaks


def _interleaved(state: RunState) -> Iterator[tuple[PlannedCodec, OperatingPoint, str]]:
    """Point by point over the codecs, so that a slow minute of the machine does not fall on one of them alone."""
    mode, codecs = state.plan.request.cost, state.plan.codecs
    for rank in range(max((len(codec.points) for codec in codecs), default=0)):
        for codec in codecs:
            chosen = codec.points if mode == "full" else _ends(codec.points)
            if rank < len(chosen):
                yield codec, chosen[rank], _key(codec, chosen[rank], mode)


def _job(codec: PlannedCodec) -> workers.CodecJob:
    return workers.CodecJob(codec.card.spec, codec.options)


def _ends(points: tuple[OperatingPoint, ...]) -> tuple[OperatingPoint, ...]:
    return points if len(points) < 3 else (points[0], points[-1])


def _known(state: RunState, codec: PlannedCodec, point: OperatingPoint, key: str) -> bool:
    """What `full` has measured answers for `quick` too: its figures are more, and on more speech."""
    stored = state.store.cost_key(codec.card.name, codec.card.checkpoint, point.label)
    return stored in ((key, "ok"), (_key(codec, point, "full"), "ok"))


def _key(codec: PlannedCodec, point: OperatingPoint, mode: str) -> str:
    stated = {**figures_at(codec.card, point), "latency_kind": codec.card.latency_kind_at(point)}
    return keys.cost_key(codec.identity, stated, point, mode, machine_id())


def _row(
    codec: PlannedCodec, point: OperatingPoint, mode: str, value: CostFigures | Failure, peak: float | Failure
) -> CostRow:  # fmt: skip
    card = codec.card
    if isinstance(value, Failure):
        return CostRow(card.name, card.checkpoint, point.label, mode, value.status, value.reason)
    if isinstance(peak, Failure):
        value.put("peak_rss_mb", None, peak.reason)
    else:
        value.put("peak_rss_mb", peak)
    # Without an RTF (the machine was busy) the row does not stand: the next run measures again.
    status: Status = "ok" if value.figures["rtf_encode"] is not None else "abstained"
    reason = value.reasons.get("rtf_encode")
    return CostRow(
        card.name, card.checkpoint, point.label, mode, status, reason, value.figures, value.reasons, value.latency_kind
    )
