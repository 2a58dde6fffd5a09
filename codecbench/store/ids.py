"""What a row of the store is about: a codec, one of its operating points, a cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol, TypeVar


class Place(NamedTuple):
    """A codec × checkpoint × operating point: what a row of a table is about."""

    codec: str
    checkpoint: str
    point: str

    @property
    def spec(self) -> str:
        return f"{self.codec}:{self.checkpoint}"

    def __str__(self) -> str:
        shown = self.codec if self.checkpoint in ("default", "reference") else self.spec
        return f"{shown} at {self.point} kbps"


class CellPlace(NamedTuple):
    """A cell: one utterance, by one seed, at one place."""

    codec: str
    checkpoint: str
    point: str
    utterance: str
    seed: int


class _AtPlace(Protocol):
    @property
    def place(self) -> Place: ...


AtPlace = TypeVar("AtPlace", bound=_AtPlace)


def by_place(rows: Iterable[AtPlace]) -> dict[Place, list[AtPlace]]:
    """Rows of each codec × checkpoint × point, in the order in which they come."""
    groups: dict[Place, list[AtPlace]] = {}
    for row in rows:
        groups.setdefault(row.place, []).append(row)
    return groups
