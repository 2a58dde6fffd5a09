"""Packets: what a codec sends at a time, so that some may be lost; and what a decoder of codes makes of a loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from codecbench.api.audio import Audio
from codecbench.api.codec import CodecCard
from codecbench.api.points import OperatingPoint
from codecbench.codebooks import Codebook, CodeRows, as_codebooks, pack_rows, unpack_rows
from codecbench.errors import Abstain

PACKET_S = 0.02
"""A packet of codes holds as many frames as last 20 ms, one at least."""
HOLD_S, SILENT_S, RETURN_S = 0.01, 0.06, 0.005
"""Repeated codes are heard in full for 10 ms and fall to silence at 60 ms, as ITU-T G.711's Appendix I has it; what is
received again comes in over 5 ms."""


@runtime_checkable
class HasPackets(Protocol):
    """A codec whose payload is sent in packets of equal duration. Optional: the condition `loss` asks for it."""

    def packet_samples(self, point: OperatingPoint) -> int:
        """Samples at the card's rate that a packet stands for."""
        ...

    def packets(self, payload: bytes, point: OperatingPoint) -> Sequence[bytes]:
        """The packets of a payload, in order. Raises Abstain where this payload is not sent in any."""
        ...

    def decode_packets(self, packets: Sequence[bytes | None], point: OperatingPoint) -> Audio:
        """As `decode`, of packets of which some (None) were lost. With none lost it is what `decode` returns."""
        ...


class FramePackets:
    """Mixed into a codec of codes: packets of whole frames, and a concealment that repeats the last codes and fades.

    A codec with a better one of its own overrides `decode_packets`.
    """

    card: CodecCard

    def packet_samples(self, point: OperatingPoint) -> int:
        """See `HasPackets`."""
        return self._frames(point) * self._hop(point)

    def packets(self, payload: bytes, point: OperatingPoint) -> list[bytes]:
        """See `HasPackets`. Raises Abstain where a payload has more than codes, or codes that are not one a frame."""
        books = self._books(point)
        if not all(book.is_plain for book in books):
            raise Abstain(f"{self.card.spec} at {point}: its codes are not one a frame of each codebook: no packets")
        table = self._table(payload, point)
        if pack_rows(list(table), books) != payload:
            raise Abstain(f"{self.card.spec} at {point}: its payload has more than codes of frames, and so no packets")
        size = self._frames(point)
        return [pack_rows(list(table[:, start : start + size]), books) for start in range(0, table.shape[1], size)]

    def decode_packets(self, packets: Sequence[bytes | None], point: OperatingPoint) -> Audio:
        """See `HasPackets`. What comes before the first packet that is received is silent."""
        books, size = self._books(point), self._frames(point)
        tables = [None if one is None else np.stack(unpack_rows(one, books))[:, :size] for one in packets]
        lost = np.repeat([table is None for table in tables], [size if t is None else t.shape[1] for t in tables])
        hop = self.card.decoded_length(self._hop(point))
        first = next((table for table in tables if table is not None), None)
        if first is None:
            return Audio(np.zeros((self.card.channels, len(lost) * hop), np.float32), self.card.decoded_rate)
        filled, last = [], first[:, :1]
        for table in tables:
            filled.append(np.repeat(last, size, axis=1) if table is None else table)
            last = filled[-1][:, -1:]
        audio = self.decode(pack_rows(list(np.concatenate(filled, axis=1)), books), point)  # type: ignore[attr-defined]
        gains = fading(np.repeat(lost, hop), self.card.decoded_rate, audio.length)
        return Audio(audio.samples * gains, audio.sample_rate)

    def _table(self, payload: bytes, point: OperatingPoint) -> NDArray[Any]:
        codes: CodeRows = self.codes(payload, point)  # type: ignore[attr-defined]
        return np.stack([np.asarray(row) for row in codes])

    def _books(self, point: OperatingPoint) -> tuple[Codebook, ...]:
        return as_codebooks(point.codebooks or self.codebook_sizes(point))  # type: ignore[attr-defined]

    def _hop(self, point: OperatingPoint) -> int:
        return self.card.hop or self.card.frame_at(point)

    def _frames(self, point: OperatingPoint) -> int:
        return max(1, round(PACKET_S * self.card.sample_rate / self._hop(point)))


def fading(lost: NDArray[np.bool_], sample_rate: int, length: int) -> NDArray[np.float32]:
    """The gain of each of `length` samples, of which those that are `lost` were made up."""
    lost = np.resize(lost, length) if len(lost) > length else np.pad(lost, (0, length - len(lost)))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lost, [False]]).astype(int)))
    gains = np.ones(length, np.float32)
    for begin, end in edges.reshape(-1, 2):
        seconds = np.arange(end - begin) / sample_rate
        gains[begin:end] = 0.0 if begin == 0 else np.clip((SILENT_S - seconds) / (SILENT_S - HOLD_S), 0.0, 1.0)
        back = min(round(RETURN_S * sample_rate), length - end)
        gains[end : end + back] = np.linspace(gains[end - 1], 1.0, back, endpoint=False)
    return gains


__all__ = ["FramePackets", "HasPackets"]
