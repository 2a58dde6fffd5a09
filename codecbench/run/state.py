"""What the stages of a run share: the plan, the store, the user's messages."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from codecbench.api import MetricCard
from codecbench.run import workers
from codecbench.run.cells import Cell
from codecbench.run.planned import Plan, PlannedCodec, PlannedUtterance
from codecbench.run.pool import Load
from codecbench.run.progress import Reporter
from codecbench.run.share import WHOLE, Share
from codecbench.run.workers import CodecJob
from codecbench.store import Store
from codecbench.store.answers import Answer, Failure
from codecbench.store.rows import SkipRow, UtteranceRow, audio_file

PER_SECOND_OF_AUDIO = 20.0
"""Time limit of a cell: `cell_seconds` + 20 × the utterance's duration."""


_counting = threading.Lock()
"""What is reused is found by the thread that codes, what is computed comes to the one that scores."""


@dataclass
class Tally:
    """What one plan came to, counted in scores. `computed` are those that have an answer now and had none before."""

    computed: int = 0
    reused: int = 0
    failed: int = 0
    skipped: int = 0
    abstained: int = 0

    def count(self, answer: Answer) -> None:
        """A score that was made by this plan."""
        with _counting:
            self.computed += answer.status in ("ok", "abstained")
            self.abstained += answer.status == "abstained"
            self.failed += answer.status == "failed"
            self.skipped += answer.status == "skipped"

    def reuse(self, status: str) -> None:
        """A score that an earlier plan made. What does not exist (`none`) is nobody's score."""
        with _counting:
            self.reused += status != "none"
            self.abstained += status == "abstained"


@dataclass
class RunState:
    plan: Plan
    store: Store
    reporter: Reporter
    skips: list[SkipRow]
    share: Share = WHOLE
    samples: frozenset[str] = frozenset()
    """Ids whose decoded audio is kept; empty until everything is scored."""
    tally: Tally = field(default_factory=Tally)
    utterances: dict[str, UtteranceRow] = field(default_factory=dict)
    bandwidths: dict[str, float | None] = field(default_factory=dict)
    """Hz that the originals reach, by utterance, where the condition asks for it."""

    @cached_property
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

    def lacks_copy(self, cell: Cell) -> bool:
        """One copy to listen to, of the first seed, whatever the seeds."""
        first_seed = cell.seed == self.plan.request.seed
        return first_seed and self.wants_copy(cell.utterance) and not self.listening_copy(cell).exists()

    def limit(self, seconds: float | None = None) -> float:
        """A task's time limit; an utterance of unknown length is taken for a long one."""
        return self.plan.request.cell_seconds + PER_SECOND_OF_AUDIO * (60.0 if seconds is None else seconds)

    def utterance_limit(self, planned: PlannedUtterance) -> float:
        return self.limit(self.utterances[planned.utterance.id].seconds)

    def scoring_limit(self, planned: PlannedUtterance, cards: Sequence[MetricCard]) -> float:
        """Metrics with environments of their own may have to be loaded first: a framework is imported there."""
        loads = any(card.environment is not None for card in cards)
        return self.utterance_limit(planned) + (self.plan.request.load_seconds if loads else 0.0)

    def loading(self, job: CodecJob) -> Load:
        """What a process that codes does first."""
        return Load(job, workers.load, self.plan.request.load_seconds)

    def say(self, codec: PlannedCodec, what: str) -> None:
        self.reporter.say(f"{codec.codec_id.short}: {what}")

    def note_skip(self, cell: Cell, failure: Failure) -> None:
        row = SkipRow(cell.codec.card.name, cell.codec.card.checkpoint, cell.point.label, failure.reason)
        if row not in self.skips:
            self.skips.append(row)
