"""Parts of a run: `--shard 3/64`, done by a command of its own, and the units that a scheduler hands out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codecbench.errors import UsageError


@dataclass(frozen=True)
class Shard:
    """Part `index` of `count`, counted from 1."""

    index: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """As on the command line. Raises UsageError for what is no part of anything.

        >>> Shard.parse("3/64")
        Shard(index=3, count=64)
        """
        match = re.fullmatch(r"\s*(\d{1,9})\s*/\s*(\d{1,9})\s*", text, re.ASCII)
        if match is None:
            raise UsageError(f"--shard '{text}': expected I/N, for example 3/64")
        index, count = int(match[1]), int(match[2])
        if not 1 <= index <= count:
            raise UsageError(f"--shard '{text}': shards are counted from 1 to N, as in 1/{count or 4}")
        return cls(index, count)

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def holds(self, key: str) -> bool:
        """Whether what has this key (sha256, in hexadecimal digits) is done here: every key is held by one of N."""
        return int(key[:16], 16) % self.count == self.index - 1


@dataclass(frozen=True)
class Unit:
    """One codec's cells of a block of utterances, the `block`-th of `size` each; without a codec their originals."""

    codec: str | None
    block: int
    size: int

    @classmethod
    def parse(cls, text: str) -> Unit:
        """
        >>> Unit.parse("opus:default@2x100"), Unit.parse("@0x16")
        (Unit(codec='opus:default', block=2, size=100), Unit(codec=None, block=0, size=16))
        """
        codec, _, numbers = text.rpartition("@")
        block, _, size = numbers.partition("x")
        return cls(codec or None, int(block), int(size))

    def __str__(self) -> str:
        return f"{self.codec or ''}@{self.block}x{self.size}"

    def holds(self, position: int, codec: str | None) -> bool:
        """Whether what a codec makes of the utterance at `position` of the dataset is done here."""
        return codec == self.codec and position // self.size == self.block


def parse_part(text: str) -> Shard | Unit:
    """As `Request` keeps it."""
    return Unit.parse(text) if "@" in text else Shard.parse(text)
