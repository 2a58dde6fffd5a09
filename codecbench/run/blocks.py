"""A plan is carried out block by block of its utterances, so that what it holds in memory and on disk has a bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from codecbench.alignment import BLOCK
from codecbench.run.attempts import Attempts
from codecbench.run.planned import PlannedUtterance
from codecbench.store.answers import Failure

UTTERANCES = 256
CELLS = 4096
"""Of a block at most so many utterances, and about so many cells of one codec; but no fewer utterances than
`alignment.BLOCK`, for the first block holds all that fix the delays."""


@dataclass(frozen=True)
class Block:
    """Utterances in the order of the plan."""

    index: int
    utterances: tuple[PlannedUtterance, ...]


def blocks(utterances: Sequence[PlannedUtterance], cells_each: int = 1) -> list[Block]:
    """`utterances` in blocks, of which the last may be smaller; each is `cells_each` cells of a codec, or fewer."""
    count = min(UTTERANCES, max(CELLS // max(1, cells_each), BLOCK))
    starts = range(0, len(utterances), count)
    return [Block(index, tuple(utterances[start : start + count])) for index, start in enumerate(starts)]


@dataclass
class CodecRecord:
    """What a plan has learned of one codec so far, which holds for the blocks to come."""

    delays: dict[str, float] = field(default_factory=dict)
    """Seconds that are taken out of the decoded signals, by operating point's label; fixed by the first block."""
    coding: Attempts = field(default_factory=Attempts)
    """Processes that an operating point took down."""
    scoring: Attempts = field(default_factory=Attempts)
    """Processes that a metric took down."""
    distrusted: dict[str, Distrust] = field(default_factory=dict)
    """Operating points, by label, found to be decided by more than the audio, or the bytes."""
    clipped: set[str] = field(default_factory=set)
    """Operating points whose user has been told that full scale clips what they decode."""


@dataclass(frozen=True)
class Distrust:
    """Why no cell of a point counts, by which stage; `for_good` where what is stored is this plan's own."""

    failure: Failure
    for_good: bool
    stage: str
