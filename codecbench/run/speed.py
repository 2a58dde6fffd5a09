"""The cost stage, when no other worker is left: memory, speed and what the card lacks, one process at a time, alone.

Each kind of figure is measured where there is none that stands, and kept as soon as it is known: that the machine was
busy for one takes nothing from the others, and the same command again measures nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codecbench.api import CodecCard
from codecbench.cost.measure import CostFigures, put_rtf, stated_cost, timed_seconds
from codecbench.cost.rtf import MOST_VISITS, VISITS
from codecbench.run import workers
from codecbench.run.cost_plan import (
    LATENCY,
    Mode,
    PendingCost,
    drop_unlike_the_cards,
    mode_of,
    of_kind,
    pending_costs,
)
from codecbench.run.planned import PlannedCodec
from codecbench.run.pool import Load, Pool, Task
from codecbench.run.progress import SPEED_STEPS
from codecbench.run.state import RunState
from codecbench.store.answers import Failure
from codecbench.store.rows import CostKind, CostRow

FULL_LIMIT_S = 900.0
EXCERPT_FILES = 20

MAIN: Mapping[CostKind, tuple[str, ...]] = {
    "memory": ("peak_rss_mb",), "speed": ("rtf_encode", "rtf_decode"), "complexity": CodecCard.MEASURED[:4],
    "latency": LATENCY,
}  # fmt: skip
"""Without any of these there is no figure of this kind. A busy machine's CPU times are no real-time factor."""


@dataclass(frozen=True)
class _Stage:
    """What the tasks of the stage share."""

    state: RunState
    paths: Sequence[Path]
    mode: Mode
    limit: float
    loading: Callable[[workers.CodecJob], Load]

    def put(self, one: PendingCost, kind: CostKind, value: CostFigures | Failure) -> None:
        """One kind of figures of one point, or why there are none."""
        row = CostRow(*one.place, self.mode, "ok", kind=kind)
        if isinstance(value, Failure):
            why = value.reason if value.status == "abstained" else f"{value.status}: {value.reason}"
            row = replace(
                row, status=value.status, reason=value.reason, figures=dict.fromkeys(MAIN[kind]),
                reasons=dict.fromkeys(MAIN[kind], why),
            )  # fmt: skip
        else:
            latency_kind = value.latency_kind if kind == "latency" else None
            row = replace(row, figures=value.figures, reasons=value.reasons, latency_kind=latency_kind)
            if all(value.figures.get(name) is None for name in MAIN[kind]):
                why = next((value.reasons[name] for name in MAIN[kind] if name in value.reasons), "not measured")
                row = replace(row, status="abstained", reason=why)
        self.state.store.put_cost(row, one.keys[kind])


def measure_costs(state: RunState, afresh: Pool, alone: Pool) -> None:
    """Measure every codec of the plan that lacks figures of this machine.

    For its memory each codec has a process of its own that nothing else was imported into, and others may be at work
    beside it. For its speed it is visited several times, the others in between, and nothing else runs.

    `afresh`: of processes that have imported nothing. `alone`: of one task at a time.
    """
    if state.plan.request.measures_cost:
        drop_unlike_the_cards(state)
    mode, todo = mode_of(state), pending_costs(state)
    if not todo:
        return
    paths = [planned.utterance.recording_path for planned in state.plan.utterances if planned.sha256][:EXCERPT_FILES]
    limit = FULL_LIMIT_S if mode == "full" else state.limit(timed_seconds(mode)[0])
    stage = _Stage(state, paths, mode, limit, state.loading)
    _measure_memory(stage, _lacking(todo, "memory"), afresh)
    _measure_speed(stage, _lacking(todo, "speed"), alone)
    _measure_the_rest(stage, [one for one in todo if {"complexity", "latency"} & one.keys.keys()], alone)
    state.reporter.step(cost_steps(state, len(todo)))


def cost_steps(state: RunState, count: int) -> int:
    """Of progress, for so many of them: one takes as long however many cores score in the meantime."""
    return count * SPEED_STEPS * state.plan.request.jobs


