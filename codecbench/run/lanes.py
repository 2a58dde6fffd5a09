"""The way of the cells: block by block of utterances and codec by codec, encode → decode → align → score.

A lane is one codec's cells of one block. Coding a lane and scoring the one before it go on at the same time, in two
threads that share the slots; within a lane one stage follows another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codecbench.run.blocks import Block, CodecRecord, blocks
from codecbench.run.cells import Cell
from codecbench.run.coding import Coding
from codecbench.run.ladder import score_originals, score_parts
from codecbench.run.ledgers import CodedLedger
from codecbench.run.originals import prepare_originals, read_originals
from codecbench.run.planned import PlannedCodec
from codecbench.run.pool import Pool
from codecbench.run.progress import CODING_STEPS, SCORING_STEPS
from codecbench.run.scoring import Scoring
from codecbench.run.sources import CellSource
from codecbench.run.state import RunState


@dataclass(frozen=True)
class Pools:
    """Encoder, decoder and scorer must not share a process; `checkers` decode once more what a decoder has decoded."""

    encoders: Pool
    decoders: Pool
    checkers: Pool
    scorers: Pool


@dataclass
class Lane:
    """Cells that have been coded as far as they can be; without a codec the originals of a block, which have been read.

    `before`: cells of earlier blocks that count no more, for a decoder was found to look at more than the bytes.
    """

    block: Block
    coding: Coding | None
    scoring: Scoring[Cell] | None
    todo: list[Cell]
    before: list[Cell]

    @property
    def cells(self) -> list[Cell]:
        return self.coding.cells if self.coding else []


class Lanes:
    """All lanes of a plan. `compare`: a cell of each point is decoded once more where that was not done before."""

    def __init__(self, state: RunState, source: CellSource, pools: Pools, *, compare: bool) -> None:
        self._state, self._source, self._pools, self._compare = state, source, pools, compare
        plan = state.plan
        most = max((len(codec.points) * len(codec.seeds(plan.request)) for codec in plan.codecs), default=1)
        self._blocks = blocks(plan.utterances, most)
        self.records = {codec.card.spec: CodecRecord() for codec in state.plan.codecs}

    def coded(self) -> Iterator[Lane]:
        """The lanes as they are coded."""
        for block in self._blocks:
            self._state.reporter.say("reading the originals")
            read_originals(self._state, self._pools.scorers, block)
            yield Lane(block, None, None, [], [])
            for codec in self._state.plan.codecs:
                yield self._code(codec, block)

    def score(self, lane: Lane) -> None:
        """Score what is missing of a lane."""
        if lane.coding is None or lane.scoring is None:
            prepare_originals(self._state, self._pools.scorers, lane.block)
            score_originals(self._state, lane.block, self._pools.encoders, self._pools.scorers)
            return
        state, codec = self._state, lane.coding.codec
        state.say(codec, "scoring")
        lane.scoring.put_stopped()
        known = len(lane.cells) - sum(cell.ok for cell in lane.todo)
        state.reporter.expect(-known * SCORING_STEPS, -known)
        lane.scoring.score(self._pools.scorers, lane.todo)
        if lane.before:
            self._score_stopped(codec, lane.before)
        score_parts(state, codec, lane.block, lane.coding.record.delays, self._pools.encoders, self._pools.scorers)

    def _code(self, codec: PlannedCodec, block: Block) -> Lane:
        state, pools, record = self._state, self._pools, self.records[codec.card.spec]
        trusted = set(record.distrusted)
        coding = Coding(state, codec, self._source.cells(codec, block.utterances), record)
        coding.note_unreadable()
        coding.encode(pools.encoders)
        fresh = [cell for cell in coding.cells if cell.ok and cell.decoded_sha256 is None]
        coding.decode(pools.decoders, fresh)
        # Decoded by a plan of another seed or another order of the dataset, for which it fixed no delay.
        coding.decode(pools.decoders, [cell for cell in coding.cells if cell.ok and cell.lacks_delay])
        if self._compare:
            coding.compare_decodes(fresh, pools.checkers)
        if block.index == 0:
            record.delays.update(self._source.align(codec, coding.cells))
        self._source.make_current(coding.cells, record.delays)
        scored = [cell for cell in coding.cells if cell.scored]
        scoring = Scoring(state, scored, CodedLedger(state, record.delays), state.plan.metrics, record.scoring)
        todo = scoring.plan()
        # Of an interrupted run or an added metric: the signal is gone, the payload is not.
        coding.decode(pools.decoders, [cell for cell in todo if cell.file is None])
        state.reporter.expect((len(fresh) - len(coding.cells)) * CODING_STEPS)
        return Lane(block, coding, scoring, todo, self._stop_before(codec, block, set(record.distrusted) - trusted))

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
