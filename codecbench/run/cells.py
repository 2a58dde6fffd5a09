"""A cell on its way: one codec × operating point × utterance, and a rung of the loss ladder, which is a cell too."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from codecbench.api import OperatingPoint
from codecbench.run.planned import GivenPayload, PlannedCodec, PlannedMetric, PlannedUtterance
from codecbench.run.workers import CodecJob
from codecbench.store.ids import CellPlace
from codecbench.store.rows import LadderRung, Status


@dataclass(kw_only=True)
class Scorable:
    """A signal that is to be scored against its original: where it lies, and which metrics it lacks."""

    utterance: PlannedUtterance
    file: Path | None = None
    """The signal, while it is here."""
    missing: list[PlannedMetric] = field(default_factory=list)
    status: Status = "ok"
    reason: str | None = None

    @property
    def ok(self) -> bool:
        return self.status == "ok"

    @property
    def id(self) -> str:
        return self.utterance.utterance.id

    def stop(self, status: Status, reason: str) -> None:
        """Nothing further is tried on it in this plan."""
        self.status, self.reason = status, reason


ScorableT = TypeVar("ScorableT", bound=Scorable)


@dataclass(kw_only=True)
class Cell(Scorable):
    """One codec × operating point × utterance. `key` is its coding's in the store, `encoded` whether that is there;
    `given` is read in place of encoding.

    `fixes_delay`: its own delay, `delay_s`, has a part in the constant of its point. `delay_known` once that was looked
    for; `delay_s` is None without a clear peak. Not `scored`: another shard's, only here for the delay that it fixes.
    """

    codec: PlannedCodec
    point: OperatingPoint
    seed: int
    key: str
    given: GivenPayload | None = None
    encoded: bool = False
    decoded_sha256: str | None = None
    fixes_delay: bool = False
    scored: bool = True
    delay_known: bool = False
    delay_s: float | None = None

    @property
    def lacks_delay(self) -> bool:
        return self.fixes_delay and not self.delay_known

    @property
    def place(self) -> CellPlace:
        card = self.codec.card
        return CellPlace(card.name, card.checkpoint, self.point.label, self.id, self.seed)

    @property
    def job(self) -> CodecJob:
        return CodecJob(self.codec.card.spec, replace(self.codec.options, seed=self.seed))


@dataclass(kw_only=True)
class Rung(Scorable):
    """One utterance through a part of a codec; `codec` None for the originals against themselves."""

    codec: PlannedCodec | None
    name: LadderRung
    delay_s: float
