"""Carry out a plan in its folder: originals, then codec by codec encode → decode → align → score.

Every finished piece is in the store before the next is asked for, so that a kill loses nothing but what was in flight.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from codecbench.errors import UsageError
from codecbench.run.coding import Coding
from codecbench.run.kept import ChooseUtterances, drop_decoded, keep_samples, spools
from codecbench.run.ladder import expected_steps, score_originals, score_parts
from codecbench.run.ledgers import CodedLedger
from codecbench.run.originals import prepare_originals
from codecbench.run.planned import Plan
from codecbench.run.pool import Pool
from codecbench.run.progress import CODING_STEPS, ORIGINAL_STEPS, SCORING_STEPS, Reporter
from codecbench.run.provenance import now, record_run, record_scoring
from codecbench.run.scoring import Scoring
from codecbench.run.share import share_of
from codecbench.run.sources import CellSource, PlannedCells, StoredCells
from codecbench.run.speed import measure_speed
from codecbench.run.state import RunState, Tally
from codecbench.store import FILE, Store

LOCK = "lock"


def run(plan: Plan, reporter: Reporter, choose: ChooseUtterances) -> Tally:
    """Code and score what is planned; returns what it came to. Raises UsageError where the folder cannot be this run's.

    `choose` says which utterances' audio is kept for the report.
    """
    with writing(plan.request.out) as store:
        share = share_of(plan)
        record_run(plan, store, reporter, share)
        state = RunState(plan, store, reporter, list(store.skips()), share)
        source = PlannedCells(state)
        _expect(state, source)
        if plan.request.measures_cost:
            with Pool(1, store.folder / "workers.log") as meter:
                measure_speed(state, meter)
        return _carry_out(state, source, choose, compare=True)


def score(plan: Plan, reporter: Reporter, choose: ChooseUtterances) -> Tally:
    """Score what the folder holds by further metrics; nothing is encoded. Returns and raises as `run`."""
    with writing(plan.request.out) as store:
        record_scoring(plan, store)
        state = RunState(plan, store, reporter, list(store.skips()))
        source = StoredCells(state)
        _expect(state, source)
        for codec in plan.codecs:
            for label in source.gone_points(codec):
                reporter.note(f"{codec.card.spec} at {label} kbps: the plugin has no such point any more, not scored")
        return _carry_out(state, source, choose, compare=False)


@contextmanager
def writing(out: Path) -> Iterator[Store]:
    """The store in `out`, which nobody else may write to meanwhile."""
    folder = prepare_folder(out.absolute())
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except PermissionError as error:
        raise UsageError(f"--out '{folder}' cannot be written: {error.strerror}") from error
    except Timeout as error:
        raise UsageError(
            f"another codecbench is writing into '{folder}'; wait for it, or choose another --out"
        ) from error
    try:
        with Store(folder, create=True) as store:
            yield store
    finally:
        lock.release()


def prepare_folder(out: Path) -> Path:
    """The run's folder, made if need be. Never somebody else's."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out '{out}' is a file; give a folder")
    if out.is_dir() and not (out / FILE).exists() and any(path.name != LOCK for path in out.iterdir()):
        raise UsageError(f"--out '{out}' is not empty and holds no run; choose another folder")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out '{out}' cannot be made: {error.strerror}") from error
    return out


def _expect(state: RunState, source: CellSource) -> None:
    """The steps of progress that the plan comes to."""
    originals = len(state.plan.utterances) * ORIGINAL_STEPS
    state.reporter.expect(originals + source.count * (2 * CODING_STEPS + SCORING_STEPS))
    state.reporter.expect(expected_steps(state))


def _carry_out(state: RunState, source: CellSource, choose: ChooseUtterances, *, compare: bool) -> Tally:
    """Three pools, because encoder, decoder and scorer must not share a process."""
    plan, log, jobs = state.plan, state.store.folder / "workers.log", state.plan.request.jobs
    with Pool(jobs, log) as encoders, Pool(jobs, log) as decoders, Pool(jobs, log) as scorers:
        prepare_originals(state, scorers)
        score_originals(state, encoders, scorers)
        pools = _Pools(encoders, decoders, scorers)
        delays: dict[str, dict[str, float]] = {}
        waits = spools(state, source.count)
        for codec in plan.codecs:
            coding = Coding(state, codec, source.cells(codec))
            delays[codec.card.spec] = _run_codec(state, coding, source, pools, compare=compare)
            if plan.request.keep_audio != "all" and not waits:
                drop_decoded(state, coding.cells)
        keep_samples(state, source, delays, choose, decoders, scorers)
        if plan.request.keep_audio != "all":
            for codec in plan.codecs:
                drop_decoded(state, source.cells(codec))
    state.store.replace_skips(state.skips)
    state.store.set_meta(finished=now(), tally=asdict(state.tally))
    return state.tally


@dataclass(frozen=True)
class _Pools:
    encoders: Pool
    decoders: Pool
    scorers: Pool


def _run_codec(
    state: RunState, coding: Coding, source: CellSource, pools: _Pools, *, compare: bool
) -> dict[str, float]:
    """All stages of one codec; returns the applied delays in seconds, by operating point's label.

    `compare`: decode a cell of each point once more, elsewhere, where that was not done before.
    """
    codec = coding.codec
    coding.note_unreadable()
    state.say(codec, "encoding")
    coding.encode(pools.encoders)
    state.say(codec, "decoding")
    fresh = [cell for cell in coding.cells if cell.ok and cell.decoded_sha256 is None]
    coding.decode(pools.decoders, fresh)
    # Decoded by a plan of another seed or another order of the dataset, for which it fixed no delay.
    coding.decode(pools.decoders, [cell for cell in coding.cells if cell.ok and cell.lacks_delay])
    if compare:
        # In a process that has decoded since, for state between decodes; in one that has not, for state in the process.
        coding.compare_decodes(fresh, (pools.decoders, pools.scorers))
    delays = source.align(codec, coding.cells)
    scored = [cell for cell in coding.cells if cell.scored]
    scoring = Scoring(state, scored, CodedLedger(state, delays), state.plan.metrics)
    todo = scoring.plan()
    # Of an interrupted run or an added metric: the signal is gone, the payload is not.
    coding.decode(pools.decoders, [cell for cell in todo if cell.file is None])
    state.reporter.step((len(coding.cells) - len(fresh)) * CODING_STEPS)
    state.say(codec, "scoring")
    scoring.put_stopped()
    state.reporter.step((len(coding.cells) - sum(cell.ok for cell in todo)) * SCORING_STEPS)
    scoring.score(pools.scorers, todo)
    score_parts(state, codec, delays, pools.encoders, pools.scorers)
    return delays
