"""Which key answers for what now: the latest plan that asked for it. What the runner writes beside the results."""

from __future__ import annotations

from dataclasses import dataclass

from codecbench.store.ids import CellPlace, CodecId
from codecbench.store.rows import LadderRung, Status


@dataclass(frozen=True)
class CurrentCoding:
    """`key` of the coding of a cell; `applied_delay_s` is the one constant of its codec × point."""

    cell: CellPlace
    nominal_kbps: float | None
    key: str
    applied_delay_s: float | None


@dataclass(frozen=True)
class CurrentScore:
    """`key` of the score of a cell in one metric."""

    cell: CellPlace
    metric: str
    key: str


@dataclass(frozen=True)
class CurrentRung:
    """`key` of an utterance's score on a rung of the loss ladder; `codec_id` None for the originals."""

    codec_id: CodecId | None
    rung: LadderRung
    utterance: str
    metric: str
    key: str


@dataclass(frozen=True)
class CodedCell:
    """A cell that has a coding, and the delay in seconds that its point's scores were computed under."""

    key: str
    applied_delay_s: float


@dataclass(frozen=True)
class StoredCoding:
    """What the runner needs back of a coding: enough to go on from any interruption."""

    key: str
    status: Status
    reason: str | None
    decoded_sha256: str | None
    delay_s: float | None
