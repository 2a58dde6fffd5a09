"""Codes [codebooks, frames] as compact bytes for the store."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray


def pack_codes(codes: NDArray[np.integer]) -> bytes:
    """Shape as two 32-bit integers, then the zlib-compressed codes."""
    header = np.asarray(codes.shape, dtype="<u4").tobytes()
    return header + zlib.compress(np.ascontiguousarray(codes, dtype="<u4").tobytes())


def unpack_codes(blob: bytes) -> NDArray[np.uint32]:
    """The inverse of `pack_codes`."""
    shape = np.frombuffer(blob[:8], dtype="<u4")
    return np.frombuffer(zlib.decompress(blob[8:]), dtype="<u4").reshape(shape)
