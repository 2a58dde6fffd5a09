"""Run a plan into its folder: speed, originals, then codec by codec encode → decode → align → score.

Every finished piece is in the store before the next is asked for, so that a kill loses nothing but what was in flight.
"""

from __future__ import annotations

import shutil
import uuid
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

import codecbench
from codecbench.errors import UsageError
from codecbench.machine import describe_libraries, describe_machine
from codecbench.results import CodecRow
from codecbench.run.coding import Coding
from codecbench.run.kept import drop_decoded, keep_samples, spools
from codecbench.run.ladder import expected_steps, score_originals, score_parts
from codecbench.run.originals import prepare_originals
from codecbench.run.plan import Plan, PlannedCodec
from codecbench.run.pool import Pool
from codecbench.run.progress import CODING_STEPS, ORIGINAL_STEPS, SCORING_STEPS, Reporter
from codecbench.run.scoring import Scoring
from codecbench.run.speed import measure_speed
from codecbench.run.state import RunState, Tally
from codecbench.run.store import FILE, SCHEMA, Store

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
    if plan.request.rescore:
        plan = _as_stored(plan, store)
    _record(plan, store)
    state = RunState(plan, store, reporter, [*plan.skips, *plan.broken])
    log, jobs = store.folder / "workers.log", plan.request.jobs
    points = sum(len(codec.points) * len(codec.seeds(plan.request)) for codec in plan.codecs)
    reporter.expect(len(plan.utterances) * (ORIGINAL_STEPS + points * (2 * CODING_STEPS + SCORING_STEPS)))
    reporter.expect(expected_steps(state))
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
    store.set_meta(finished=_now(), tally=asdict(state.tally))
    return state.tally


def _run_codec(state: RunState, codec: PlannedCodec, encoders: Pool, decoders: Pool, scorers: Pool) -> dict[str, float]:
    """Returns the applied delays in seconds, by operating point's label."""
    coding = Coding(state, codec)
    state.say(codec, "encoding")
    coding.encode(encoders)
    state.say(codec, "decoding")
    fresh = [cell for cell in coding.cells if cell.ok and cell.decoded_sha256 is None]
    coding.decode(decoders, fresh)
    # In a process that has decoded since, for state between decodes; in one that has not, for state in the process.
    for pool in (decoders, scorers):
        coding.compare_decodes(pool, fresh)
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


def _as_stored(plan: Plan, store: Store) -> Plan:
    """For `score`: the codings of the store, whatever has become of the plugins' sources since.

    Decoding them again must give the samples it gave then, or the cell says that the code has changed.
    """
    rows = {(row.codec, row.checkpoint): row for row in store.results().codecs}
    codecs = []
    for codec in plan.codecs:
        row = rows.get((codec.card.name, codec.card.checkpoint))
        if row is not None:
            codecs.append(replace(codec, weights_sha256=row.weights_sha256, source_sha256=row.source_sha256))
    return replace(plan, codecs=tuple(codecs))


def _record(plan: Plan, store: Store) -> None:
    """Write what the plan is into the store."""
    meta = store.meta()
    if meta.get("revision") not in (None, plan.revision):
        raise UsageError(
            f"'{store.folder}' holds a run over dataset '{meta['dataset']}' (revision {meta['revision'][:12]}), not "
            f"'{plan.dataset.id}' (revision {plan.revision[:12]}); choose another --out"
        )
    if meta.get("created") is None:
        store.set_meta(schema=SCHEMA, run_id=uuid.uuid4().hex, created=_now(), condition="wb")
    if not plan.request.rescore:
        store.set_meta(request=plan.request.as_json(), command=plan.request.command)
    store.set_meta(
        finished=None, tally=None, codecbench=codecbench.__version__, dataset=plan.dataset.id,
        dataset_synthetic=plan.dataset.synthetic, dataset_warnings=list(plan.dataset.warnings),
        revision=plan.revision, recognizer=_recognizer(plan), machine=describe_machine(plan.request.device),
        libraries=describe_libraries(), sample_utterances=meta.get("sample_utterances") or [],
    )  # fmt: skip
    store.put_metrics(asdict(metric.card) for metric in plan.metrics)
    changed = store.put_codecs(
        CodecRow(
            codec.card.name, codec.card.checkpoint, codec.entry.plugin, asdict(codec.card), codec.weights_sha256,
            codec.source_sha256,
        )
        for codec in plan.codecs
    )  # fmt: skip
    for row in changed:  # its kept audio is of the older code
        shutil.rmtree(store.folder / "audio" / row.codec / row.checkpoint, ignore_errors=True)
    store.replace_skips([*plan.skips, *plan.broken])


def _recognizer(plan: Plan) -> dict[str, Any] | None:
    card = plan.recognizer
    if card is None:
        return None
    return {"id": card.id, "version": card.version, "parameters": dict(card.parameters), "key": plan.recognizer_key}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
