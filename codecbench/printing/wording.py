"""How the gate prints differences: small numbers need more digits than the means they are taken of."""

from __future__ import annotations

from math import isfinite

from codecbench.printing.figures import UNKNOWN, Style, significant


def small(style: Style, value: float | None) -> str:
    """Two significant digits in the metric's printed unit.

    >>> small(Style(1.0, 2, "MOS"), 0.01234), small(Style(100.0, 1, "%"), -0.0251), small(Style(1.0, 2, ""), None)
    ('0.012', '-2.5', '–')
    """
    if value is None or not isfinite(value):
        return UNKNOWN
    return significant(value * style.factor, 2)


def signed(style: Style, value: float | None) -> str:
    """With its sign."""
    text = small(style, value)
    return text if value is None or text.startswith(("-", UNKNOWN)) or value == 0 else f"+{text}"


def percent(share: float | None) -> str:
    return UNKNOWN if share is None else f"{100 * share:.0f} %"


def count(number: int, noun: str) -> str:
    """`1 utterance`, `2 utterances`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
