"""How the page draws each codec: rules of style for its colour, and data for its marker and dash."""

from __future__ import annotations

from typing import Any

from codecbench.analysis.looks import Look
from codecbench.analysis.summary import Summary

DARK_SHARE = 60
"""Per cent of a reader's own colour in the dark theme; the rest is white, else most would vanish."""


def look_css(summary: Summary) -> str:
    """A class `s<series>` for each codec of the run."""
    return "\n".join(
        rule for one, look in summary.looks.items() for rule in _rules(f".s{summary.series[one]}", look.colour)
    )


def look_data(summary: Summary) -> dict[int, dict[str, Any]]:
    """`marker` and `dash` by series."""
    return {summary.series[one]: _data(look) for one, look in summary.looks.items()}


def _data(look: Look) -> dict[str, int]:
    return {"marker": look.marker, "dash": look.dash}


def _rules(name: str, colour: int | str) -> list[str]:
    if isinstance(colour, int):
        return [f"{name} {{ color: var(--c{colour}); }}"]
    mixed = f"color-mix(in srgb, {colour} {DARK_SHARE}%, white)"
    dark = f'@media screen {{ :root[data-theme="dark"] {name} {{ color: {mixed}; }} }}'
    return [f"{name} {{ color: {colour}; }}", dark]
