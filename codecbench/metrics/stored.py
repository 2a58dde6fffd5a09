"""Reading a score's evidence back: what an older layout lacks is not known, never 0.

Each metric whose detail anyone reads has a module `evidence` beside it, with one frozen class for each of its details:
the metric builds the detail from it (`to_json`), and analysis, report and recipes read it by it (`from_json`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def entries(value: Any, read: Callable[[Mapping[str, Any]], T]) -> tuple[T, ...] | None:
    """Each item of a stored list; None where the list is not there, or an item lacks what it takes."""
    if not isinstance(value, (list, tuple)):
        return None
    try:
        return tuple(read(item) for item in value)
    except (KeyError, TypeError):
        return None


def words(value: Any) -> tuple[str, ...] | None:
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else None


def counts(value: Any) -> Mapping[str, int] | None:
    return dict(value) if isinstance(value, Mapping) else None


def text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def flag(value: Any) -> bool | None:
    return None if value is None else bool(value)


def whole(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
