"""The worst hallucinated words: those with the clearest evidence, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codecbench.analysis.summary import Summary
from codecbench.report.hallucination.changes import Change, ChangedCell

MOST = 40
CONTEXT = 3


@dataclass(frozen=True)
class HallucinatedWord:
    """One hallucinated word where its margin is largest. `also` counts further cells in which it is said there too.

    `said` is empty where the word was inserted, and so is `original_probability`, the right word's on the original.
    `before` and `after` are words of the reference around it.
    """

    said: str
    heard: str
    before: str
    after: str
    name: str
    series: int
    point: str
    utterance: str
    probability: str
    original_probability: str
    margin: str
    near: str
    also: int


def worst_words(cells: Sequence[ChangedCell], summary: Summary) -> list[HallucinatedWord]:
    """By likelihood margin, largest first."""
    groups: dict[tuple[str, int, str | None, str | None], list[tuple[ChangedCell, Change]]] = {}
    for cell in cells:
        for change in cell.changes:
            if change.mark == "H":
                key = (cell.utterance, change.position, change.said, change.heard)
                groups.setdefault(key, []).append((cell, change))
    worst = [(max(group, key=lambda one: one[1].margin or 0.0), len(group) - 1) for group in groups.values()]
    worst.sort(key=lambda one: -(one[0][1].margin or 0.0))
    return [_word(cell, change, also, summary) for (cell, change), also in worst[:MOST]]


def _word(cell: ChangedCell, change: Change, also: int, summary: Summary) -> HallucinatedWord:
    at = change.position
    after = at if change.said is None else at + 1
    before_words, after_words = cell.reference[max(0, at - CONTEXT) : at], cell.reference[after : after + CONTEXT]
    return HallucinatedWord(
        said=change.said or "",
        heard=change.heard or "",
        before=("… " if at > CONTEXT else "") + " ".join(before_words),
        after=" ".join(after_words) + (" …" if after + CONTEXT < len(cell.reference) else ""),
        name=summary.name(cell.place.codec_id),
        series=summary.series[cell.place.codec_id],
        point=cell.place.point,
        utterance=cell.utterance,
        probability=_figure(change.probability, 2),
        original_probability="" if change.original_probability is None else _figure(change.original_probability, 2),
        margin=_figure(change.margin, 1),
        near=change.near,
        also=also,
    )


def _figure(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
