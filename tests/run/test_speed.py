"""What makes speed be measured again, and in which processes cost is measured."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codecbench.api import CodecCard, CodecOptions, OperatingPoint
from codecbench.cost.blocks import StageTime
from codecbench.cost.measure import CostFigures
from codecbench.cost.rtf import MOST_VISITS, REPEATS, VISITS, Repeat
from codecbench.plugins import load_registry
from codecbench.run import workers
from codecbench.run.cost_plan import KINDS, cost_key, points_of
from codecbench.run.pool import Load, Outcome, Slots
from codecbench.run.speed import measure_costs
from codecbench.run.workers import CodecJob, load
from codecbench.store import Store
from codecbench.store.answers import Failure
from codecbench.store.ids import CodecId
from codecbench.store.rows import CostKind, CostRow
from codecbench.weights import resolve

POINTS = tuple(OperatingPoint(float(kbps)) for kbps in (1, 2, 6))


def planned(card: CodecCard) -> Any:
    return SimpleNamespace(card=card, points=POINTS, identity=("vocodec:reference", "1", None, "0" * 64, "cpu"))


def keys(card: CodecCard, kind: CostKind) -> list[str]:
    codec = planned(card)
    return [cost_key(codec, point, kind, "full") for point in points_of(codec, "full")]


def test_a_card_that_was_measured_anew_replaces_the_figures_of_an_older_run() -> None:
    card = load_registry().codec("vocodec:reference").card
    every = KINDS["full"]
    before = {kind: keys(card, kind) for kind in every}
    assert {kind: keys(replace(card, notes="told in other words"), kind) for kind in every} == before

    def changed(other: CodecCard) -> set[str]:
        return {kind for kind in every if not set(keys(other, kind)) & set(before[kind])}

    assert changed(replace(card, latency_ms=1.0, latency_by_point={})) == {"latency"}
    assert changed(replace(card, delay=1)) == {"latency"}
    assert changed(replace(card, parameters=1)) == {"complexity"}
    one = replace(card, macs_by_point={**card.macs_by_point, "1": {"encoder": 1.0}})
    same = [old == new for old, new in zip(before["complexity"], keys(one, "complexity"), strict=True)]
    assert same == [False, True, True]
    assert len({key for found in before.values() for key in found}) == len(every) * len(POINTS)


def test_the_ends_of_the_rates_unless_all_are_asked_for() -> None:
    codec = planned(load_registry().codec("vocodec:reference").card)
    assert [point.label for point in points_of(codec, "quick")] == ["1", "6"]
    assert [point.label for point in points_of(codec, "full")] == ["1", "2", "6"]


class Reporter:
    def step(self, steps: int) -> None: ...

    def say(self, text: str, estimate: bool = True) -> None: ...


class Costs(Store):
    """A run's store, which this test looks into."""

    def row(self, codec: str, point: str) -> CostRow:
        (row,) = (row for row in self.results().costs if (row.codec, row.point) == (codec, point))
        return row


def run_of(clips: Path, *names: str, cost: str = "quick", store: Costs | None = None, again: bool = False) -> Any:
    """A run's state over three clips, as far as the cost stage looks at it."""
    folder = Path(tempfile.mkdtemp(dir=clips.parent))
    codecs = []
    for name in names:
        card = load_registry().codec(name).card
        options = CodecOptions(card.checkpoint, resolve(card))
        identity = (card.spec, "1", None, "0" * 64, "cpu")
        codecs.append(
            SimpleNamespace(
                card=card,
                points=card.points,
                options=options,
                identity=identity,
                codec_id=CodecId(card.name, card.checkpoint),
            )
        )
    files = sorted(clips.parent.glob("*.wav"))
    utterances = [SimpleNamespace(utterance=SimpleNamespace(recording_path=file), sha256="ab") for file in files]
    plan = SimpleNamespace(
        request=SimpleNamespace(cost=cost, measures_cost=True, jobs=1, measure_again=again), codecs=codecs,
        utterances=utterances,
    )  # fmt: skip
    store = Costs(folder, create=True) if store is None else store
    return SimpleNamespace(plan=plan, store=store, reporter=Reporter(), limit=lambda seconds: 300.0, loading=loading)


