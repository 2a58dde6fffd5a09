"""Codes that are not one rectangle: codebooks of several frame rates, and tokens that are sent once an utterance.

A payload holds the codes of an utterance first (a timbre's global tokens), then its frames. In a frame each codebook
has as many codes as its `per_frame` says, one after the other: SNAC's three codebooks have 1, 2 and 4 in each of its
frames of 85 ms. How bits are packed is `codecbench.bitstream`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from codecbench.bitstream import Codes, bits_per_frame, frame_table, packed_bits, unpacked_bits
from codecbench.errors import PayloadError

Row: TypeAlias = NDArray[np.int64]
"""The codes [codes] of one codebook, in the order of time."""
CodeRows: TypeAlias = Codes | Sequence[NDArray[np.integer]]
"""[codebooks, frames]; or one row a codebook, where codebooks differ in how many codes they have."""


@dataclass(frozen=True)
class Codebook:
    """One codebook of an operating point: `size` entries, and how many codes of it are sent.

    `per_frame` codes in each frame of the operating point; or, of tokens that describe the whole utterance,
    `per_utterance` codes once, and none in a frame.

    >>> Codebook(1024).bits, Codebook(4096, per_frame=2), Codebook(4096, per_utterance=32).per_frame
    (10.0, Codebook(size=4096, per_frame=2, per_utterance=0), 0)
    """

    size: int
    per_frame: int = -1
    per_utterance: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError for no whole numbers, and for codes of both kinds or of none."""
        if self.per_frame == -1:
            object.__setattr__(self, "per_frame", 0 if self.per_utterance else 1)
        for name, least in (("size", 1), ("per_frame", 0), ("per_utterance", 0)):
            value = getattr(self, name)
            if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
                raise ValueError(f"a codebook's {name} must be a whole number, {least} or more, got {value!r}")
            object.__setattr__(self, name, int(value))
        if bool(self.per_frame) == bool(self.per_utterance):
            raise ValueError("a codebook has codes in each frame (per_frame) or once an utterance (per_utterance)")

    @property
    def bits(self) -> float:
        """Bits of one code: log2 of the size."""
        return log2(self.size)

    @property
    def is_plain(self) -> bool:
        """Whether it has one code a frame."""
        return self.per_frame == 1

    def codes(self, frames: int) -> int:
        """How many codes of it an utterance of `frames` frames has."""
        return self.per_utterance or self.per_frame * frames


def as_codebooks(sizes: Iterable[int | Codebook]) -> tuple[Codebook, ...]:
    """A size stands for a codebook with one code a frame."""
    return tuple(size if isinstance(size, Codebook) else Codebook(int(size)) for size in sizes)


def pack_rows(rows: CodeRows, books: Sequence[Codebook]) -> bytes:
    """The codes of an utterance as bytes: those sent once, then frame by frame; `bitstream.pack` where all are plain.

    Raises:
        ValueError: another number of rows than codebooks, rows that do not end with one frame, a code outside its book.
    """
    checked = check_rows(rows, books)
    frames = frame_count(checked, books)
    once = [row[:, None] for row, book in zip(checked, books, strict=True) if book.per_utterance]  # [codes, 1]
    framed = [
        row.reshape(frames, book.per_frame).T  # [per_frame, frames]
        for row, book in zip(checked, books, strict=True)
        if book.per_frame
    ]
    bits = [packed_bits(np.concatenate(part), sizes) for part, sizes in _parts(once, framed, books)]
    return np.packbits(np.concatenate(bits)).tobytes() if bits else b""


def unpack_rows(payload: bytes, books: Sequence[Codebook]) -> tuple[Row, ...]:
    """The rows in `payload`, one a codebook: what is sent once, and as many whole frames as it holds.

    Raises:
        PayloadError: it is too short, its last bits are not zeros, or a code is outside its codebook.
    """
    bits = np.unpackbits(np.frombuffer(payload, dtype=np.uint8))
    once, framed = _once_sizes(books), _frame_sizes(books)
    head, width = (bits_per_frame(sizes) if sizes else 0 for sizes in (once, framed))
    if len(bits) < head:
        raise PayloadError(
            f"payload of {len(payload)} bytes is shorter than the {head} bits of the codes that are sent once"
        )
    table = frame_table(bits[head:], width, len(payload))
    lone = unpacked_bits(bits[:head].reshape(1, head), once)[:, 0] if once else np.zeros(0, np.int64)  # [codes]
    codes = unpacked_bits(table, framed) if framed else np.zeros((0, 0), np.int64)  # [codes a frame, frames]
    return _rows(lone, codes, books)


