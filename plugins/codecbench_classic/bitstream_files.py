"""Files that codecs' programs write and read: which of their bytes are the codec's own, and the file around these."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from codecbench.api import CodecCard, OperatingPoint


class BitstreamFile(Protocol):
    def read(self, file: bytes) -> list[bytes]:
        """The units in it, each in whole bytes. Raises ValueError for what is no such file."""
        ...

    def write(self, units: Sequence[bytes], card: CodecCard, point: OperatingPoint) -> bytes:
        """A file of `units` that the decoder's program reads."""
        ...


class Lc3File:
    """liblc3's own (`tools/lc3bin.c`): a header of 18 bytes, and frames behind 16 bit with their length."""

    MAGIC, HEADER = 0xCC1C, struct.Struct("<9H")
    DELAY = 0.0025
    """Seconds by which dlc3 advances the output, at frames of 10 ms: as many samples fewer than the frames hold."""

    def read(self, file: bytes) -> list[bytes]:
        if len(file) < self.HEADER.size or struct.unpack_from("<2H", file) != (self.MAGIC, self.HEADER.size):
            raise ValueError("no file of LC3 frames")
        units, at = [], self.HEADER.size
        while at < len(file):
            (size,) = struct.unpack_from("<H", file, at)
            units.append(file[at + 2 : at + 2 + size])
            at += 2 + size
        return units

    def write(self, units: Sequence[bytes], card: CodecCard, point: OperatingPoint) -> bytes:
        rate, frame = card.sample_rate, card.frame_at(point)
        samples = len(units) * frame - round(self.DELAY * rate)
        header = self.HEADER.pack(
            self.MAGIC, self.HEADER.size, rate // 100, round(10 * (point.nominal_kbps or 0)), 1,
            frame * 100000 // rate, 0, samples & 0xFFFF, samples >> 16,
        )  # fmt: skip
        return header + b"".join(struct.pack("<H", len(unit)) + unit for unit in units)


class AmrFile:
    """The storage format of AMR (RFC 4867, section 5): a magic line, and frames that each begin with their type."""

    def __init__(self, magic: bytes, sizes: Sequence[int]) -> None:
        """`sizes`: bytes of a frame by its type, its first byte included."""
        self.magic, self.sizes = magic, tuple(sizes)

    def read(self, file: bytes) -> list[bytes]:
        if not file.startswith(self.magic):
            raise ValueError(f"no file that begins with {self.magic!r}")
        units, at = [], len(self.magic)
        while at < len(file):
            kind = file[at] >> 3 & 15
            if kind >= len(self.sizes) or at + self.sizes[kind] > len(file):
                raise ValueError(f"a frame of type {kind} at byte {at}, or only part of it")
            units.append(file[at : at + self.sizes[kind]])
            at += self.sizes[kind]
        return units

    def write(self, units: Sequence[bytes], card: CodecCard, point: OperatingPoint) -> bytes:
        del card, point
        return self.magic + b"".join(units)


class G192File:
    """ITU-T G.192: a 16-bit word for each bit, and before each frame a sync word and the number of its bits."""

    GOOD, ZERO, ONE = 0x6B21, 0x007F, 0x0081

    def read(self, file: bytes) -> list[bytes]:
        words = np.frombuffer(file[: len(file) // 2 * 2], dtype="<u2")
        units, at = [], 0
        while at < len(words):
            length = int(words[at + 1]) if at + 1 < len(words) else -1
            bits = words[at + 2 : at + 2 + max(0, length)]
            if words[at] != self.GOOD or len(bits) != length or not np.isin(bits, (self.ZERO, self.ONE)).all():
                raise ValueError(f"no frame of G.192 at word {at}")
            units.append(np.packbits(bits == self.ONE).tobytes())
            at += 2 + length
        return units

    def write(self, units: Sequence[bytes], card: CodecCard, point: OperatingPoint) -> bytes:
        length = round(1000 * (point.nominal_kbps or 0.0) * card.frame_at(point) / card.sample_rate)
        frames = np.unpackbits(np.frombuffer(b"".join(units), np.uint8).reshape(len(units), -1), axis=1)[:, :length]
        words = np.where(frames, self.ONE, self.ZERO).astype("<u2")
        sync = np.tile(np.array([self.GOOD, length], dtype="<u2"), (len(units), 1))
        return np.hstack([sync, words]).astype("<u2").tobytes()
