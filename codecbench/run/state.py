"""What the stages of a run share: the plan, the store, and each cell's way so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from codecbench.api import OperatingPoint
from codecbench.run.plan import Plan, PlannedCodec, PlannedMetric, PlannedUtterance
from codecbench.run.pool import Failure
from codecbench.run.progress import Reporter
from codecbench.run.workers import CodecJob
from codecbench.store import Store
from codecbench.store.current import CodedCell
from codecbench.store.ids import CellPlace, CodecId
from codecbench.store.rows import SkipRow, Status, UtteranceRow, audio_file

SECONDS_PER_SECOND = 20.0
"""Time limit of a cell: `cell_seconds` + 20 × the utterance's duration."""


@dataclass
class Tally:
    """What one plan came to, counted in scores. `computed` are those that have an answer now and had none before."""

    computed: int = 0
    reused: int = 0
    failed: int = 0
    skipped: int = 0
    abstained: int = 0


@dataclass
class Cell:
    """One codec × operating point × utterance on its way through the stages."""

    codec: PlannedCodec
    point: OperatingPoint
    utterance: PlannedUtterance
    seed: int
    key: str
    payload: bytes | None = None
    decoded_sha256: str | None = None
    delay_s: float | None = None
    file: Path | None = None
    """The decoded signal, while it is here."""
    missing: list[PlannedMetric] = field(default_factory=list)
    status: Status = "ok"
    reason: str | None = None

    @property
    def ok(self) -> bool:
        return self.status == "ok"

    @property
    def id(self) -> str:
        return self.utterance.utterance.id

    @property
    def place(self) -> CellPlace:
        card = self.codec.card
        return CellPlace(card.name, card.checkpoint, self.point.label, self.id, self.seed)

    @property
    def job(self) -> CodecJob:
        return CodecJob(self.codec.card.spec, replace(self.codec.options, seed=self.seed))

    def stop(self, status: Status, reason: str) -> None:
        self.status, self.reason = status, reason


@dataclass
class RunState:
    plan: Plan
    store: Store
    reporter: Reporter
    skips: list[SkipRow]
    samples: frozenset[str] = frozenset()
    """Ids whose decoded audio is kept; empty until everything is scored."""
    tally: Tally = field(default_factory=Tally)
    utterances: dict[str, UtteranceRow] = field(default_factory=dict)
    coded: Mapping[CellPlace, CodedCell] = field(default_factory=dict)
    """For `score`, which works on these cells alone: what the store has."""

    def seeds(self, codec: PlannedCodec) -> Sequence[int]:
        """Those of the plan; for `score` all that `codec` was run with."""
        if not self.plan.request.rescore:
            return codec.seeds(self.plan.request)
        codec_id = CodecId(codec.card.name, codec.card.checkpoint)
        return sorted({cell.seed for cell in self.coded if cell.codec_id == codec_id})

    @property
    def cells(self) -> int:
        """How many the plan comes to."""
        if self.plan.request.rescore:
            return len(self.coded)
        points = sum(len(codec.points) * len(self.seeds(codec)) for codec in self.plan.codecs)
        return len(self.plan.utterances) * points

    @property
    def decoded_folder(self) -> Path:
        """Decoded signals, 24-bit: while they are needed, or for good with `--keep-audio all`."""
        return self.store.folder / "decoded"

    def decoded_file(self, cell: Cell) -> Path:
        return self.decoded_folder / f"{cell.key}.flac"

    def listening_copy(self, cell: Cell) -> Path:
        card = cell.codec.card
        folder = self.store.folder / "audio" / card.name / card.checkpoint / cell.point.label
        return folder / audio_file(cell.id)

    def original_copy(self, planned: PlannedUtterance) -> Path:
        return self.store.folder / "audio" / "original" / audio_file(planned.utterance.id)

    def wants_copy(self, planned: PlannedUtterance) -> bool:
        keep = self.plan.request.keep_audio
        return keep == "all" or (keep == "samples" and planned.utterance.id in self.samples)

    def limit(self, seconds: float | None = None) -> float:
        """A task's time limit; an utterance of unknown length is taken for a long one."""
        return self.plan.request.cell_seconds + SECONDS_PER_SECOND * (60.0 if seconds is None else seconds)

    def cell_limit(self, cell: Cell) -> float:
        return self.limit(self.utterances[cell.id].seconds)

    def say(self, codec: PlannedCodec, what: str) -> None:
        self.reporter.say(f"{CodecId(codec.card.name, codec.card.checkpoint).name}: {what}")

    def note_skip(self, cell: Cell, failure: Failure) -> None:
        row = SkipRow(cell.codec.card.name, cell.codec.card.checkpoint, cell.point.label, failure.reason)
        if row not in self.skips:
            self.skips.append(row)
