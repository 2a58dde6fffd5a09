"""Rates as users of tokens count them: frames and codes a second, which codebooks, at which depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import fsum

from codecbench.api import Codebook, Depth
from codecbench.codebooks import fixed_bits
from codecbench.store.facts import CodecFacts
from codecbench.store.rows import CodingRow


@dataclass(frozen=True)
class TokenRate:
    """Of one operating point of a codec of tokens.

    `frame_rate` in Hz is what the card's hop makes, None where it states none. The others are of the codes that were
    sent, padding frames included: `frames_per_s`, `tokens_per_s`, and `kbps` at log2 of the codebooks' sizes, without
    side information. `depth` as the card has it.
    """

    codebooks: tuple[Codebook, ...]
    frame_rate: float | None
    frames_per_s: float
    tokens_per_s: float
    kbps: float
    depth: Depth | None

    @property
    def told(self) -> str:
        """See `told`."""
        return told(self.codebooks)


def token_rate(codings: Sequence[CodingRow], card: CodecFacts, point: str) -> TokenRate | None:
    """Over all codings that are ok; None for codecs without codes."""
    coded = [row for row in codings if row.status == "ok" and row.codes and row.codebooks and row.seconds]
    if not coded:
        return None
    books = coded[0].codebooks or ()
    seconds = fsum(row.seconds or 0.0 for row in coded)
    codes = [sum(len(row.codes[index]) for row in coded if row.codes) for index in range(len(books))]
    framed = [count / book.per_frame for count, book in zip(codes, books, strict=True) if book.per_frame]
    bits = sum(fixed_bits(row.codes, row.codebooks) for row in coded if row.codes and row.codebooks)
    stated = card.points.get(point)
    return TokenRate(
        codebooks=books,
        frame_rate=card.frame_rate(point),
        frames_per_s=framed[0] / seconds if framed else 0.0,
        tokens_per_s=sum(codes) / seconds,
        kbps=bits / seconds / 1000,
        depth=None if stated is None else stated.depth,
    )


def told(books: Sequence[Codebook]) -> str:
    """Codebooks in a few signs: those of one size that follow each other are counted.

    >>> told([Codebook(1024)] * 8), told([Codebook(65536)])
    ('8 × 1024', '1 × 65536')
    >>> told([Codebook(4096, per_frame=n) for n in (1, 2, 4)] + [Codebook(4096, per_utterance=32)])
    '3 × 4096 (1, 2, 4 a frame) + 1 × 4096 (32 an utterance)'
    """
    alike = groupby(books, key=lambda book: (book.size, bool(book.per_utterance)))
    return " + ".join(_alike(size, list(group)) for (size, _), group in alike)


def _alike(size: int, books: Sequence[Codebook]) -> str:
    if all(book.is_plain for book in books):
        return f"{len(books)} × {size}"
    counts = ", ".join(str(book.per_utterance or book.per_frame) for book in books)
    return f"{len(books)} × {size} ({counts} {'an utterance' if books[0].per_utterance else 'a frame'})"
