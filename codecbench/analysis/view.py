"""How a reader wants to see results: what codecs are called, what matters most, whose published figures stand by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from codecbench.analysis.looks import Wishes
from codecbench.published import PublishedFigure
from codecbench.store.ids import CodecId

Marking = Literal["shown", "best"]
"""Whom a table marks: who is shown to be better than all others, or who has the best figure, tested or not."""
Notes = Literal["full", "short", "none"]
"""What stands under a table: everything, what its signs mean, or nothing."""


@dataclass(frozen=True)
class View:
    """`primary`: ids of the metrics that come first and are tested as such; None: those that codecbench declares.

    `published`: papers' figures to be shown beside the measured ones.
    """

    wishes: Wishes = field(default_factory=Wishes)
    primary: tuple[str, ...] | None = None
    published: tuple[PublishedFigure, ...] = ()
    mark: Marking = "shown"
    notes: Notes = "full"

    def guests(self, own: Iterable[CodecId]) -> tuple[CodecId, ...]:
        """Codecs that the reader's own file of published figures has and the run has not."""
        codecs = {one.codec for one in own}
        named = [CodecId(one.codec, one.checkpoint or "") for one in self.published if one.source.asked]
        return tuple(dict.fromkeys(one for one in named if one.codec not in codecs))
