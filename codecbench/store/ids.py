"""What a row of the store is about: a codec, one of its operating points, one utterance coded at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from codecbench.api.checks import is_number

REFERENCE = "reference"
"""The checkpoint that codecbench's own recipes train."""
USUAL = ("default", REFERENCE, "")
"""Checkpoints that go without saying where a maintainer reads; the empty one is that of who has none."""


def point_text(label: str) -> str:
    """An operating point in a sentence: its bitrate in kbps, at most four digits of it, or its name.

    >>> point_text("6"), point_text("0.984375"), point_text("q3")
    ('6 kbps', '0.9844 kbps', 'q3')
    """
    return points_text([label])


def points_text(labels: Sequence[str]) -> str:
    """Several of them.

    >>> points_text(["3", "0.984375"]), points_text(["3", "q3"])
    ('3, 0.9844 kbps', '3, q3')
    """
    listed = ", ".join(map(short_point, labels))
    return f"{listed} kbps" if all(map(is_number, labels)) else listed


def short_point(label: str) -> str:
    """An operating point in a table, whose heading has the unit. Labels themselves are exact: keys are made of them."""
    return f"{float(label):.4g}" if is_number(label) and len(label) > 4 else label


class CodecId(NamedTuple):
    """A codec × checkpoint."""

    codec: str
    checkpoint: str

    @property
    def spec(self) -> str:
        """As on the command line: `encodec:facebook-24khz`."""
        return f"{self.codec}:{self.checkpoint}"

    @property
    def usual(self) -> bool:
        return self.checkpoint in USUAL

    @property
    def name(self) -> str:
        """As a reader of figures sees it: weights of our own training say so, for they are not the authors'.

        >>> CodecId("encodec", "reference").name, CodecId("encodec", "facebook-24khz").name
        ('encodec (reference)', 'encodec:facebook-24khz')
        """
        return f"{self.codec} ({REFERENCE})" if self.checkpoint == REFERENCE else self.short

    @property
    def short(self) -> str:
        """As a maintainer of the codec sees it (gate, compare, messages): its usual checkpoint goes without saying.

        >>> CodecId("encodec", "reference").short, CodecId("encodec", "facebook-24khz").short
        ('encodec', 'encodec:facebook-24khz')
        """
        return self.codec if self.usual else self.spec


class Place(NamedTuple):
    """A codec × checkpoint × operating point: what a row of a table is about."""

    codec: str
    checkpoint: str
    point: str

    @property
    def codec_id(self) -> CodecId:
        return CodecId(self.codec, self.checkpoint)

    @property
    def spec(self) -> str:
        return self.codec_id.spec

    def __str__(self) -> str:
        return f"{self.codec_id.short} at {point_text(self.point)}"


class CellPlace(NamedTuple):
    """A codec × checkpoint × operating point × utterance × seed: what one coding, and each of its scores, is about."""

    codec: str
    checkpoint: str
    point: str
    utterance: str
    seed: int

    @property
    def codec_id(self) -> CodecId:
        return CodecId(self.codec, self.checkpoint)

    @property
    def place(self) -> Place:
        return Place(self.codec, self.checkpoint, self.point)


class OfCodec:
    """Mixed into a row that has these fields: whose it is. Rows of which a run has very many have slots alone."""

    __slots__ = ()

    codec: str
    checkpoint: str

    @property
    def codec_id(self) -> CodecId:
        return CodecId(self.codec, self.checkpoint)


class AtPoint(OfCodec):
    """The same of a row of one operating point."""

    __slots__ = ()

    point: str

    @property
    def place(self) -> Place:
        return Place(self.codec, self.checkpoint, self.point)


class OfCell(AtPoint):
    """The same of a row of one cell."""

    __slots__ = ()

    utterance: str
    seed: int

    @property
    def cell(self) -> CellPlace:
        return CellPlace(self.codec, self.checkpoint, self.point, self.utterance, self.seed)


class _HasPlace(Protocol):
    @property
    def place(self) -> Place: ...


PlaceT = TypeVar("PlaceT", bound=_HasPlace)


def by_place(rows: Iterable[PlaceT]) -> dict[Place, list[PlaceT]]:
    """Rows of each codec × checkpoint × point, in the order in which they come."""
    groups: dict[Place, list[PlaceT]] = {}
    for row in rows:
        groups.setdefault(row.place, []).append(row)
    return groups


class _HasCodecId(Protocol):
    @property
    def codec_id(self) -> CodecId: ...


CodecT = TypeVar("CodecT", bound=_HasCodecId)


def by_codec(rows: Iterable[CodecT]) -> dict[CodecId, list[CodecT]]:
    """Rows of each codec × checkpoint, in the order in which they come."""
    groups: dict[CodecId, list[CodecT]] = {}
    for row in rows:
        groups.setdefault(row.codec_id, []).append(row)
    return groups