def loading(job: CodecJob) -> Load:
    return Load(job, load, 300.0)


class Nothing:
    """A pool that nothing may be asked of."""

    def fresh(self) -> Any:
        return self

    def run(self, tasks: Any) -> Any:
        pytest.fail(f"measured again: {[task.function.__name__ for task in tasks]}")


NOTHING: Any = Nothing()


def test_the_same_command_again_measures_nothing_and_quick_nothing_after_full(clips: Path) -> None:
    full: Any = run_of(clips, "pcm", cost="full")
    measure_costs(full, Visits(), Visits())  # type: ignore[arg-type]
    for cost in ("full", "quick"):
        measure_costs(run_of(clips, "pcm", cost=cost, store=full.store), NOTHING, NOTHING)
    quick = run_of(clips, "codec2")
    measure_costs(quick, Visits(), Visits())  # type: ignore[arg-type]
    with pytest.raises(pytest.fail.Exception, match="measured again"):
        measure_costs(run_of(clips, "codec2", cost="full", store=quick.store), NOTHING, NOTHING)


def test_on_a_busy_machine_cpu_time_is_kept_and_stands_until_it_is_asked_for_again(clips: Path) -> None:
    state, busy = run_of(clips, "pcm"), Visits(share=0.5)
    measure_costs(state, busy, busy)  # type: ignore[arg-type]
    assert busy.seen == ["pcm:default"] * MOST_VISITS
    row = state.store.row("pcm", "256")
    assert (row.status, row.figures["rtf_encode"], row.figures["peak_rss_mb"]) == ("abstained", None, 100.0)
    assert row.figures["rtf_encode_cpu"] == 0.5
    assert row.reasons["rtf_encode"].startswith("the machine was busy: 0 of 15 repeats were undisturbed, 5 are needed")
    measure_costs(run_of(clips, "pcm", store=state.store), NOTHING, NOTHING)
    again, idle = run_of(clips, "pcm", store=state.store, again=True), Visits()
    measure_costs(again, NOTHING, idle)  # type: ignore[arg-type]
    row = state.store.row("pcm", "256")
    assert (row.status, row.figures["rtf_encode"], row.figures["peak_rss_mb"]) == ("ok", 1.5, 100.0)
    measure_costs(run_of(clips, "pcm", store=state.store, again=True), NOTHING, NOTHING)


def test_figures_that_stand_are_not_replaced_by_those_of_a_busy_machine(clips: Path) -> None:
    """`--cost full` on a machine that is busy now, over an earlier quick run."""
    state, idle = run_of(clips, "pcm"), Visits()
    measure_costs(state, idle, idle)  # type: ignore[arg-type]
    full, busy = run_of(clips, "pcm", cost="full", store=state.store), Visits(share=0.5)
    measure_costs(full, busy, busy)  # type: ignore[arg-type]
    assert state.store.row("pcm", "256").figures["rtf_encode"] == 1.5
    assert state.store.row("pcm", "128").figures["rtf_encode"] is None  # a point that quick does not measure
    measure_costs(run_of(clips, "pcm", cost="full", store=state.store), NOTHING, NOTHING)


def test_memory_is_the_codecs_own_whatever_was_measured_before_it(clips: Path, tmp_path: Path) -> None:
    """Point by point over the codecs: PCM's lowest rate comes before EnCodec, its highest after it."""
    pytest.importorskip("torch")
    state = run_of(clips, "pcm", "encodec")
    with Slots(1, tmp_path / "log", afresh=True) as first, Slots(1, tmp_path / "log") as later:
        measure_costs(state, first.pool("cost"), later.pool("cost"))
    peaks = {(row.codec, row.point): row.figures["peak_rss_mb"] for row in state.store.results().costs}
    assert peaks["pcm", "96"] == pytest.approx(peaks["pcm", "256"], rel=0.05)
    assert peaks["pcm", "256"] < 0.5 * peaks["encodec", "1"]


