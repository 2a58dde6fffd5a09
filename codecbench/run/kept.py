"""The audio that is kept for the report: a few utterances, chosen when everything is scored, of every codec × point.

Their signals are those that were scored, while they are here; else they are decoded again from the payloads, which are
always kept. Nothing here changes a result: what cannot be kept is said, and the report offers what there is.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from codecbench.run import workers
from codecbench.run.cells import Cell
from codecbench.run.originals import copy_originals, header_seconds
from codecbench.run.pool import Pool, Task
from codecbench.run.progress import CODING_STEPS
from codecbench.run.sources import CellSource
from codecbench.run.state import RunState
from codecbench.store.answers import Failure

ChooseUtterances: TypeAlias = Callable[[Path, Sequence[str]], Sequence[str] | Failure]
"""Which of the given utterances to listen to, by the results in a run's folder: whoever reads results decides, not the
runner. A function of a module: it is called in another process, for the results of a large run take much memory.
"""
CHOICE_S = 3600.0
Delays: TypeAlias = Mapping[str, Mapping[str, float]]
"""Applied delays in seconds, by codec's spec and operating point's label."""
SPOOL_BYTES = 2_000_000_000
"""Decoded signals of a whole run wait for the choice where they are smaller than this; else a few are decoded again."""
BYTES_PER_SECOND = 48_000
"""24-bit samples at 16 kHz, before FLAC makes them smaller."""


def spools(state: RunState, cells: int) -> bool:
    """Whether the decoded signals of a run of so many cells stay until the choice is made."""
    plan = state.plan
    if plan.request.keep_audio != "samples":
        return False
    seconds = sum(header_seconds(planned) or 0.0 for planned in plan.utterances)
    each = cells / max(1, len(plan.utterances))
    return seconds * each * BYTES_PER_SECOND <= SPOOL_BYTES


def keep_samples(
    state: RunState, source: CellSource, delays: Delays, choose: ChooseUtterances, decoders: Pool, scorers: Pool
) -> None:
    """Choose, and keep the originals and decoded signals of what was chosen."""
    state.samples = frozenset(_choose(state, choose, scorers))
    wanted = [planned for planned in state.plan.utterances if state.wants_copy(planned)]
    lacking = {codec.card.spec: _lacking(state, source.cells(codec, wanted)) for codec in state.plan.codecs}
    count = sum(map(len, lacking.values()))
    state.reporter.expect(count * CODING_STEPS)
    if count:
        state.reporter.say("keeping audio for the report")
    copy_originals(state, scorers)
    for spec, cells in lacking.items():
        _copy(state, [*_decoded(state, cells, decoders)], delays[spec], scorers)
    state.reporter.step(count * CODING_STEPS)


def drop_decoded(cells: Sequence[Cell]) -> None:
    """The decoded signals of `cells` are not needed any more."""
    for cell in cells:
        if cell.file is not None:
            cell.file.unlink(missing_ok=True)


def drop_all_decoded(state: RunState) -> None:
    """Nor are any others, an interrupted run's included."""
    shutil.rmtree(state.decoded_folder, ignore_errors=True)


def _choose(state: RunState, choose: ChooseUtterances, pool: Pool) -> list[str]:
    """By all scores of the folder. A plan without some of its codecs adds to the utterances chosen before.

    What was chosen stands where no score came in: of many cells it takes long to read all results.
    """
    store = state.store
    before = store.meta().get("sample_utterances") or []
    planned = {codec.card.spec for codec in state.plan.codecs}
    if before and (not state.tally.computed or any(row.codec_id.spec not in planned for row in store.codecs())):
        return list(before)
    store.commit()  # another process reads it
    ids = [planned.utterance.id for planned in state.plan.utterances]
    (outcome,) = pool.run(iter([Task(None, choose, (store.folder, ids), CHOICE_S)]))
    if isinstance(outcome.value, Failure):
        state.reporter.note(f"no audio is kept for the report: {outcome.value.reason}")
        return list(before)
    store.set_meta(sample_utterances=list(outcome.value))
    return list(outcome.value)


def _lacking(state: RunState, cells: Sequence[Cell]) -> list[Cell]:
    """Cells that were decoded, whose copy is wanted and not there."""
    decoded = [cell for cell in cells if cell.ok and cell.encoded and cell.decoded_sha256 is not None]
    return [cell for cell in decoded if state.lacks_copy(cell)]


def _decoded(state: RunState, cells: list[Cell], pool: Pool) -> Iterator[Cell]:
    """`cells` with their decoded signal; one that decodes to other samples than were scored is left out."""
    yield from (cell for cell in cells if cell.file is not None)
    gone = [cell for cell in cells if cell.file is None]
    if gone:
        state.decoded_folder.mkdir(exist_ok=True)
    for outcome in pool.run(_decode_task(state, cell) for cell in gone):
        cell, value = outcome.tag, outcome.value
        if isinstance(value, Failure):
            _note(state, cell, value.reason)
        elif value.sha256 != cell.decoded_sha256:
            _note(state, cell, "it decodes to other samples than those that were scored")
        else:
            cell.file = state.decoded_file(cell)
            yield cell


def _decode_task(state: RunState, cell: Cell) -> Task:
    recording, payload = cell.utterance.recording, state.store.payload(cell.key)
    arguments = (cell.job, cell.point.label, recording, payload, state.decoded_file(cell))
    limit, needs = state.utterance_limit(cell.utterance), state.loading(cell.job)
    return Task(cell, workers.decode, arguments, limit, needs)


def _copy(state: RunState, cells: list[Cell], delays: Mapping[str, float], pool: Pool) -> None:
    tasks = (
        Task(
            cell, workers.keep_decoded,
            (cell.utterance.recording, cell.file, delays[cell.point.label], state.listening_copy(cell)),
            state.utterance_limit(cell.utterance),
        )
        for cell in cells
    )  # fmt: skip
    for outcome in pool.run(tasks):
        if isinstance(outcome.value, Failure):
            _note(state, outcome.tag, outcome.value.reason)


def _note(state: RunState, cell: Cell, reason: str) -> None:
    state.reporter.note(f"no audio of {cell.codec.card.spec} at {cell.point}, utterance '{cell.id}': {reason}")
