"""Run a plan into its folder: speed, originals, then codec by codec encode → decode → align → score.

Every finished piece is in the store before the next is asked for, so that a kill loses nothing but what was in flight.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from filelock import FileLock, Timeout

from codecbench.errors import UsageError
from codecbench.run.coding import Coding
from codecbench.run.kept import drop_decoded, keep_samples, spools
from codecbench.run.ladder import expected_steps, score_originals, score_parts
from codecbench.run.originals import prepare_originals
from codecbench.run.plan import Plan, PlannedCodec
from codecbench.run.pool import Pool
from codecbench.run.progress import CODING_STEPS, ORIGINAL_STEPS, SCORING_STEPS, Reporter
from codecbench.run.provenance import now, record
from codecbench.run.scoring import Scoring
from codecbench.run.speed import measure_speed
from codecbench.run.state import RunState, Tally
from codecbench.store import FILE, Store
from codecbench.store.ids import CodecId

LOCK = "lock"


def run(plan: Plan, reporter: Reporter) -> Tally:
    """Execute `plan`; returns what it came to. Raises UsageError where the folder cannot be this run's."""
    folder = prepare_folder(plan.request.out.absolute())
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
            return _run(plan, store, reporter)
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


def _run(plan: Plan, store: Store, reporter: Reporter) -> Tally:
    """Three pools, because encoder, decoder and scorer must not share a process."""
    record(plan, store, reporter)
    state = RunState(plan, store, reporter, list(store.skips()), coded=store.coded() if plan.request.rescore else {})
    log, jobs = store.folder / "workers.log", plan.request.jobs
    reporter.expect(len(plan.utterances) * ORIGINAL_STEPS + state.cells * (2 * CODING_STEPS + SCORING_STEPS))
    reporter.expect(expected_steps(state))
    _tell_left_out(state)
    if plan.request.cost != "none":
        with Pool(1, log) as meter:
            measure_speed(state, meter)
    with Pool(jobs, log) as encoders, Pool(jobs, log) as decoders, Pool(jobs, log) as scorers:
        prepare_originals(state, scorers)
        score_originals(state, encoders, scorers)
        delays: dict[str, dict[str, float]] = {}
        waits = spools(state)
        for codec in plan.codecs:
            delays[codec.card.spec] = _run_codec(state, codec, encoders, decoders, scorers)
            if plan.request.keep_audio != "all" and not waits:
                drop_decoded(state, codec)
        keep_samples(state, delays, decoders, scorers)
        if plan.request.keep_audio != "all":
            for codec in plan.codecs:
                drop_decoded(state, codec)
    store.replace_skips(state.skips)
    store.set_meta(finished=now(), tally=asdict(state.tally))
    return state.tally


def _tell_left_out(state: RunState) -> None:
    """What `score` finds in the store and cannot decode: points that the plugin does not have any more."""
    for codec in state.plan.codecs:
        here = {point.label for point in codec.points}
        codec_id = CodecId(codec.card.name, codec.card.checkpoint)
        for label in sorted({cell.point for cell in state.coded if cell.codec_id == codec_id} - here):
            state.reporter.note(f"{codec.card.spec} at {label} kbps: the plugin has no such point any more, not scored")


def _run_codec(state: RunState, codec: PlannedCodec, encoders: Pool, decoders: Pool, scorers: Pool) -> dict[str, float]:
    """Returns the applied delays in seconds, by operating point's label."""
    coding = Coding(state, codec)
    state.say(codec, "encoding")
    coding.encode(encoders)
    state.say(codec, "decoding")
    fresh = [cell for cell in coding.cells if cell.ok and cell.decoded_sha256 is None]
    coding.decode(decoders, fresh)
    if not state.plan.request.rescore:
        # In a process that has decoded since, for state between decodes; in one that has not, for state in the process.
        coding.compare_decodes(fresh, (decoders, scorers))
    delays = coding.align()
    scoring = Scoring(state, coding.cells, delays)
    todo = scoring.plan()
    # Of an interrupted run or an added metric: the signal is gone, the payload is not.
    coding.decode(decoders, [cell for cell in todo if cell.file is None])
    state.reporter.step((len(coding.cells) - len(fresh)) * CODING_STEPS)
    state.say(codec, "scoring")
    scoring.score(scorers, todo)
    score_parts(state, codec, delays, encoders, scorers)
    return delays
