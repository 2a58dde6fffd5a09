"""What makes speed be measured again, and in which processes cost is measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from codecbench.api import CodecCard, CodecOptions, OperatingPoint
from codecbench.cost.rtf import MOST_VISITS, REPEATS, VISITS, Repeat, StageTime
from codecbench.plugins import load_registry
from codecbench.run import workers
from codecbench.run.pool import Load, Outcome, Slots
from codecbench.run.speed import _points, measure_costs
from codecbench.run.workers import CodecJob, load
from codecbench.store.answers import Failure
from codecbench.store.rows import CostRow
from codecbench.weights import resolve

POINTS = tuple(OperatingPoint(float(kbps)) for kbps in (1, 2, 6))


def planned(card: CodecCard) -> Any:
    return SimpleNamespace(card=card, points=POINTS, identity=("vocodec:reference", "1", None, "0" * 64, "cpu"))


def keys(*cards: CodecCard, cost: str = "quick") -> list[str]:
    return [one.key for card in cards for one in _points(planned(card), cost)]  # type: ignore[arg-type]


def test_a_card_that_was_measured_anew_replaces_the_figures_of_an_older_run() -> None:
    card = load_registry().codec("vocodec:reference").card
    assert keys(card) == keys(card)
    for name in ("latency_ms", "buffering_ms", "parameters"):
        assert not set(keys(card)) & set(keys(replace(card, **{name: 1}))), name
    one = replace(card, macs_by_point={**card.macs_by_point, "1": {"encoder": 1.0}})
    assert [before == after for before, after in zip(keys(card), keys(one), strict=True)] == [False, True]
    plain = replace(card, macs_by_point={})
    assert not set(keys(plain)) & set(keys(replace(plain, encoder_macs_per_s=1.0)))
    assert keys(card) == keys(replace(card, notes="told in other words"))


def test_the_ends_of_the_rates_unless_all_are_asked_for() -> None:
    card = load_registry().codec("vocodec:reference").card
    assert len(set(keys(card))) == 2
    assert len(set(keys(card, cost="full"))) == 3


class Reporter:
    def step(self, steps: int) -> None: ...

    def say(self, text: str) -> None: ...


class Costs:
    """The store's part that the cost stage sees."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], CostRow] = {}
        self.keys: dict[tuple[str, str, str], tuple[str, str]] = {}

    def cost_key(self, codec: str, checkpoint: str, point: str) -> tuple[str, str] | None:
        return self.keys.get((codec, checkpoint, point))

    def put_cost(self, row: CostRow, key: str) -> None:
        self.rows[row.codec, row.point] = row
        self.keys[tuple(row.place)] = (key, row.status)


def run_of(clips: Path, *names: str, cost: str = "quick") -> Any:
    """A run's state over three clips, as far as the cost stage looks at it."""
    codecs = []
    for name in names:
        card = load_registry().codec(name).card
        options = CodecOptions(card.checkpoint, resolve(card))
        identity = (card.spec, "1", None, "0" * 64, "cpu")
        codecs.append(SimpleNamespace(card=card, points=card.points, options=options, identity=identity))
    files = sorted(clips.parent.glob("*.wav"))
    utterances = [SimpleNamespace(utterance=SimpleNamespace(path=file), sha256="ab") for file in files]
    plan = SimpleNamespace(
        request=SimpleNamespace(cost=cost, measures_cost=True, jobs=1), codecs=codecs, utterances=utterances
    )
    return SimpleNamespace(plan=plan, store=Costs(), reporter=Reporter(), limit=lambda seconds: 300.0, loading=loading)


def loading(job: CodecJob) -> Load:
    return Load(job, load, 300.0)


def test_quick_does_not_replace_what_full_has_measured(clips: Path) -> None:
    full, quick = run_of(clips, "pcm", cost="full"), run_of(clips, "pcm")
    (codec,) = full.plan.codecs
    stored = {("pcm", "default", one.point.label): (one.key, "ok") for one in _points(codec, "full")}
    assert len(stored) == 4

    def refuse(tasks: Any) -> None:
        pytest.fail(f"measured again: {next(tasks)}")

    pool: Any = SimpleNamespace(run=refuse, fresh=lambda: refuse(iter(["memory"])))
    quick.store.keys = dict(stored)
    measure_costs(quick, pool, pool)
    full.store.keys = {place: (key, "abstained") for place, (key, _) in stored.items()}
    with pytest.raises(pytest.fail.Exception, match="measured again"):
        measure_costs(full, pool, pool)


