"""The worst utterances of each codec × point with their changed words, as rows for the section's script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codecbench.report.hallucination.changes import Change, ChangedCell
from codecbench.store.ids import Place

WORST = 6
"""Utterances per codec × point; those with embedded audio come on top of these."""
MOST_CHANGES = 60
"""Per utterance: a recognizer that has lost its way changes hundreds, of which nobody reads more."""
WHOLE = 60
"""Reference words up to which a text is shown whole, else only what is around its changes."""
AROUND = 6

Audio = Mapping[tuple[str, Place | None], str]
"""Key of a kept clip by utterance and place; place None is the original."""


@dataclass(frozen=True)
class _Chosen:
    cells: list[ChangedCell]
    left: list[ChangedCell]


def transcript_data(
    cells: Sequence[ChangedCell], places: Sequence[Place], audio: Audio, seconds: Mapping[str, float]
) -> dict[str, Any]:
    """JSON for the script; the words of an utterance are there once, however many codecs changed them.

    `utterances`: [id, reference words in all, their seconds, runs of words as [first position, words...], stand-in].
    `cells`: per place, [utterance, seed, changes, changes left out]. `left`: per place, [utterances, H, E] not shown.
    `audio`: by utterance, then by place ("" is the original), keys for the player.
    """
    chosen = [_choose([cell for cell in cells if cell.place == place], audio) for place in places]
    shown = [cell for one in chosen for cell in one.cells]
    names = list(dict.fromkeys(cell.utterance for cell in shown))
    index = {name: number for number, name in enumerate(names)}
    number = {place: n for n, place in enumerate(places)}
    keys: dict[int, dict[str, str]] = {}
    for (utterance, where), key in audio.items():
        if utterance in index and (where is None or where in number):
            keys.setdefault(index[utterance], {})["" if where is None else str(number[where])] = key
    return {
        "utterances": [_text(name, [c for c in shown if c.utterance == name], seconds.get(name)) for name in names],
        "cells": [[_cell(cell, index) for cell in one.cells] for one in chosen],
        "left": [
            [len(one.left), sum(cell.count("H") for cell in one.left), sum(cell.broken for cell in one.left)]
            for one in chosen
        ],
        "audio": keys,
    }


def _choose(cells: Sequence[ChangedCell], audio: Audio) -> _Chosen:
    """Most hallucinated words first, then most changed; the rest is counted."""
    changed = sorted((c for c in cells if c.changes), key=lambda c: (-c.count("H"), -c.broken, c.utterance, c.seed))
    kept = [c for n, c in enumerate(changed) if n < WORST or (c.utterance, c.place) in audio]
    return _Chosen(kept, [c for c in changed if c not in kept])


def _cell(cell: ChangedCell, index: Mapping[str, int]) -> list[Any]:
    shown = [_row(change) for change in cell.changes[:MOST_CHANGES]]
    return [index[cell.utterance], cell.seed, shown, len(cell.changes) - len(shown)]


def _row(change: Change) -> list[Any]:
    """[mark and operation, position, heard, reason, probability, original's, margin, begins, near, repeats, audit]."""
    operation = "i" if change.said is None else "d" if change.heard is None else "s"
    row: list[Any] = [
        change.mark + operation, change.position, change.heard, change.reason or None, _rounded(change.probability, 3),
        _rounded(change.original_probability, 3), _rounded(change.margin, 2), _rounded(change.begins, 2),
        change.near or None, change.repeats or None, change.audit or None,
    ]  # fmt: skip
    while row[-1] is None:
        row.pop()
    return row


def _text(name: str, cells: Sequence[ChangedCell], seconds: float | None) -> list[Any]:
    words = cells[0].reference
    positions = {change.position for cell in cells for change in cell.changes[:MOST_CHANGES]}
    runs = [[0, *words]] if len(words) <= WHOLE else _runs(words, positions)
    return [name, len(words), _rounded(seconds, 2), runs, int(cells[0].stand_in)]


def _runs(words: Sequence[str], positions: Iterable[int]) -> list[list[Any]]:
    """Consecutive words that are near a change, each with the position of its first."""
    near = {n for at in positions for n in range(max(0, at - AROUND), min(len(words), at + AROUND + 1))}
    runs: list[list[Any]] = []
    for n in sorted(near):
        if runs and runs[-1][0] + len(runs[-1]) - 1 == n:
            runs[-1].append(words[n])
        else:
            runs.append([n, words[n]])
    return runs


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
