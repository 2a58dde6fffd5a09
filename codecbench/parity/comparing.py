"""Compare a codec's ways over utterances of a dataset, in a process that may crash without harm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from codecbench.api import CodecCard, CodecOptions, Unavailable, Utterance
from codecbench.conditions import SourceRecording
from codecbench.errors import UsageError
from codecbench.parity.summary import PaceSummary, WaySummary, summarize_pace, summarize_ways
from codecbench.parity.worker import Found, Other, compare
from codecbench.plugins import Registered
from codecbench.run.pool import Load, Slots, Task
from codecbench.run.preloading import libraries
from codecbench.run.processes import preload
from codecbench.run.workers.codecs import CodecJob, load
from codecbench.store.answers import Failure

LOAD_SECONDS = 300.0
UTTERANCE_SECONDS = 1800.0


@dataclass(frozen=True)
class Asked:
    """`pieces` in frames, `context` frames decoded before each; `tolerance` the greatest difference that is none."""

    point: str
    pieces: tuple[int, ...]
    context: int
    tolerance: float
    others: tuple[Other, ...] = ()


@dataclass(frozen=True)
class Parity:
    """Of a codec at a point: its ways, and its pace where it streams; `frame_ms` is the duration of a frame."""

    codec: str
    point: str
    utterances: int
    frame_ms: float
    ways: tuple[WaySummary, ...]
    pace: PaceSummary | None

    @property
    def broken(self) -> tuple[WaySummary, ...]:
        """Ways by which it has to give the same, and does not."""
        return tuple(way for way in self.ways if way.held and way.verdict in ("differs", "failed"))


def find_parity(
    entry: Registered[CodecCard], options: CodecOptions, utterances: Sequence[Utterance], asked: Asked
) -> Parity:
    """Raises UsageError where an utterance cannot be coded at all, Unavailable where the codec cannot run here."""
    card, found = entry.card, list[Found]()
    job = CodecJob(card.spec, options)
    preload(libraries([entry.factory]))
    with TemporaryDirectory(prefix="codecbench-parity-") as folder, Slots(1, Path(folder) / "workers.log") as slots:
        for utterance in utterances:
            arguments = (
                job, asked.others, asked.point, SourceRecording(utterance.recording_path), asked.pieces, asked.context
            )  # fmt: skip
            task = Task(utterance.id, compare, arguments, UTTERANCE_SECONDS, Load(job, load, LOAD_SECONDS))
            (outcome,) = slots.pool("parity").run(iter([task]))
            if isinstance(outcome.value, Failure):
                _raise(outcome.value, card, utterance)
            found += outcome.value
    point = card.point(asked.point)
    frame_ms = 1000 * (card.hop or card.frame_at(point)) / card.sample_rate
    paces = [one.pace for one in found if one.pace is not None]
    return Parity(
        card.spec, asked.point, len(utterances), frame_ms, summarize_ways(found, asked.tolerance), summarize_pace(paces)
    )


def _raise(failure: Failure, card: CodecCard, utterance: Utterance) -> None:
    if failure.status == "skipped":
        raise Unavailable(failure.reason)
    raise UsageError(f"{card.spec}, utterance '{utterance.id}': {failure.reason}")