class Visits:
    """A pool that times nothing: each codec's repeats take as many seconds as it was visited before.

    `slow`: at the first so many visits to each codec the reference kernel takes twice its time at the end. `share` is
    CPU over wall time.
    """

    def __init__(self, fails: str = "", slow: int = 0, share: float = 1.0) -> None:
        self.fails, self.slow, self.share, self.seen = fails, slow, share, []
        self.memory: dict[str, Failure] = {}

    def fresh(self) -> Any:
        return self

    def run(self, tasks: Any) -> Any:
        for task in tasks:
            job, labels, *_ = task.arguments
            if task.function is workers.cost:
                yield Outcome(task.tag, CostFigures({"latency_ms": 1.0}))
            elif task.function is workers.memory:
                yield Outcome(task.tag, self.memory.get(job.spec, dict.fromkeys(labels, 100.0)))
            else:
                yield Outcome(task.tag, self._answer(job.spec, labels))

    def _answer(self, spec: str, labels: list[str]) -> Any:
        if spec == self.fails:
            return Failure("failed", "it raised")
        self.seen.append(spec)
        took = float(self.seen.count(spec))
        kernel_s = (0.01, 0.02 if took <= self.slow else 0.01)
        timed = StageTime(took, took * self.share)
        repeats = (Repeat(timed, timed, kernel_s),) * REPEATS
        return tuple(workers.TimedPoint(label, 3.0, repeats) for label in labels)


def test_codecs_take_turns_and_a_figure_has_its_spread(clips: Path) -> None:
    state, pool = run_of(clips, "pcm", "codec2"), Visits()
    measure_costs(state, pool, pool)  # type: ignore[arg-type]
    assert pool.seen == ["pcm:default", "codec2:default"] * VISITS
    figures = state.store.row("pcm", "256").figures
    assert (figures["rtf_encode_low"], figures["rtf_encode"], figures["rtf_encode_high"]) == (1.0, 1.5, 2.0)
    assert figures["rtf_repeats"] == VISITS * REPEATS >= 5


def test_a_codec_that_fails_is_visited_no_more_and_stops_nobody(clips: Path) -> None:
    state, pool = run_of(clips, "pcm", "codec2"), Visits(fails="pcm:default")
    measure_costs(state, pool, pool)  # type: ignore[arg-type]
    statuses = {(row.codec, row.point): (row.status, row.reason) for row in state.store.results().costs}
    assert statuses["pcm", "96"] == ("failed", "it raised")
    assert statuses["codec2", "0.7"] == ("ok", None)
    assert pool.seen == ["codec2:default"] * VISITS


def test_a_codec_is_visited_again_while_the_machine_is_unsteady(clips: Path) -> None:
    state, pool = run_of(clips, "pcm"), Visits(slow=1)
    measure_costs(state, pool, pool)  # type: ignore[arg-type]
    assert pool.seen == ["pcm:default"] * 3
    figures = state.store.row("pcm", "256").figures
    assert (figures["rtf_encode_low"], figures["rtf_encode_high"], figures["rtf_repeats"]) == (2.0, 3.0, 6)
    state, pool = run_of(clips, "pcm"), Visits(slow=4)
    measure_costs(state, pool, pool)  # type: ignore[arg-type]
    assert pool.seen == ["pcm:default"] * MOST_VISITS
    row = state.store.row("pcm", "256")
    assert row.figures["rtf_encode"] is None
    assert "3 of 15 repeats were undisturbed" in row.reasons["rtf_encode"]


def test_memory_that_cannot_be_told_leaves_the_speed(clips: Path) -> None:
    state, pool = run_of(clips, "pcm", "codec2"), Visits()
    pool.memory = {"pcm:default": Failure("abstained", "this system does not tell")}
    measure_costs(state, pool, pool)  # type: ignore[arg-type]
    pcm, codec2 = state.store.row("pcm", "96"), state.store.row("codec2", "0.7")
    assert (pcm.status, pcm.figures["peak_rss_mb"]) == ("ok", None)
    assert pcm.reasons["peak_rss_mb"] == "this system does not tell"
    assert codec2.figures["peak_rss_mb"] == 100.0