def check_rows(rows: Any, books: Sequence[Codebook]) -> tuple[Row, ...]:
    """`rows` as integers, each as long as its codebook asks and within it. Raises ValueError."""
    given = [np.asarray(row) for row in rows]
    if len(given) != len(books):
        raise ValueError(f"codes have {len(given)} rows for {len(books)} codebooks")
    checked = []
    for index, (row, book) in enumerate(zip(given, books, strict=True)):
        if row.ndim != 1 or not (np.issubdtype(row.dtype, np.integer) or row.size == 0):
            raise ValueError(f"codes of codebook {index} must be integers [codes], got {row.dtype} {row.shape}")
        codes = row.astype(np.int64)
        if codes.size and (codes.min() < 0 or codes.max() >= book.size):
            raise ValueError(f"codebook {index} has codes outside [0, {book.size})")
        checked.append(codes)
    frame_count(checked, books)
    return tuple(checked)


def frame_count(rows: Sequence[Row], books: Sequence[Codebook]) -> int:
    """Frames of `rows`. Raises ValueError where codebooks do not agree."""
    counts = {}
    for index, (row, book) in enumerate(zip(rows, books, strict=True)):
        if book.per_utterance:
            if len(row) != book.per_utterance:
                raise ValueError(f"codebook {index} has {len(row)} codes; {book.per_utterance} are sent an utterance")
        elif len(row) % book.per_frame:
            raise ValueError(f"codebook {index} has {len(row)} codes, no multiple of its {book.per_frame} a frame")
        else:
            counts[index] = len(row) // book.per_frame
    if len(set(counts.values())) > 1:
        told = ", ".join(f"codebook {index} has {count}" for index, count in counts.items())
        raise ValueError(f"codebooks differ in their number of frames: {told}")
    return next(iter(counts.values()), 0)


def refuse_no_frame(rows: Sequence[NDArray[np.integer]], books: Sequence[Codebook], what: str) -> None:
    """Raises PayloadError, which names `what`, where codebooks have codes in each frame and there is no frame."""
    if any(book.per_frame and not len(row) for row, book in zip(rows, books, strict=True)):
        raise PayloadError(f"{what}: the payload holds no frame")


def fixed_bits(rows: CodeRows, books: Sequence[Codebook]) -> int:
    """Bits of `rows` at fixed length, as `pack_rows` writes them, before the last byte is filled up."""
    frames = frame_count([np.asarray(row) for row in rows], books)
    once, framed = _once_sizes(books), _frame_sizes(books)
    return (bits_per_frame(once) if once else 0) + (frames * bits_per_frame(framed) if framed else 0)


def _once_sizes(books: Sequence[Codebook]) -> list[int]:
    return [book.size for book in books for _ in range(book.per_utterance)]


def _frame_sizes(books: Sequence[Codebook]) -> list[int]:
    return [book.size for book in books for _ in range(book.per_frame)]


def _parts(
    once: list[NDArray[np.int64]], framed: list[NDArray[np.int64]], books: Sequence[Codebook]
) -> Iterable[tuple[list[NDArray[np.int64]], list[int]]]:
    """What is sent once and what is sent by frames, each with its sizes; without a part that no codebook has."""
    return [part for part in ((once, _once_sizes(books)), (framed, _frame_sizes(books))) if part[1]]


def _rows(lone: Row, table: Codes, books: Sequence[Codebook]) -> tuple[Row, ...]:
    """One row a codebook, of the codes sent once [codes] and those of the frames [codes a frame, frames]."""
    rows, first_lone, first = [], 0, 0
    for book in books:
        if book.per_utterance:
            rows.append(lone[first_lone : first_lone + book.per_utterance])
            first_lone += book.per_utterance
        else:
            rows.append(np.ascontiguousarray(table[first : first + book.per_frame].T).reshape(-1))
            first += book.per_frame
    return tuple(rows)
