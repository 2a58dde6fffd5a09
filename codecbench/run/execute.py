"""Carry out a plan in its folder: what is planned is coded and scored, then what it costs is measured.

Every finished piece is in the store within a second, so that a kill loses little more than what was in flight.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from codecbench.run.ahead import Ahead
from codecbench.run.cluster import Workers, compute_elsewhere
from codecbench.run.cost_plan import pending_costs
from codecbench.run.kept import ChooseUtterances, drop_all_decoded, keep_samples, spools
from codecbench.run.ladder import STEPS, expected_rungs
from codecbench.run.lanes import Lanes, Pools
from codecbench.run.planned import Plan
from codecbench.run.pool import Slots, stopping
from codecbench.run.progress import CODING_STEPS, ORIGINAL_STEPS, SCORING_STEPS, Reporter
from codecbench.run.provenance import now, record_run, record_scoring, refuse_another_question
from codecbench.run.recheck import rechecked
from codecbench.run.share import share_of
from codecbench.run.sources import CellSource, PlannedCells, StoredCells
from codecbench.run.speed import cost_steps, measure_costs
from codecbench.run.state import RunState, Tally
from codecbench.store.exclusive import writing
from codecbench.store.ids import point_text


def run(
    plan: Plan, reporter: Reporter, choose: ChooseUtterances, workers: Workers | None = None
) -> Tally:  # fmt: skip
    """Code and score what is planned; returns what it came to. Raises UsageError where the folder cannot be this run's.

    `choose` says which utterances' audio is kept for the report. `workers` do what they can of it before this machine.
    """
    with writing(plan.request.out, reporter.note) as store:
        refuse_another_question(plan, store)
        plan = rechecked(plan, store, reporter)
        share = share_of(plan)
        record_run(plan, store, reporter, share)
        state = RunState(plan, store, reporter, list(store.skips()), share)
        if workers is not None:
            compute_elsewhere(state, workers)
        source = PlannedCells(state)
        _expect(state, source)
        _carry_out(state, source, choose, compare=True)
        # Last, when nothing else runs: nobody waits for it to see scores.
        with Slots(plan.request.jobs, _log(state), afresh=True) as afresh, Slots(1, _log(state)) as alone:
            measure_costs(state, afresh.pool("cost"), alone.pool("cost"))
        return _finish(state)


def score(plan: Plan, reporter: Reporter, choose: ChooseUtterances) -> Tally:
    """Score what the folder holds by further metrics; nothing is encoded. Returns and raises as `run`."""
    with writing(plan.request.out, reporter.note) as store:
        record_scoring(plan, store, reporter)
        state = RunState(plan, store, reporter, list(store.skips()))
        source = StoredCells(state)
        _expect(state, source)
        for codec in plan.codecs:
            for label in source.gone_points(codec):
                reporter.note(
                    f"{codec.card.spec} at {point_text(label)}: the plugin has no such point any more, not scored"
                )
        _carry_out(state, source, choose, compare=False)
        return _finish(state)


def _expect(state: RunState, source: CellSource) -> None:
    """The steps of progress that the plan comes to."""
    originals = len(state.plan.utterances) * ORIGINAL_STEPS
    state.reporter.expect(originals + source.count * (2 * CODING_STEPS + SCORING_STEPS), source.count)
    rungs = expected_rungs(state)
    state.reporter.expect(rungs * STEPS, rungs)
    state.reporter.expect(cost_steps(state, len(pending_costs(state))), estimated=False)


def _log(state: RunState) -> Path:
    return state.store.folder / "workers.log"


def _carry_out(state: RunState, source: CellSource, choose: ChooseUtterances, *, compare: bool) -> None:
    """Threads code, this one scores what has been coded: while one has no work for a core, another has."""
    plan = state.plan
    waits = plan.request.keep_audio == "all" or spools(state, source.count)
    with _slots(state) as (coding, scoring):
        pools = Pools(
            encoders=coding.pool("encode"), decoders=coding.pool("decode"),
            encoding_again=coding.pool("encode again"), decoding_again=coding.pool("decode again"),
            scorers=scoring.pool("score"),
        )  # fmt: skip
        lanes = Lanes(state, source, pools, coding.jobs, compare=compare, keep=waits)
        with Ahead(lanes.coded()) as coded, stopping(coding, scoring):
            for step in coded:
                lanes.score(step)
        delays = {spec: record.delays for spec, record in lanes.records.items()}
        keep_samples(state, source, delays, choose, pools.decoders, pools.scorers)
    if plan.request.keep_audio != "all":
        drop_all_decoded(state)


@contextmanager
def _slots(state: RunState) -> Iterator[tuple[Slots, Slots]]:
    """Those that code and those that score: the same ones, unless a device codes, for which no core has to wait."""
    request = state.plan.request
    with Slots(request.jobs, _log(state)) as scoring:
        if request.device == "cpu":
            yield scoring, scoring
        else:
            with Slots(request.device_jobs, _log(state)) as coding:
                yield coding, scoring


def _finish(state: RunState) -> Tally:
    state.store.replace_skips(state.skips)
    state.store.set_meta(finished=now(), tally=asdict(state.tally))
    return state.tally
