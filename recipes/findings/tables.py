"""What the recipes print as Markdown: tables, and the speech that they are of."""

from __future__ import annotations

from collections.abc import Sequence

from tabulate import tabulate

from codecbench.analysis.summary import Summary

QUALITY = ("estoi", "pesq_wb")
"""The metrics by which the recipes judge, by id."""


def table(lines: Sequence[Sequence[str]], headers: Sequence[str]) -> str:
    """Cells as they are written: no figure is formatted again."""
    printed: str = tabulate(lines, headers=headers, tablefmt="github", disable_numparse=True)
    return printed


def speech_of(summary: Summary) -> str:
    """`75 utterances of 38 speakers, 8.1 minutes of speech`, of a run."""
    kind = "synthetic speech" if summary.synthetic else "speech"
    return (
        f"{summary.utterances} utterances of {summary.speakers} speakers, {summary.seconds / 60:.1f} minutes of {kind}"
    )
