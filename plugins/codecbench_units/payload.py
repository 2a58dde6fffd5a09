"""The stream, bit by bit: what is sent once, the units, the F0 codes. No byte of it is uncounted.

    frames         16 bits     units' frames of the file
    speaker       157 bits     24 cepstra of 6 bits, mean (8) and spread (5) of log F0
    units                      raw: three units in 20 bits (100^3 < 2^20), 6.67 bits each
                               runs: 10 bits a run, a unit and a duration of 1 to 8 frames (100 x 8 < 2^10)
    F0                         three codes in 13 bits (20^3 < 2^13), one each 4 or 8 frames
    padding                    zeros up to a whole byte

How many runs there are follows from the frames that they last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codecbench.bitstream import bits_per_frame, packed_bits, unpacked_bits
from codecbench.errors import PayloadError
from codecbench_units.config import (
    CEPSTRA,
    CEPSTRUM_CODES,
    LONGEST_RUN,
    MEAN_CODES,
    PITCH_CODES,
    SPREAD_CODES,
    UNITS,
)

FRAMES_BITS = 16
GROUP = 3
"""Codes that are packed into one number: of 100 units and of 20 F0 codes three waste least."""
SPEAKER = (CEPSTRUM_CODES,) * CEPSTRA + (MEAN_CODES, SPREAD_CODES)

Row = NDArray[np.int64]
Bits = NDArray[np.uint8]


@dataclass(frozen=True)
class Layout:
    """Of an operating point: whether units are sent as runs, and how many frames an F0 code stands for."""

    runs: bool
    pitch_frames: int


@dataclass(frozen=True, eq=False)
class Content:
    """What a file is made of: `speaker` [26] once, `units` [frames], `pitch` [frames / pitch_frames]."""

    speaker: Row
    units: Row
    pitch: Row


@dataclass(frozen=True)
class Accounting:
    """Bits of a payload by what they are for. They add up to its bytes."""

    frames: int
    speaker: int
    units: int
    pitch: int
    padding: int

    @property
    def total(self) -> int:
        return self.frames + self.speaker + self.units + self.pitch + self.padding


def write(content: Content, layout: Layout) -> bytes:
    """Raises ValueError for a file that 16 bits of frames cannot hold (22 minutes), or codes that do not fit."""
    return np.packbits(np.concatenate(_parts(content, layout))).tobytes()


def account(content: Content, layout: Layout) -> Accounting:
    """Of the payload that `write` makes of it."""
    frames, speaker, units, pitch = (len(part) for part in _parts(content, layout))
    return Accounting(frames, speaker, units, pitch, -(frames + speaker + units + pitch) % 8)


def _parts(content: Content, layout: Layout) -> tuple[Bits, Bits, Bits, Bits]:
    frames = len(content.units)
    if not 0 < frames < 2**FRAMES_BITS or frames % layout.pitch_frames:
        raise ValueError(f"{frames} frames: a multiple of {layout.pitch_frames} below {2**FRAMES_BITS} can be sent")
    if len(content.pitch) * layout.pitch_frames != frames:
        raise ValueError(f"{len(content.pitch)} F0 codes for {frames} frames, one each {layout.pitch_frames}")
    units = _as_runs(content.units) if layout.runs else _grouped(content.units, UNITS)
    return (
        packed_bits(np.array([[frames]]), [2**FRAMES_BITS]),
        packed_bits(content.speaker[:, None], SPEAKER),
        units,
        _grouped(content.pitch, PITCH_CODES),
    )


def read(payload: bytes, layout: Layout) -> Content:
    """The content of a payload. Raises PayloadError where it is cut, too long, or not of this layout."""
    reader = _Reader(payload)
    frames = int(reader.numbers(1, 2**FRAMES_BITS)[0])
    if not frames or frames % layout.pitch_frames:
        raise PayloadError(f"it tells of {frames} frames, no multiple of {layout.pitch_frames}")
    speaker = unpacked_bits(reader.take(bits_per_frame(SPEAKER))[None], SPEAKER)[:, 0]
    units = _of_runs(reader, frames) if layout.runs else reader.numbers(frames, UNITS)
    pitch = reader.numbers(frames // layout.pitch_frames, PITCH_CODES)
    reader.finish()
    return Content(speaker, units, pitch)


def _as_runs(units: Row) -> Bits:
    """Each run as a number, unit * 8 + duration - 1."""
    starts = np.flatnonzero(np.diff(units, prepend=-1))
    lengths = np.diff(np.append(starts, len(units)))
    runs = [
        int(unit) * LONGEST_RUN + min(LONGEST_RUN, left) - 1
        for unit, length in zip(units[starts], lengths, strict=True)
        for left in range(int(length), 0, -LONGEST_RUN)
    ]
    return packed_bits(np.array([runs]), [UNITS * LONGEST_RUN])


def _of_runs(reader: _Reader, frames: int) -> Row:
    """Run by run until the frames are full."""
    parts: list[Row] = []
    missing = frames
    while missing > 0:
        run = int(reader.numbers(1, UNITS * LONGEST_RUN)[0])
        parts.append(np.full(run % LONGEST_RUN + 1, run // LONGEST_RUN, np.int64))
        missing -= len(parts[-1])
    if missing < 0:
        raise PayloadError("its runs last longer than its frames")
    return np.concatenate(parts)


def _grouped(row: Row, size: int) -> Bits:
    whole = len(row) // GROUP * GROUP
    parts = [packed_bits(row[:whole].reshape(-1, GROUP).T, [size] * GROUP)]
    if whole < len(row):
        parts.append(packed_bits(row[whole:, None], [size] * (len(row) - whole)))
    return np.concatenate(parts)


class _Reader:
    """The bits of a payload, taken from its beginning on."""

    def __init__(self, payload: bytes) -> None:
        self._size = len(payload)
        self._bits = np.unpackbits(np.frombuffer(payload, dtype=np.uint8))
        self._place = 0

    def take(self, count: int) -> Bits:
        part = self._bits[self._place : self._place + count]
        if len(part) < count:
            raise PayloadError(f"its {self._size} bytes end before what it tells of: it is cut")
        self._place += count
        return part

    def numbers(self, count: int, size: int) -> Row:
        """`count` codes below `size`, as `_grouped` packs them."""
        whole, rest = count // GROUP, count % GROUP
        sizes = [size] * GROUP
        width = bits_per_frame(sizes)
        table = self.take(whole * width).reshape(whole, width)
        parts = [unpacked_bits(table, sizes).T.reshape(-1)] if whole else []
        if rest:
            parts.append(unpacked_bits(self.take(bits_per_frame([size] * rest))[None], [size] * rest)[:, 0])
        return np.concatenate(parts)

    def finish(self) -> None:
        rest = self._bits[self._place :]
        if len(rest) > 7 or rest.any():
            raise PayloadError(f"its {self._size} bytes hold more than what it tells of")
