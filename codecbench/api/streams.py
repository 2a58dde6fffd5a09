"""Decoding as it goes: a codec of codes that gives audio before it has all of them."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from codecbench.api.audio import Audio
from codecbench.api.points import OperatingPoint
from codecbench.codebooks import CodeRows


@runtime_checkable
class DecoderStream(Protocol):
    """One signal being decoded. Joined, what `push` and `finish` return is what `decode` makes of all codes at once."""

    def push(self, codes: CodeRows) -> Audio:
        """The next codes [codebooks, frames] to all samples that they complete, which may be none."""
        ...

    def finish(self) -> Audio:
        """The rest. No codes may follow; the codec is free for another signal."""
        ...


@runtime_checkable
class HasStreams(Protocol):
    """A codec whose card says `streams`. `codecbench parity` holds it to that."""

    def decode_stream(self, point: OperatingPoint) -> DecoderStream:
        """A stream at `point`. Until it is finished the codec may be used for nothing else."""
        ...
