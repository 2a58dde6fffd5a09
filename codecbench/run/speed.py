"""The cost stage, when no other worker is left: memory, then speed, one process at a time, alone on the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from codecbench.api import OperatingPoint
from codecbench.cost.figures import figures_at
from codecbench.cost.measure import CostFigures, put_rtf, stated_cost, timed_seconds
from codecbench.cost.rtf import MOST_VISITS, STEADY, VISITS, Repeat, steady
from codecbench.machine import machine_id
from codecbench.run import keys, workers
from codecbench.run.planned import PlannedCodec
from codecbench.run.pool import Load, Pool, Task
from codecbench.run.progress import SPEED_STEPS
from codecbench.run.state import RunState
from codecbench.store.answers import Failure
from codecbench.store.rows import CostRow, Status

FULL_LIMIT_S = 900.0
EXCERPT_FILES = 20

Mode = Literal["quick", "full"]


@dataclass
class PendingCost:
    """A codec at a point that has no figures of this machine yet, and what comes in of it."""

    codec: PlannedCodec
    point: OperatingPoint
    key: str
    peak: float | Failure = field(default_factory=lambda: Failure("failed", "not measured"))
    repeats: dict[float, list[Repeat]] = field(default_factory=dict)
    """By seconds of speech."""
    failure: Failure | None = None

    @property
    def settled(self) -> bool:
        """Whether another visit would tell nothing new."""
        return all(len(steady(repeats)) >= STEADY for repeats in self.repeats.values())


@dataclass(frozen=True)
class _Stage:
    """What the tasks of the stage share."""

    paths: Sequence[Path]
    mode: Mode
    limit: float
    loading: Callable[[workers.CodecJob], Load]


def measure_costs(state: RunState, afresh: Pool, alone: Pool) -> None:
    """Measure every codec of the plan that has no figures of this machine yet.

    For its memory each codec has a process of its own that nothing else was imported into, and others may be at work
    beside it. For its speed it is visited several times, the others in between, and nothing else runs.

    `afresh`: of processes that have imported nothing. `alone`: of one task at a time.
    """
    mode, todo = _mode(state), pending_costs(state)
    if not todo:
        return
    paths = [planned.utterance.path for planned in state.plan.utterances if planned.sha256][:EXCERPT_FILES]
    limit = FULL_LIMIT_S if mode == "full" else state.limit(timed_seconds(mode)[0])
    stage = _Stage(paths, mode, limit, state.loading)
    state.reporter.say("measuring memory")
    for outcome in afresh.fresh().run(_tasks(stage, workers.memory, todo)):
        for one in outcome.tag:
            one.peak = outcome.value if isinstance(outcome.value, Failure) else outcome.value[one.point.label]
    state.reporter.say("measuring speed")
    for visit in range(MOST_VISITS):
        _visit(stage, [one for one in todo if one.failure is None and (visit < VISITS or not one.settled)], alone)
    for one in todo:
        state.store.put_cost(_row(one, mode, _figures(stage, one, alone)), one.key)
        state.reporter.step(cost_steps(state, 1))


def pending_costs(state: RunState) -> Sequence[PendingCost]:
    """What `measure_costs` would measure."""
    if not state.plan.request.measures_cost:
        return ()
    each = (one for codec in state.plan.codecs for one in _points(codec, _mode(state)))
    return [one for one in each if not _known(state, one)]


def cost_steps(state: RunState, count: int) -> int:
    """Of progress, for so many of them: one takes as long however many cores score in the meantime."""
    return count * SPEED_STEPS * state.plan.request.jobs


def _mode(state: RunState) -> Mode:
    return "full" if state.plan.request.cost == "full" else "quick"


def _tasks(stage: _Stage, measure: Callable[..., object], todo: Sequence[PendingCost]) -> Iterator[Task]:
    """One for each codec, for all its points in `todo`."""
    for each in _by_codec(todo):
        yield Task(each, measure, _arguments(stage, each), stage.limit * len(each), stage.loading(_job(each[0].codec)))


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


def _by_codec(todo: Iterable[PendingCost]) -> Iterable[Sequence[PendingCost]]:
    groups: dict[str, list[PendingCost]] = {}
    for one in todo:
        groups.setdefault(one.codec.card.spec, []).append(one)
    return groups.values()


def _arguments(
    stage: _Stage, points: Sequence[PendingCost]
) -> tuple[workers.CodecJob, list[str], Sequence[Path], Mode]:
    return _job(points[0].codec), [one.point.label for one in points], stage.paths, stage.mode


def _figures(stage: _Stage, one: PendingCost, pool: Pool) -> CostFigures | Failure:
    """What was timed, what the card has, and with `full` what it has not."""
    if one.failure is not None:
        return one.failure
    cost = stated_cost(one.codec.card, one.point)
    if stage.mode == "full":
        arguments = (_job(one.codec), one.point.label, stage.paths)
        (outcome,) = pool.run(iter([Task(one, workers.cost, arguments, stage.limit, stage.loading(arguments[0]))]))
        if isinstance(outcome.value, Failure):
            return outcome.value
        cost = outcome.value
    for rank, (seconds, repeats) in enumerate(one.repeats.items()):
        put_rtf(cost, repeats, seconds, f"_{seconds:g}s" if rank else "")
    return cost


def _points(codec: PlannedCodec, mode: Mode) -> Iterable[PendingCost]:
    for point in codec.points if mode == "full" else _ends(codec.points):
        yield PendingCost(codec, point, _key(codec, point, mode))


def _job(codec: PlannedCodec) -> workers.CodecJob:
    return workers.CodecJob(codec.card.spec, codec.options)


def _ends(points: tuple[OperatingPoint, ...]) -> tuple[OperatingPoint, ...]:
    return points if len(points) < 3 else (points[0], points[-1])


def _known(state: RunState, one: PendingCost) -> bool:
    """What `full` has measured answers for `quick` too: its figures are more, and on more speech."""
    stored = state.store.cost_key(one.codec.card.name, one.codec.card.checkpoint, one.point.label)
    return stored in ((one.key, "ok"), (_key(one.codec, one.point, "full"), "ok"))


def _key(codec: PlannedCodec, point: OperatingPoint, mode: Mode) -> str:
    stated: Mapping[str, float | str | None] = {
        **figures_at(codec.card, point), "latency_kind": codec.card.latency_kind_at(point),
    }  # fmt: skip
    return keys.cost_key(codec.identity, stated, point, mode, machine_id())


def _row(one: PendingCost, mode: Mode, value: CostFigures | Failure) -> CostRow:
    card, label = one.codec.card, one.point.label
    if isinstance(value, Failure):
        return CostRow(card.name, card.checkpoint, label, mode, value.status, value.reason)
    if isinstance(one.peak, Failure):
        value.put("peak_rss_mb", None, one.peak.reason)
    else:
        value.put("peak_rss_mb", one.peak)
    # Without an RTF (the machine was busy) the row does not stand: the next run measures again.
    status: Status = "ok" if value.figures["rtf_encode"] is not None else "abstained"
    reason = value.reasons.get("rtf_encode")
    return CostRow(
        card.name, card.checkpoint, label, mode, status, reason, value.figures, value.reasons, value.latency_kind
    )