def _measure_memory(stage: _Stage, todo: Sequence[PendingCost], pool: Pool) -> None:
    if not todo:
        return
    stage.state.reporter.say("measuring memory", estimate=False)
    for outcome in pool.fresh().run(_tasks(stage, workers.memory, todo)):
        for one in outcome.tag:
            value = outcome.value
            if not isinstance(value, Failure):
                value = CostFigures({"peak_rss_mb": value[one.point.label]})
            stage.put(one, "memory", value)


def _measure_speed(stage: _Stage, todo: Sequence[PendingCost], pool: Pool) -> None:
    if not todo:
        return
    stage.state.reporter.say("measuring speed", estimate=False)
    for visit in range(MOST_VISITS):
        _visit(stage, [one for one in todo if one.failure is None and (visit < VISITS or not one.settled)], pool)
    for one in todo:
        stage.put(one, "speed", one.failure or _timed(one))


def _measure_the_rest(stage: _Stage, todo: Sequence[PendingCost], pool: Pool) -> None:
    """What the card has; and where it lacks any of it, what can be measured."""
    lacking = []
    for one in todo:
        stated = stated_cost(one.codec.card, one.point)
        if any(stated.figures[name] is None for kind in one.keys for name in MAIN[kind] if name in stated.figures):
            lacking.append(one)
        else:
            _put_the_rest(stage, one, stated)
    if not lacking:
        return
    stage.state.reporter.say("measuring complexity and latency", estimate=False)
    jobs = [(one, _job(one.codec)) for one in lacking]
    tasks = (
        Task(one, workers.cost, (job, one.point.label, stage.paths), stage.limit, stage.loading(job))
        for one, job in jobs
    )
    for outcome in pool.run(tasks):
        _put_the_rest(stage, outcome.tag, outcome.value)


def _put_the_rest(stage: _Stage, one: PendingCost, value: CostFigures | Failure) -> None:
    kinds: tuple[CostKind, ...] = ("complexity", "latency")
    for kind in kinds:
        if kind in one.keys:
            stage.put(one, kind, value if isinstance(value, Failure) else _part(value, kind))


def _part(value: CostFigures, kind: CostKind) -> CostFigures:
    names = of_kind(value.figures, kind)
    return CostFigures(
        {name: value.figures[name] for name in names},
        {name: value.reasons[name] for name in names if name in value.reasons}, value.latency_kind,
    )  # fmt: skip


def _timed(one: PendingCost) -> CostFigures:
    figures = CostFigures()
    for rank, (seconds, repeats) in enumerate(one.repeats.items()):
        put_rtf(figures, repeats, seconds, f"_{seconds:g}s" if rank else "")
    return figures


def _visit(stage: _Stage, todo: Sequence[PendingCost], pool: Pool) -> None:
    """Some repeats of each codec, one codec after the other."""
    for outcome in pool.run(_tasks(stage, workers.speed, todo)):
        for one in outcome.tag:
            if isinstance(outcome.value, Failure):
                one.failure = outcome.value
                continue
            for timed in outcome.value:
                if timed.point == one.point.label:
                    one.repeats.setdefault(timed.seconds, []).extend(timed.repeats)


def _tasks(stage: _Stage, measure: Callable[..., object], todo: Sequence[PendingCost]) -> Iterator[Task]:
    """One for each codec, for all its points in `todo`."""
    for each in _by_codec(todo):
        job = _job(each[0].codec)
        arguments = (job, [one.point.label for one in each], stage.paths, stage.mode)
        yield Task(each, measure, arguments, stage.limit * len(each), stage.loading(job))


def _by_codec(todo: Iterable[PendingCost]) -> Iterable[Sequence[PendingCost]]:
    groups: dict[str, list[PendingCost]] = {}
    for one in todo:
        groups.setdefault(one.codec.card.spec, []).append(one)
    return groups.values()


def _lacking(todo: Sequence[PendingCost], kind: CostKind) -> list[PendingCost]:
    return [one for one in todo if kind in one.keys]


def _job(codec: PlannedCodec) -> workers.CodecJob:
    return workers.CodecJob(codec.card.spec, codec.options)
