"""A condition: what happens to a recording before a codec is given it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from codecbench.api import checks
from codecbench.api.audio import Audio
from codecbench.api.checks import check_id
from codecbench.api.codec import Codec, CodecCard
from codecbench.api.points import OperatingPoint


@dataclass(frozen=True)
class ConditionCard:
    """What is done to recordings, and by how much. Named on the command line with its value: `noise:10`.

    `unit` is the value's, which lies from `low` to `high`; all three empty for a condition that takes no value. `text`
    is the form of a value that is no number, as it is told to users ("CODEC@KBPS"): see `ValuedByText`. With
    `takes_recordings` the user may give recordings of noise (`--noise FOLDER`): the factory is then called with the
    value and a tuple of their paths. Bump `version` whenever the same recording can come out otherwise.
    """

    id: str
    description: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    version: str = "1"
    text: str = ""
    takes_recordings: bool = False

    @property
    def takes_value(self) -> bool:
        return bool(self.text) or self.low is not None or self.high is not None

    def __post_init__(self) -> None:
        """Raises ValueError for an id that no command line could name, or a field that does not hold what it should."""
        check_id(self.id, "condition")
        if not self.id.replace("-", "").replace("_", "").isalnum() or self.id in ("wb", "fb"):
            raise ValueError(f"a condition's id is letters, digits, - and _, and not wb or fb, got '{self.id}'")
        checks.check_fields(self, CONDITION_FIELDS, f"condition '{self.id}'")


CONDITION_FIELDS: Mapping[str, checks.Check] = {
    "id": checks.text,
    "description": checks.text_or(""),
    "unit": checks.text_or(""),
    "low": checks.optional(checks.real(None, "the value's unit")),
    "high": checks.optional(checks.real(None, "the value's unit")),
    "version": checks.text,
    "text": checks.text_or(""),
    "takes_recordings": checks.flag,
}


@runtime_checkable
class DegradesByCodec(Protocol):
    """A degradation that takes the codec itself: it is given what the codec is given, at the codec's rate and channels,
    in the process that encodes.
    """

    @property
    def codings(self) -> int:
        """How often the codec is used on a recording, the one for the figures included: its delay may come as often."""
        ...

    def degrade_by(self, codec: Codec, card: CodecCard, point: OperatingPoint, audio: Audio) -> Audio:
        """`audio` as the codec is to be given it: as long as it was, at its rate, finite."""
        ...


@runtime_checkable
class LosesPackets(Protocol):
    """A degradation on the way: what is sent does not all arrive. Codecs without packets abstain (`HasPackets`)."""

    def lost(self, times: NDArray[np.float64], g: np.random.Generator) -> NDArray[np.bool_]:
        """Of packets that begin at `times` (seconds, rising), which are lost. The same by time for every codec: a draw
        of `g` belongs to a time, not to a packet.
        """
        ...


@runtime_checkable
class FlipsBits(Protocol):
    """A degradation on the way: bits arrive flipped. Codecs whose payload is not frames of constant size without
    headers abstain (`CodecCard.constant_frames`).
    """

    def flipped(self, bits: int, bits_per_s: float, g: np.random.Generator) -> NDArray[np.bool_]:
        """Of a stream of `bits`, sent at `bits_per_s`, which are flipped. The same by time for every codec of one rate:
        a draw of `g` belongs to a time.
        """
        ...


@runtime_checkable
class DegradesDecoded(Protocol):
    """A degradation after the codec: of what it has decoded."""

    def degrade_decoded(self, decoded: Audio) -> Audio:
        """`decoded`, at the codec's output rate and channels, degraded: as long as it was, at its rate, finite. The
        same signal gives the same samples, in any process.
        """
        ...


@runtime_checkable
class AddsDelay(Protocol):
    """A degradation whose own output may trail."""

    @property
    def delay_s(self) -> float:
        """Seconds, at most: the delay of codecs is looked for so much further."""
        ...


@runtime_checkable
class ValuedByText(Protocol):
    """A degradation whose card has `text`. Its factory is called with the text, raises UsageError where that names
    nothing, and loads nothing heavy.
    """

    @property
    def value(self) -> str:
        """The text in the one form that figures are kept under."""
        ...

    @property
    def identity(self) -> str:
        """What stands for what the text names (versions, hashes), in every key. Raises Unavailable where it is not on
        this machine.
        """
        ...


@runtime_checkable
class Degradation(Protocol):
    """What the factory of a condition returns. The factory is called with the value (number or text), or with None."""

    def degrade(self, audio: Audio, g: np.random.Generator) -> Audio:
        """`audio`, one channel at 16 kHz, degraded: as long as it was, at its rate, finite.

        `g` is drawn from alone: it is the same for every codec, and another for each recording.
        """
        ...
