"""Codes, one row a codebook, and the codebooks they are of, as compact values for the store."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from codecbench.codebooks import Codebook, CodeRows

RAGGED = 2**32 - 1
"""In the place of the number of codes: rows differ in length, and the lengths follow."""


def pack_codes(codes: CodeRows) -> bytes:
    """Rows and codes a row as two 32-bit integers, then the zlib-compressed codes, row after row.

    Where rows differ in length, RAGGED and the length of each stand in place of the second integer.
    """
    rows = [np.asarray(row) for row in codes]
    lengths = [len(row) for row in rows]
    shape = [len(rows), *lengths[:1]] if len(set(lengths)) == 1 else [len(rows), RAGGED, *lengths]
    flat = np.concatenate(rows) if rows else np.zeros(0)
    return np.asarray(shape, dtype="<u4").tobytes() + zlib.compress(np.ascontiguousarray(flat, dtype="<u4").tobytes())


def unpack_codes(blob: bytes) -> tuple[NDArray[np.uint32], ...]:
    """The inverse of `pack_codes`: one row [codes] a codebook."""
    count, length = (int(number) for number in np.frombuffer(blob[:8], dtype="<u4"))
    ragged = length == RAGGED
    lengths = np.frombuffer(blob[8 : 8 + 4 * count], dtype="<u4").tolist() if ragged else [length] * count
    flat = np.frombuffer(zlib.decompress(blob[8 + 4 * count * ragged :]), dtype="<u4")
    return tuple(np.split(flat, np.cumsum(lengths)[:-1])) if count else ()


def codebooks_json(books: Iterable[Codebook]) -> str:
    """A codebook with one code a frame is its size, as it was before there were others."""
    return json.dumps([book.size if book.is_plain else vars(book) for book in books])


def codebooks_from(text: str) -> tuple[Codebook, ...]:
    """The inverse of `codebooks_json`."""
    return tuple(Codebook(book) if isinstance(book, int) else Codebook(**book) for book in json.loads(text))
