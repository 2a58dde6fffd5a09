"""A row of the table of classical codecs: what a card needs, and how the codec is called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from codecbench.api import Codec, CodecCard, CodecOptions, Family, OperatingPoint
from codecbench.cost.figures import load_figures, structural_latency


class Call(Protocol):
    """How a codec is called. `codecbench_classic.table` has rows of PyAV, of command lines and of modules."""

    def build(self, card: CodecCard, options: CodecOptions) -> Codec:
        """The codec. Raises Unavailable, saying what to install, where what it needs is not here."""
        ...

    @property
    def settings(self) -> dict[str, Any]:
        """What a user may set of it (`CodecCard.settings`)."""
        ...

    @property
    def means(self) -> str:
        """What is called, in a few words: "PyAV: libopus"."""
        ...


@dataclass(frozen=True)
class Row:
    """One codec. `frame` and `lookahead` in samples at `sample_rate`.

    `counted` says what of the encoder's output is sent, and so counted, and what is constant or container and is not.
    """

    name: str
    description: str
    family: Family
    call: Call
    sample_rate: int
    points: tuple[OperatingPoint, ...]
    counted: str
    licence: str
    paper: str
    frame: int = 1
    lookahead: int = 0
    checkpoint: str = "default"
    notes: str = ""
    self_check: bool = False
    constant_frames: bool = False

    @cached_property
    def card(self) -> CodecCard:
        return CodecCard(
            name=self.name,
            checkpoint=self.checkpoint,
            description=self.description,
            family=self.family,
            sample_rate=self.sample_rate,
            points=self.points,
            frame=self.frame,
            lookahead=self.lookahead,
            licence=self.licence,
            paper=self.paper,
            notes=" ".join(filter(None, [self.notes, f"Counted: {self.counted}."])),
            settings=self.call.settings,
            self_check=self.self_check,
            constant_frames=self.constant_frames,
            **(
                load_figures(__package__, f"{self.name}:{self.checkpoint}")
                or structural_latency(self.sample_rate, self.frame, self.lookahead)  # where none was measured
            ),
        )

    def build(self, options: CodecOptions) -> Codec:
        """The codec's factory. Raises Unavailable where what it needs is not installed."""
        return self.call.build(self.card, options)


def points(*kbps: float, **settings: Any) -> tuple[OperatingPoint, ...]:
    """Operating points by their nominal kbps, each with `settings`."""
    return tuple(OperatingPoint(float(one), {"kbps": one, **settings}) for one in kbps)
