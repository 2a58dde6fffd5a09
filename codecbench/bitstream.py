"""Codes to bytes and back: fixed-length packing for any codebook sizes, no container, no header.

Each frame is one mixed-radix number of `bits_per_frame(sizes)` bits, most significant codebook first; frames follow
each other bit by bit and only the last byte is padded (with zeros). For powers of two this is plain concatenation of
the codes' bits. The number of frames is not stored: it follows from the payload's length wherever a frame has at least
8 bits; below that a reader may see surplus padding frames, which the harness cuts with the sample count.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from codecbench.errors import PayloadError

Codes = NDArray[np.int64]
"""[codebooks, frames]"""


def bits_per_frame(sizes: Sequence[int]) -> int:
    """Bits of one frame with codebooks of these sizes.

    >>> bits_per_frame([1024, 1024]), bits_per_frame([3, 3, 3, 3, 3]), bits_per_frame([1])
    (20, 8, 0)
    """
    if not sizes or min(sizes) < 1:
        raise ValueError(f"codebook sizes must be positive, got {list(sizes)}")
    return (prod(sizes) - 1).bit_length()


def pack(codes: NDArray[np.integer], sizes: Sequence[int]) -> bytes:
    """Pack `codes` [codebooks, frames], codebook k in [0, sizes[k]), into bytes.

    Raises:
        ValueError: the shape does not fit `sizes`, or a code is outside its codebook.
    """
    return np.packbits(packed_bits(codes, sizes)).tobytes()


def packed_bits(codes: NDArray[np.integer], sizes: Sequence[int]) -> NDArray[np.uint8]:
    """The bits [bits] of `codes` [codebooks, frames], before they fill whole bytes. Raises ValueError as `pack`."""
    rows: Codes = np.asarray(codes, dtype=np.int64)
    if rows.ndim != 2 or len(rows) != len(sizes):
        raise ValueError(f"codes must be [{len(sizes)}, frames], got shape {rows.shape}")
    limits = np.asarray(sizes, dtype=np.int64)[:, None]
    outside = (rows < 0) | (rows >= limits)
    if outside.any():
        book = int(np.argmax(outside.any(axis=1)))
        raise ValueError(f"codebook {book} has codes outside [0, {sizes[book]})")
    if all(size & (size - 1) == 0 for size in sizes):
        planes = [_to_bits(row, size.bit_length() - 1) for row, size in zip(rows, sizes, strict=True)]
        return np.concatenate(planes, axis=1).reshape(-1)  # [frames, bits] to [bits]
    return _mixed_bits(rows, sizes)


def unpack(payload: bytes, sizes: Sequence[int]) -> Codes:
    """The codes [codebooks, frames] in `payload`: as many whole frames as it holds.

    Raises:
        PayloadError: the bits after the last frame are not zeros, or a frame is outside the range of `sizes`.
    """
    bits = np.unpackbits(np.frombuffer(payload, dtype=np.uint8))
    return unpacked_bits(frame_table(bits, bits_per_frame(sizes), len(payload)), sizes)


def frame_table(bits: NDArray[np.uint8], width: int, size: int) -> NDArray[np.uint8]:
    """Whole frames [frames, width] of the bits in a payload of `size` bytes. Raises PayloadError as `unpack`."""
    frames = len(bits) // width if width else 0
    rest = bits[frames * width :]
    if rest.any() or len(rest) > 7:
        raise PayloadError(f"payload of {size} bytes is not a whole number of {width}-bit frames")
    return bits[: frames * width].reshape(frames, width)


def unpacked_bits(table: NDArray[np.uint8], sizes: Sequence[int]) -> Codes:
    """The codes [codebooks, frames] of bits [frames, bits a frame]. Raises PayloadError as `unpack`."""
    if all(size & (size - 1) == 0 for size in sizes):
        codes, start = [], 0
        for size in sizes:
            codes.append(_from_bits(table[:, start : start + size.bit_length() - 1]))
            start += size.bit_length() - 1
        return np.stack(codes)
    return _unpack_mixed(table, sizes)


def _to_bits(values: Codes, width: int) -> NDArray[np.uint8]:
    shifts = np.arange(width - 1, -1, -1, dtype=np.int64)
    return ((values[:, None] >> shifts) & 1).astype(np.uint8)  # [frames, width]


def _from_bits(bits: NDArray[np.uint8]) -> Codes:
    shifts = np.arange(bits.shape[1] - 1, -1, -1, dtype=np.int64)
    values: Codes = (bits.astype(np.int64) << shifts).sum(axis=1)  # [frames]
    return values


def _mixed_bits(codes: Codes, sizes: Sequence[int]) -> NDArray[np.uint8]:
    """Python integers, for a frame may exceed 64 bits."""
    width = bits_per_frame(sizes)
    text = []
    for frame in codes.T.tolist():
        number = 0
        for code, size in zip(frame, sizes, strict=True):
            number = number * size + code
        text.append(f"{number:0{width}b}" if width else "")
    return np.frombuffer("".join(text).encode(), dtype=np.uint8) - np.uint8(ord("0"))


def _unpack_mixed(bits: NDArray[np.uint8], sizes: Sequence[int]) -> Codes:
    codes = np.zeros((len(sizes), len(bits)), dtype=np.int64)
    limit = prod(sizes)
    for frame, row in enumerate(bits):
        number = int((row + ord("0")).astype(np.uint8).tobytes(), 2)
        if number >= limit:
            raise PayloadError(f"frame {frame} holds {number}, beyond the {limit} combinations of its codebooks")
        for book in range(len(sizes) - 1, -1, -1):
            number, codes[book, frame] = divmod(number, sizes[book])
    return codes
