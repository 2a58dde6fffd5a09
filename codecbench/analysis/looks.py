"""How each codec of a run is called and drawn: by its number, or as the user asks (`codecs.toml`, `--label`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from codecbench.analysis.series import number
from codecbench.errors import UsageError
from codecbench.store.ids import REFERENCE, CodecId

MARKERS = (
    "circle", "square", "triangle", "diamond", "triangle-down", "star", "star4", "hexagon", "pentagon", "cross",
)  # fmt: skip
"""By number: that of a codec (`codecbench.analysis.series`) modulo ten decides its marker, and its colour alike."""
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Look:
    """`colour` and `marker` are numbers from 0 to 9 of the ten that codecbench has, `colour` else `#rrggbb`.

    `dash` is 0 for a solid line, which the first ten codecs of a run have, and counts the tens after them.
    """

    label: str
    colour: int | str
    marker: int
    dash: int = 0


@dataclass(frozen=True)
class Wish:
    """What the user asks for a codec: None leaves it as it is."""

    label: str | None = None
    colour: str | None = None
    marker: str | None = None

    def over(self, other: Wish) -> Wish:
        """What it asks for, and where it says nothing what the other does."""
        return replace(other, **{name: value for name, value in vars(self).items() if value is not None})


@dataclass(frozen=True)
class Wishes:
    """By codec (`mimi`: all its checkpoints) or spec (`mimi:kyutai`); `where` they were asked for is for messages."""

    of: Mapping[str, Wish] = field(default_factory=dict)
    where: str = ""

    def wish(self, one: CodecId) -> Wish:
        """That of its spec, and where it says nothing that of the codec."""
        return self.of.get(one.spec, Wish()).over(self.of.get(one.codec, Wish()))

    def label(self, one: CodecId) -> str:
        """Weights of codecbench's own training stay marked, whatever they are called."""
        asked = self.wish(one).label
        if asked is None:
            return one.name
        return f"{asked} ({REFERENCE})" if one.checkpoint == REFERENCE else asked

    def with_labels(self, labels: Mapping[str, str]) -> Wishes:
        """These and `labels`, which go first."""
        more = {name: Wish(label).over(self.of.get(name, Wish())) for name, label in labels.items()}
        return replace(self, of={**self.of, **more})


def find_looks(codecs: Iterable[CodecId], wishes: Wishes | None = None) -> dict[CodecId, Look]:
    """The look of each of a run's codecs. Weights of codecbench's own training stay marked, whatever the label.

    Raises:
        UsageError: two codecs would have one label, or look alike because of what was asked for.

    >>> looks = find_looks([CodecId("dac", "reference")], Wishes({"dac": Wish("DAC", marker="star")}))
    >>> looks[CodecId("dac", "reference")]
    Look(label='DAC (reference)', colour=3, marker=5, dash=0)
    """
    wishes = wishes or Wishes()
    looks = {one: _look(wishes.label(one), series, wishes.wish(one)) for one, series in number(codecs).items()}
    if wishes.of:
        _refuse_alike(looks, wishes.where)
    return looks


def _look(label: str, series: int, wish: Wish) -> Look:
    marker = series % len(MARKERS) if wish.marker is None else MARKERS.index(wish.marker)
    own = wish.colour is not None or wish.marker is not None
    return Look(label, wish.colour or series % len(MARKERS), marker, 0 if own else series // len(MARKERS))


def _refuse_alike(looks: Mapping[CodecId, Look], where: str) -> None:
    labels: dict[str, CodecId] = {}
    drawn: dict[tuple[int | str, int, int], CodecId] = {}
    for one, look in looks.items():
        if (other := labels.setdefault(look.label, one)) != one:
            raise UsageError(
                f"{where}: {other.spec} and {one.spec} would both be called '{look.label}'; "
                "give each a label of its own, by codec:checkpoint"
            )
        if (other := drawn.setdefault((look.colour, look.marker, look.dash), one)) != one:
            raise UsageError(f"{where}: {other.spec} and {one.spec} would look alike; change the marker of one")


def load_wishes(path: Path) -> Wishes:
    """A `codecs.toml`: a table for each codec, with `label`, `colour` (`#rrggbb`) and `marker` (one of `MARKERS`).

    Raises:
        UsageError: it cannot be read, or says something that is not known.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"'{path}' cannot be read: {error}") from error
    return Wishes({name: _wish(table, f"'{path}': [{name}]") for name, table in document.items()}, f"'{path}'")


def _wish(table: Any, what: str) -> Wish:
    known = [one.name for one in fields(Wish)]
    if not isinstance(table, dict) or not all(isinstance(value, str) and value.strip() for value in table.values()):
        raise UsageError(f'{what}: expected a table of texts, for example ["mimi:kyutai"] label = "Mimi"')
    if unknown := sorted(set(table) - set(known)):
        raise UsageError(f"{what}: unknown key '{unknown[0]}'; known: {', '.join(known)}")
    wish = Wish(**table)
    if wish.colour is not None and not COLOUR.fullmatch(wish.colour):
        raise UsageError(f"{what}: colour '{wish.colour}': expected #rrggbb, for example #0072b2")
    if wish.marker is not None and wish.marker not in MARKERS:
        raise UsageError(f"{what}: unknown marker '{wish.marker}'; known: {', '.join(MARKERS)}")
    return wish
