"""Reading what was printed as Markdown."""

from __future__ import annotations


def cells(text: str) -> list[list[str]]:
    """The cells of every table's lines in `text`, headers and rules among them."""
    return [row(line) for line in text.splitlines() if line.startswith("|")]


def row(line: str) -> list[str]:
    """The cells of one line; empty where it is not of a table."""
    return [cell.strip() for cell in line.split("|")[1:-1]]
