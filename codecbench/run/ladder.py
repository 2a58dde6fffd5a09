"""The loss ladder's scores: each codec in part, and the originals against themselves, by metrics without a recognizer.

A part is run where encoders are, in processes whose only other output is payloads: a decoder must never have seen an
original. From there its signal goes the way of a decoded one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

from codecbench.api import LadderStage
from codecbench.run import keys, workers
from codecbench.run.attempts import LIMIT, Attempts
from codecbench.run.blocks import Block
from codecbench.run.cells import Rung
from codecbench.run.ledgers import RungLedger
from codecbench.run.planned import PlannedCodec
from codecbench.run.pool import Pool, Task
from codecbench.run.progress import CODING_STEPS, SCORING_STEPS
from codecbench.run.scoring import Scoring
from codecbench.run.state import RunState
from codecbench.store.answers import Absent, Failure
from codecbench.store.rows import LadderRung

STAGES: tuple[LadderStage, ...] = get_args(LadderStage)
STEPS = CODING_STEPS + SCORING_STEPS
"""Of progress, per rung and utterance."""


def expected_rungs(state: RunState) -> int:
    """Rungs that the ladder of the whole plan comes to."""
    plan = state.plan
    if state.share.shard is not None:
        return state.share.rungs
    return len(plan.utterances) * (1 + len(STAGES) * len(plan.codecs)) if plan.ladder_metrics else 0


def score_originals(state: RunState, block: Block, encoders: Pool, scorers: Pool) -> None:
    """The perfect score: each original against itself."""
    if state.plan.ladder_metrics:
        state.reporter.say("scoring the originals against themselves")
        _score_rungs(state, _rungs(state, block, None, ("original",), 0.0), encoders, scorers)


def score_parts(
    state: RunState, codec: PlannedCodec, block: Block, delays: Mapping[str, float], encoders: Pool, scorers: Pool
) -> None:
    """The stages of one codec. `delays` by operating point's label, in seconds: the highest point's is applied."""
    if state.plan.ladder_metrics:
        state.say(codec, "scoring front end and network alone")
        rungs = _rungs(state, block, codec, STAGES, delays[codec.points[-1].label])
        _score_rungs(state, rungs, encoders, scorers)


def _rungs(
    state: RunState, block: Block, codec: PlannedCodec | None, names: Sequence[LadderRung], delay_s: float
) -> list[Rung]:  # fmt: skip
    return [
        Rung(utterance=planned, codec=codec, name=name, delay_s=delay_s)
        for name in names
        for planned in block.utterances
        if state.share.has_rung(codec, name, planned, state.plan.request.seed)
    ]


def _score_rungs(state: RunState, rungs: Sequence[Rung], encoders: Pool, scorers: Pool) -> None:
    scoring = Scoring(state, rungs, RungLedger(state), state.plan.ladder_metrics)
    todo = scoring.plan()
    state.reporter.expect((len(todo) - len(rungs)) * STEPS, len(todo) - len(rungs))
    folder = state.store.folder / "ladder"
    shutil.rmtree(folder, ignore_errors=True)  # an interrupted run's
    folder.mkdir()
    try:
        scoring.score(scorers, list(_with_signals(state, todo, scoring, folder, encoders)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_signals(
    state: RunState, todo: Sequence[Rung], scoring: Scoring[Rung], folder: Path, pool: Pool
) -> Iterator[Rung]:
    """The rungs of `todo` whose signals are written into `folder`; the others have their answer."""
    attempts = Attempts()

    def tasks() -> Iterator[Task]:
        for rung in todo:
            unreadable = state.utterances[rung.id].reason
            if unreadable is None and not attempts.exhausted(rung.name):
                rung.file = folder / f"{keys.digest(rung.name, rung.id, rung.utterance.identity)}.flac"
                yield _task(state, rung)
                continue
            why = unreadable or f"not attempted: {LIMIT} utterances hung or crashed before it"
            scoring.put_all(rung, Failure("failed", why))
            state.reporter.step(STEPS, cells=1)

    for outcome in pool.run(tasks()):
        rung, value = outcome.tag, outcome.value
        state.reporter.step(CODING_STEPS)
        attempts.record(rung.name, value)
        if not isinstance(value, Failure) and value.absent is None:
            yield rung
            continue
        scoring.put_all(rung, value if isinstance(value, Failure) else Absent(value.absent))
        state.reporter.step(SCORING_STEPS, cells=1)


def _task(state: RunState, rung: Rung) -> Task:
    recording, limit = rung.utterance.recording, state.utterance_limit(rung.utterance)
    if rung.codec is None:
        return Task(rung, workers.unchanged, (recording, rung.file), limit)
    job = workers.CodecJob(rung.codec.card.spec, rung.codec.options)
    return Task(rung, workers.bypass, (job, rung.name, recording, rung.file), limit, state.loading(job))
