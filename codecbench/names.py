"""Comma-separated names, as every option of the command line takes them."""

from __future__ import annotations

import unicodedata
from typing import Literal, overload

from codecbench.errors import UsageError

Doubles = Literal["drop", "keep", "refuse"]


DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn what follows them around."""


def controls(text: str) -> bool:
    """Whether it has characters that a terminal would obey instead of printing them; blanks of all kinds are none."""
    if text.isprintable():  # most names are, and of a large corpus there are hundreds of thousands
        return False
    return any(unicodedata.category(sign) == "Cc" or sign in DIRECTIONS for sign in text)


def visible(text: str) -> str:
    r"""Control characters as escapes: a line break or a change of writing direction in a name would move other cells.

    >>> visible("a\nb"), visible("x\u202ey"), visible("שלום")
    ('a\\nb', 'x\\u202ey', 'שלום')
    """
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)


@overload
def names(text: str, option: str, doubles: Doubles = "drop") -> tuple[str, ...]: ...


@overload
def names(text: str | None, option: str, doubles: Doubles = "drop") -> tuple[str, ...] | None: ...


def names(text: str | None, option: str, doubles: Doubles = "drop") -> tuple[str, ...] | None:
    """The names in `text`, in order; None where the `option` was not given.

    `doubles`: a name that is there again is dropped, kept (columns of a table) or refused.

    Raises:
        UsageError: a name is empty, or there twice where that is refused.

    >>> names("pesq_wb, stoi,pesq_wb", "--metrics")
    ('pesq_wb', 'stoi')
    """
    if text is None:
        return None
    listed = [name.strip() for name in text.split(",")]
    if not all(listed):
        raise UsageError(f"{option} '{text}': expected names separated by commas")
    once = tuple(dict.fromkeys(listed))
    if doubles == "refuse" and len(once) < len(listed):
        twice = next(name for name in listed if listed.count(name) > 1)
        raise UsageError(f"{option} '{text}': '{twice}' is named twice")
    return tuple(listed) if doubles == "keep" else once
