"""What the fields of a card may hold. A card is checked when it is made: a plugin with a wrong one is listed as broken,
with the field's name, and nothing later meets a text where a number was meant.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from numbers import Integral, Real
from typing import Any, TypeAlias

Check: TypeAlias = Callable[[Any], Any]
"""Returns the value as the card keeps it; raises ValueError with what it should be, to end the words 'must be'."""


def check_fields(card: Any, checks: Mapping[str, Check], what: str) -> None:
    """Hold each field of a frozen dataclass to its check; `what` begins the message.

    Raises:
        ValueError: a field does not hold what it should.
    """
    for field in fields(card):
        value = getattr(card, field.name)
        try:
            kept = checks[field.name](value)
        except ValueError as error:
            raise ValueError(f"{what}: {field.name} must be {error}, got {_shown(value)}") from None
        if kept is not value:
            object.__setattr__(card, field.name, kept)


def check_id(value: Any, what: str) -> None:
    """Raises ValueError for what cannot be named among others, separated by commas."""
    if not isinstance(value, str) or not re.fullmatch(r"[^\s,=]+", value) or not value.isprintable():
        raise ValueError(f"a {what}'s id must be a word without , = and spaces, got {_shown(value)}")


def _shown(value: Any) -> str:
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a plugin's own object
        text = type(value).__name__
    return text if len(text) <= 80 else f"{text[:80]} …"


def text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("text")
    return value if type(value) is str else str.__str__(value)  # a subclass's own `__str__` is a plugin's code


def point_name(value: Any) -> Any:
    """Empty, or a word that names a folder and is no number: a number is a bitrate."""
    if not isinstance(value, str) or not re.fullmatch(r"([^\s:,/\\]*[^\s:,/\\.][^\s:,/\\]*)?", value):
        raise ValueError("empty, or a word without : , / and spaces, and more than dots")
    if not value.isprintable() or is_number(value):
        raise ValueError("empty, or a printable word that is no number: a number is a bitrate")
    return value


def is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def text_or(default: str) -> Check:
    """None stands for what is not known."""
    return lambda value: default if value is None else text(value)


def whole(low: int, unit: str) -> Check:
    """A whole number of `unit`, at least `low`."""

    def check(value: Any) -> Any:
        if not isinstance(value, Integral) or isinstance(value, bool) or value < low:
            raise ValueError(f"a whole number of {unit}, {low} or more")
        return int(value)

    return check


def real(low: float | None, unit: str, *, above: bool = False) -> Check:
    """A finite number; `above`: more than `low`, not only as much."""

    def check(value: Any) -> Any:
        bound = "" if low is None else f" above {low:g}" if above else f", {low:g} or more"
        if not isinstance(value, Real) or isinstance(value, bool) or not math.isfinite(value):
            raise ValueError(f"a number{unit and ' of ' + unit}{bound}")
        if low is not None and (value < low or (above and value == low)):
            raise ValueError(f"a number{unit and ' of ' + unit}{bound}")
        return value if isinstance(value, int) else float(value)

    return check


def optional(check: Check) -> Check:
    """Or None, where it is not known."""

    def checked(value: Any) -> Any:
        try:
            return None if value is None else check(value)
        except ValueError as error:
            raise ValueError(f"{error}, or None") from None

    return checked


def scalar(value: Any) -> Any:
    """A finite number, a text or a switch."""
    if not isinstance(value, (bool, int, float, str)) or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError("a finite number, a text, True or False")
    return value


def flag(value: Any) -> Any:
    if not isinstance(value, bool):
        raise ValueError("True or False")
    return value


def one_of(*values: str) -> Check:
    def check(value: Any) -> Any:
        if value not in values:
            raise ValueError(f"one of {', '.join(map(repr, values))}")
        return value

    return check


def instance(kind: type[Any]) -> Check:
    def check(value: Any) -> Any:
        if type(value) is not kind:  # a subclass would be another thing in each process
            raise ValueError(f"a {kind.__name__}")
        return value

    return check


def tuple_of(kind: type[Any]) -> Check:
    def check(value: Any) -> Any:
        if not isinstance(value, (tuple, list)) or not all(type(one) is kind for one in value):
            raise ValueError(f"a tuple of {kind.__name__}")
        return tuple(value)

    return check


def callable_(value: Any) -> Any:
    if not callable(value):
        raise ValueError("a function")
    return value


def texts(value: Any) -> Any:
    if isinstance(value, str) or not isinstance(value, (tuple, list)) or not all(isinstance(one, str) for one in value):
        raise ValueError("a tuple of texts")
    return tuple(value)


def mapping(check: Check, values: str) -> Check:
    """Of texts to what `check` takes, which `values` says in the plural. Kept as a dict of the card's own."""

    def checked(value: Any) -> Any:
        said = f"a mapping of texts to {values}"
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise ValueError(said)
        try:
            return {key: check(one) for key, one in value.items()}
        except ValueError as error:
            raise ValueError(f"{said} (each {error})") from None

    return checked


def json_mapping(value: Any) -> Any:
    """Of texts to JSON values, as they are: keys are made of it."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        raise ValueError("a mapping of texts to JSON values") from None
    return mapping(lambda one: one, "JSON values")(value)
