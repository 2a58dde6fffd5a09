"""Conditions as they are named: `noise:10@input` is a name, a value, and what decoded signals are held to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codecbench.errors import UsageError

if TYPE_CHECKING:
    from codecbench.api import ConditionCard

AGAINST_INPUT = "@input"
"""Ends a condition whose decoded signals are held to what the codec was given."""


LABELLED = re.compile(r"([^()]*)\(([^()]*)\)")
"""A condition with the user's recordings: its name, and theirs."""


class ConditionParts(NamedTuple):
    """Of a condition as it is named."""

    name: str
    value: str | None
    against_input: bool


def split_condition(text: str) -> ConditionParts:
    """`noise:10@input` as its parts, whatever they are.

    >>> split_condition("noise:10@input"), split_condition("silence")
    (ConditionParts(name='noise', value='10', against_input=True), ConditionParts(name='silence', value=None, \
against_input=False))
    """
    name, colon, value = text.removesuffix(AGAINST_INPUT).partition(":")
    return ConditionParts(name, value if colon else None, text.endswith(AGAINST_INPUT))


def split_label(name: str) -> tuple[str, str]:
    """A condition's registered name, and that of the recordings in it.

    >>> split_label("noise(cafe-1a2b3c4d)"), split_label("noise")
    (('noise', 'cafe-1a2b3c4d'), ('noise', ''))
    """
    match = LABELLED.fullmatch(name)
    return (match[1], match[2]) if match else (name, "")


def short_value(value: float | str) -> str:
    """A number in its shortest form; a text as it is.

    >>> short_value(10.0), short_value(1e-3), short_value(1e-5), short_value("opus@12")
    ('10', '0.001', '1e-5', 'opus@12')
    """
    return value if isinstance(value, str) else f"{value:g}".replace("e-0", "e-")


def read_value(text: str, card: ConditionCard, value: str | None) -> float | str | None:
    """Of the condition `text`. A value that is text is for its factory to check. Raises UsageError where it takes none,
    or not this.
    """
    low, high = card.low, card.high
    if not card.takes_value:
        if value is not None:
            raise UsageError(f"--condition '{text}': {card.id} takes no value")
        return None
    if card.text:
        if not value:
            raise UsageError(f"--condition '{text}': expected {card.id}:{card.text}")
        return value
    ends = f"{low:g} to {high:g}" if low is not None and high is not None else f"from {low}" if high is None else ""
    expected = f"expected {card.id}:NUMBER, {ends} {card.unit}".rstrip()
    try:
        number = float(value or "")
    except ValueError:
        raise UsageError(f"--condition '{text}': {expected}") from None
    if not np.isfinite(number) or (low is not None and number < low) or (high is not None and number > high):
        raise UsageError(f"--condition '{text}': {expected}")
    return number