def test_memory_is_the_codecs_own_whatever_was_measured_before_it(clips: Path, tmp_path: Path) -> None:
    """Point by point over the codecs: PCM's lowest rate comes before EnCodec, its highest after it."""
    pytest.importorskip("torch")
    state = run_of(clips, "pcm", "encodec")
    with Slots(1, tmp_path / "log", afresh=True) as first, Slots(1, tmp_path / "log") as later:
        measure_costs(state, first.pool("cost"), later.pool("cost"))
    peaks = {place: row.figures["peak_rss_mb"] for place, row in state.store.rows.items()}
    assert peaks["pcm", "96"] == pytest.approx(peaks["pcm", "256"], rel=0.05)
    assert peaks["pcm", "256"] < 0.5 * peaks["encodec", "1"]


class Visits:
    """A pool that times nothing: each codec's repeats take as many seconds as it was visited before.

    `slow`: at the first so many visits to each codec the reference kernel takes twice its time at the end.
    """

    def __init__(self, fails: str = "", slow: int = 0) -> None:
        self.fails, self.slow, self.seen = fails, slow, []
        self.memory: dict[str, Failure] = {}

    def fresh(self) -> Any:
        return self

    def run(self, tasks: Any) -> Any:
        for task in tasks:
            job, labels, *_ = task.arguments
            if task.function is workers.memory:
                yield Outcome(task.tag, self.memory.get(job.spec, dict.fromkeys(labels, 100.0)))
            else:
                yield Outcome(task.tag, self._answer(job.spec, labels))

    def _answer(self, spec: str, labels: list[str]) -> Any:
        if spec == self.fails:
            return Failure("failed", "it raised")
        self.seen.append(spec)
        took = float(self.seen.count(spec))
        kernel_s = (0.01, 0.02 if took <= self.slow else 0.01)
        repeats = (Repeat(StageTime(took, took), StageTime(took, took), kernel_s),) * REPEATS
        return tuple(workers.TimedPoint(label, 3.0, repeats) for label in labels)


def test_codecs_take_turns_and_a_figure_has_its_spread(clips: Path) -> None:
    state, pool = run_of(clips, "pcm", "codec2"), Visits()
    measure_costs(state, pool, pool)  # type: ignore[arg-type]
    assert pool.seen == ["pcm:default", "codec2:default"] * VISITS
    figures = state.store.rows["pcm", "256"].figures
    assert (figures["rtf_encode_low"], figures["rtf_encode"], figures["rtf_encode_high"]) == (1.0, 1.5, 2.0)
    assert figures["rtf_repeats"] == VISITS * REPEATS >= 5
    kinds = {point: row.latency_kind for (_, point), row in state.store.rows.items()}
    assert kinds == {"96": "measured", "256": "measured", "0.7": "structural", "3.2": "structural"}
    assert state.store.rows["codec2", "3.2"].figures["latency_ms"] == 40.0


def test_a_codec_that_fails_is_visited_no_more_and_stops_nobody(clips: Path) -> None:
    state, pool = run_of(clips, "pcm", "codec2"), Visits(fails="pcm:default")
    measure_costs(state, pool, pool)  # type: ignore[arg-type]
    statuses = {place: (row.status, row.reason) for place, row in state.store.rows.items()}
    assert statuses["pcm", "96"] == ("failed", "it raised")
    assert statuses["codec2", "0.7"] == ("ok", None)
    assert pool.seen == ["codec2:default"] * VISITS


def test_a_codec_is_visited_again_while_the_machine_is_unsteady(clips: Path) -> None:
    state, pool = run_of(clips, "pcm"), Visits(slow=1)
    measure_costs(state, pool, pool)  # type: ignore[arg-type]
    assert pool.seen == ["pcm:default"] * 3
    figures = state.store.rows["pcm", "256"].figures
    assert (figures["rtf_encode_low"], figures["rtf_encode_high"], figures["rtf_repeats"]) == (2.0, 3.0, 6)
    state, pool = run_of(clips, "pcm"), Visits(slow=3)
    measure_costs(state, pool, pool)  # type: ignore[arg-type]
    assert pool.seen == ["pcm:default"] * MOST_VISITS
    row = state.store.rows["pcm", "256"]
    assert row.figures["rtf_encode"] is None
    assert "3 of 12 repeats" in row.reasons["rtf_encode"]


def test_memory_that_cannot_be_told_leaves_the_speed(clips: Path) -> None:
    state, pool = run_of(clips, "pcm", "codec2"), Visits()
    pool.memory = {"pcm:default": Failure("abstained", "this system does not tell")}
    measure_costs(state, pool, pool)  # type: ignore[arg-type]
    pcm, codec2 = state.store.rows["pcm", "96"], state.store.rows["codec2", "0.7"]
    assert (pcm.status, pcm.figures["peak_rss_mb"]) == ("ok", None)
    assert pcm.reasons["peak_rss_mb"] == "this system does not tell"
    assert codec2.figures["peak_rss_mb"] == 100.0
