"""Payloads of codecs of constant bitrate: units of equally many bits, one after another, without padding between them.

An encoder's output in whole bytes has more than that: a byte that only repeats the mode, bits that fill up the last
byte. What is the same in every unit follows from the operating point; it is left out of the payload and put back before
decoding, so that the measured bitrate is the one that the standard states.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codecbench.api import CodecCard, OperatingPoint, PayloadError


@dataclass(frozen=True)
class Units:
    """`bits` of each unit are sent. Around them, in whole bytes, are `prefix` and `fill`: text of 0 and 1, the first
    bits of which fill up the last byte. `lossy`: the bits after the first `bits` are no fill, but dropped by the codec.
    """

    bits: int
    prefix: bytes = b""
    fill: str = "0000000"
    lossy: bool = False

    @property
    def size(self) -> int:
        """Bytes of a unit with all that is around it."""
        return len(self.prefix) + -(-self.bits // 8)

    def pack(self, whole: bytes, what: str) -> bytes:
        """The payload of units as an encoder returns them. Raises RuntimeError, naming `what`, for any others."""
        if not whole or len(whole) % self.size:
            raise RuntimeError(f"{what}: the encoder returned {len(whole)} bytes, expected units of {self.size}")
        units = np.frombuffer(whole, dtype=np.uint8).reshape(-1, self.size)
        planes = np.unpackbits(units[:, len(self.prefix) :], axis=1)
        constant = (units[:, : len(self.prefix)] == np.frombuffer(self.prefix, np.uint8)).all()
        if not constant or not (self.lossy or (planes[:, self.bits :] == self._fill()).all()):
            raise RuntimeError(f"{what}: the encoder returned units of another mode than {self}")
        return np.packbits(planes[:, : self.bits]).tobytes()

    def unpack(self, payload: bytes, what: str) -> list[bytes]:
        """The units in whole bytes. Under 8 bit the padding of the payload's last byte may read as one more.

        Raises:
            PayloadError: it names `what`; the payload is not a positive number of units.
        """
        plane = np.unpackbits(np.frombuffer(payload, dtype=np.uint8))
        count = len(plane) // self.bits
        if count == 0 or len(plane) - count * self.bits > 7 or plane[count * self.bits :].any():
            raise PayloadError(f"{what}: {len(payload)} bytes are not a positive number of units of {self.bits} bit")
        planes = plane[: count * self.bits].reshape(count, self.bits)
        filled = np.packbits(np.hstack([planes, np.tile(self._fill(), (count, 1))]), axis=1)
        return [self.prefix + unit.tobytes() for unit in filled]

    def _fill(self) -> NDArray[np.uint8]:
        return np.array([int(bit) for bit in self.fill[: -self.bits % 8]], dtype=np.uint8)


def unit_bits(card: CodecCard, point: OperatingPoint) -> int:
    """Bits of each frame at a constant bitrate. Raises ValueError where that is no whole number, or there is none."""
    bits = 1000 * (point.nominal_kbps or 0.0) * card.frame_at(point) / card.sample_rate
    if bits < 1 or abs(bits - round(bits)) > 1e-6:
        raise ValueError(f"{card.spec} at {point}: {bits:g} bits a frame, expected a whole number from 1 on")
    return round(bits)
