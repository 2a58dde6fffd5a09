"""The audio that is kept for the report: a few utterances, chosen when everything is scored, of every codec × point.

Their signals are those that were scored, while they are here; else they are decoded again from the payloads, which are
always kept. Nothing here changes a result: what cannot be kept is said, and the report offers what there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TypeAlias

from codecbench.analysis.extremes import choose_utterances
from codecbench.run import workers
from codecbench.run.coding import Coding
from codecbench.run.originals import copy_originals
from codecbench.run.plan import PlannedCodec
from codecbench.run.pool import Failure, Pool, Task
from codecbench.run.progress import CODING_STEPS
from codecbench.run.state import Cell, RunState

Delays: TypeAlias = Mapping[str, Mapping[str, float]]
"""Applied delays in seconds, by codec's spec and operating point's label."""
SPOOL_BYTES = 2_000_000_000
"""Decoded signals of a whole run wait for the choice where they are smaller than this; else a few are decoded again."""
BYTES_PER_SECOND = 48_000
"""24-bit samples at 16 kHz, before FLAC makes them smaller."""


def spools(state: RunState) -> bool:
    """Whether this run's decoded signals stay until the choice is made."""
    plan = state.plan
    if plan.request.keep_audio != "samples":
        return False
    seconds = sum(row.seconds or 0.0 for row in state.utterances.values())
    each = state.cells / max(1, len(plan.utterances))
    return seconds * each * BYTES_PER_SECOND <= SPOOL_BYTES


def keep_samples(state: RunState, delays: Delays, decoders: Pool, scorers: Pool) -> None:
    """Choose, and keep the originals and decoded signals of what was chosen."""
    state.samples = frozenset(_choose(state))
    cells = [cell for codec in state.plan.codecs for cell in _lacking(state, codec)]
    state.reporter.expect(len(cells) * CODING_STEPS)
    if cells:
        state.reporter.say("keeping audio for the report")
    copy_originals(state, scorers)
    for codec in state.plan.codecs:
        mine = [cell for cell in cells if cell.codec is codec]
        _copy(state, [*_decoded(state, mine, decoders)], delays[codec.card.spec], scorers)
    state.reporter.step(len(cells) * CODING_STEPS)


def drop_decoded(state: RunState, codec: PlannedCodec) -> None:
    """The decoded signals of `codec` are not needed any more."""
    for cell in Coding(state, codec).cells:
        state.decoded_file(cell).unlink(missing_ok=True)
    with suppress(OSError):  # not empty: another codec's
        state.decoded_folder.rmdir()


def _choose(state: RunState) -> list[str]:
    """By all scores of the folder. A plan without some of its codecs adds to the utterances chosen before."""
    results, before = state.store.results(), state.store.meta().get("sample_utterances") or []
    planned = {codec.card.spec for codec in state.plan.codecs}
    if before and any(row.codec_id.spec not in planned for row in results.codecs):
        return list(before)
    here = [planned.utterance.id for planned in state.plan.utterances]
    chosen = [one.utterance for one in choose_utterances(results, here)]
    state.store.set_meta(sample_utterances=chosen)
    return chosen


def _lacking(state: RunState, codec: PlannedCodec) -> list[Cell]:
    """Cells of the first seed whose copy is wanted and not there."""
    return [
        cell
        for cell in Coding(state, codec).cells
        if cell.ok and cell.payload is not None and cell.decoded_sha256 is not None
        and cell.seed == state.plan.request.seed
        and state.wants_copy(cell.utterance) and not state.listening_copy(cell).exists()
    ]  # fmt: skip


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
    arguments = (cell.job, cell.point.label, cell.utterance.utterance.path, cell.payload, state.decoded_file(cell))
    return Task(cell, workers.decode, arguments, state.cell_limit(cell))


def _copy(state: RunState, cells: list[Cell], delays: Mapping[str, float], pool: Pool) -> None:
    tasks = (
        Task(
            cell, workers.keep_decoded,
            (cell.utterance.utterance, cell.file, delays[cell.point.label], state.listening_copy(cell)),
            state.cell_limit(cell),
        )
        for cell in cells
    )  # fmt: skip
    for outcome in pool.run(tasks):
        if isinstance(outcome.value, Failure):
            _note(state, outcome.tag, outcome.value.reason)


def _note(state: RunState, cell: Cell, reason: str) -> None:
    state.reporter.note(
        f"no audio of {cell.codec.card.spec} at {cell.point.label} kbps, utterance '{cell.id}': {reason}"
    )
