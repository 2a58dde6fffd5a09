"""The way of the cells: block by block of utterances and codec by codec, encode → decode → align → score.

A lane is one codec's cells of one block. Coding a lane and scoring the one before it go on at the same time, in threads
that share the slots; within a lane one stage follows another. With many slots two lanes are coded at once: while the
last task of a stage keeps one slot busy, the other lane has work for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from codecbench.run.ahead import side_by_side
from codecbench.run.blocks import Block, CodecRecord, blocks
from codecbench.run.cells import Cell
from codecbench.run.coding import Coding
from codecbench.run.kept import drop_decoded
from codecbench.run.ladder import score_originals, score_parts
from codecbench.run.ledgers import CodedLedger
from codecbench.run.originals import Originals, read_originals
from codecbench.run.planned import PlannedCodec
from codecbench.run.pool import Pool
from codecbench.run.progress import CODING_STEPS, SCORING_STEPS
from codecbench.run.scoring import Scoring
from codecbench.run.sources import CellSource
from codecbench.run.state import RunState

AT_A_TIME = 2
"""Originals for each task at once that are prepared before the cells of theirs are scored, of the first lane."""
MANY_SLOTS = 4
"""With fewer, two lanes would take each other's processes, which hold a model each."""


@dataclass(frozen=True)
class Pools:
    """Encoder, decoder and scorer must not share a process.

    `encoding_again` and `decoding_again` do once more what an encoder or decoder has done.
    """

    encoders: Pool
    decoders: Pool
    encoding_again: Pool
    decoding_again: Pool
    scorers: Pool


@dataclass
class Lane:
    """Cells that have been coded as far as they can be, and those of them that are to be scored.

    `before`: cells of earlier blocks that count no more, for a decoder was found to look at more than the bytes.
    """

    originals: Originals
    coding: Coding
    scoring: Scoring[Cell]
    todo: list[Cell]
    before: list[Cell]


class Lanes:
    """All lanes of a plan. `compare`: a cell of each point is decoded once more where that was not done before.

    `slots`: of those that code. `keep`: decoded signals stay when their lane is scored.
    """

    def __init__(
        self, state: RunState, source: CellSource, pools: Pools, slots: int, *, compare: bool, keep: bool
    ) -> None:  # fmt: skip
        self._state, self._source, self._pools, self._compare, self._keep = state, source, pools, compare, keep
        plan = state.plan
        self._at_once = 2 if slots >= MANY_SLOTS else 1
        most = max((len(codec.points) * len(codec.seeds(plan.request)) for codec in plan.codecs), default=1)
        self._blocks = blocks(plan.utterances, most)
        self.records = {codec.card.spec: CodecRecord() for codec in state.plan.codecs}

    def coded(self) -> Iterator[Lane | Originals]:
        """The lanes of each block whose originals have been read, as they are coded; then its originals."""
        for block in self._blocks:
            self._state.reporter.say("reading the originals")
            read_originals(self._state, self._pools.scorers, block)
            originals = Originals(self._state, self._pools.scorers, block)
            lanes = (partial(self._code, codec, block, originals) for codec in self._state.plan.codecs)
            yield from side_by_side(lanes, self._at_once)
            yield originals

    def score(self, step: Lane | Originals) -> None:
        """Score what is missing of a lane, or of the originals that all lanes of a block are compared with."""
        if isinstance(step, Lane):
            self._score(step)
        else:
            step.prepare(step.left)
            score_originals(self._state, step.block, self._pools.encoders, self._pools.scorers)

    def _score(self, lane: Lane) -> None:
        state, codec = self._state, lane.coding.codec
        state.say(codec, "scoring")
        lane.scoring.put_stopped()
        known = len(lane.coding.cells) - sum(cell.ok for cell in lane.todo)
        state.reporter.expect(-known * SCORING_STEPS, -known)
        for cells in self._in_turn(lane):
            lane.scoring.score(self._pools.scorers, cells)
        if lane.before:
            self._score_stopped(codec, lane.before)
        score_parts(
            state, codec, lane.originals.block, lane.coding.record.delays, self._pools.encoders, self._pools.scorers
        )
        if not self._keep:
            drop_decoded(lane.coding.cells)

    def _in_turn(self, lane: Lane) -> Iterator[list[Cell]]:
        """The cells to score: all, or some utterances' at a time while originals of the block are not prepared."""
        left, some = lane.originals.left, AT_A_TIME * self._state.plan.request.jobs
        if not left:
            yield lane.todo
        for start in range(0, len(left), some):
            utterances = left[start : start + some]
            lane.originals.prepare(utterances)
            ids = {planned.utterance.id for planned in utterances}
            yield [cell for cell in lane.todo if cell.id in ids]

    def _code(self, codec: PlannedCodec, block: Block, originals: Originals) -> Lane:
        state, pools, record = self._state, self._pools, self.records[codec.card.spec]
        trusted = set(record.distrusted)
        coding = Coding(state, codec, self._source.cells(codec, block.utterances), record)
        coding.note_unreadable()
        encoded = [cell for cell in coding.cells if cell.ok and not cell.encoded]
        coding.encode(pools.encoders)
        if self._compare:
            coding.compare_encodes([cell for cell in encoded if cell.ok], pools.encoding_again)
        fresh = [cell for cell in coding.cells if cell.ok and cell.decoded_sha256 is None]
        coding.decode(pools.decoders, fresh)
        # Decoded by a plan of another seed or another order of the dataset, for which it fixed no delay.
        coding.decode(pools.decoders, [cell for cell in coding.cells if cell.ok and cell.lacks_delay])
        if self._compare:
            coding.compare_decodes(fresh, pools.decoding_again)
        if block.index == 0:
            record.delays.update(self._source.align(codec, coding.cells))
        self._source.make_current(coding.cells, record.delays)
        scored = [cell for cell in coding.cells if cell.scored]
        scoring = Scoring(state, scored, CodedLedger(state, record.delays), state.plan.metrics, record.scoring)
        todo = scoring.plan()
        # Of an interrupted run or an added metric: the signal is gone, the payload is not.
        coding.decode(pools.decoders, [cell for cell in todo if cell.file is None])
        state.reporter.expect((len(fresh) - len(coding.cells)) * CODING_STEPS)
        return Lane(originals, coding, scoring, todo, self._stop_before(codec, block, set(record.distrusted) - trusted))

    def _stop_before(self, codec: PlannedCodec, block: Block, labels: set[str]) -> list[Cell]:
        """The cells of earlier blocks at points that were found out only now."""
        record, stopped = self.records[codec.card.spec], []
        for earlier in self._blocks[: block.index] if labels else ():
            # Listed with what has been found out, they are stopped.
            coding = Coding(self._state, codec, self._source.cells(codec, earlier.utterances), record)
            stopped += [cell for cell in coding.cells if cell.scored and cell.point.label in labels]
        return stopped

    def _score_stopped(self, codec: PlannedCodec, cells: list[Cell]) -> None:
        record = self.records[codec.card.spec]
        scoring = Scoring(self._state, cells, CodedLedger(self._state, record.delays), self._state.plan.metrics)
        scoring.plan()
        scoring.put_stopped()
