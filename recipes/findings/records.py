"""What a command found, read from the JSON that it wrote beside its Markdown: documents are written from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from codecbench.analysis.summary import Summary
from codecbench.errors import UsageError

T = TypeVar("T")


@dataclass(frozen=True)
class Ranged:
    """A figure and its 95 % interval; without one where there were too few speakers."""

    value: float
    low: float | None
    high: float | None

    def text(self, form: str) -> str:
        """`0.12 [0.08, 0.20]`, each number by the format `form`."""
        if self.low is None or self.high is None:
            return f"{self.value:{form}}"
        return f"{self.value:{form}} [{self.low:{form}}, {self.high:{form}}]"


@dataclass(frozen=True)
class Measured:
    """The speech of a run."""

    dataset: str
    utterances: int
    speakers: int | None
    minutes: float
    synthetic: bool

    @classmethod
    def of(cls, summary: Summary) -> Measured:
        name, seconds = str(summary.run["dataset"]), summary.seconds
        return cls(name, summary.utterances, summary.speakers, seconds / 60, bool(summary.synthetic))

    def __str__(self) -> str:
        kind = "synthetic speech" if self.synthetic else "speech"
        return f"{self.utterances} utterances of {self.speakers} speakers, {self.minutes:.1f} minutes of {kind}"


def read(kind: type[T], path: Path) -> T:
    """The frozen dataclass `kind` from JSON with exactly its fields.

    Raises:
        UsageError: there is no such file, or it is not that.
    """
    try:
        made: T = _made(kind, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError(f"'{path}' cannot be read as {kind.__name__}: {error}") from error
    return made


def _made(kind: Any, value: Any) -> Any:
    origin, parts = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        if unknown := sorted(value.keys() ^ hints.keys()):
            raise ValueError(f"fields that differ: {', '.join(unknown)}")
        return kind(**{name: _made(hint, value[name]) for name, hint in hints.items()})  # type: ignore[operator]
    if origin is tuple:
        return tuple(_made(parts[0], one) for one in value)
    if origin is Mapping:
        return {name: _made(parts[1], one) for name, one in value.items()}
    if origin in (Union, UnionType):  # Literal | None is the former
        return None if value is None else _made(parts[0], value)
    return _plain(kind, parts if origin is Literal else (), value)


def _plain(kind: Any, allowed: tuple[Any, ...], value: Any) -> Any:
    if allowed:
        if value not in allowed:
            raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
        return value
    if kind is float and type(value) is int:
        return float(value)
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value
