"""The worst utterances of each codec × point with their changed words, as rows for the section's script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codecbench.metrics.hallucination.calibration import VerdictCalibration
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
    cells: Sequence[ChangedCell], places: Sequence[Place], audio: Audio, seconds: Mapping[str, float],
    thresholds: VerdictCalibration | None,
) -> dict[str, Any]:  # fmt: skip
    """JSON for the script; the words of an utterance are there once, however many codecs changed them.

    `utterances`, `cells` (per place) and `left` (per place, what is not shown) are objects: see `_text`, `_cell` and
    `_change`. `audio`: by utterance, then by place ("" is the original), keys for the player.
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
        "cells": [[_cell(cell, index, thresholds) for cell in one.cells] for one in chosen],
        "left": [
            {
                "utterances": len(one.left),
                "hallucinated": sum(cell.count("H") for cell in one.left),
                "changed": sum(cell.broken for cell in one.left),
            }
            for one in chosen
        ],
        "audio": keys,
        "around": AROUND,
    }


def _choose(cells: Sequence[ChangedCell], audio: Audio) -> _Chosen:
    """Most hallucinated words first, then most changed; the rest is counted."""
    changed = sorted((c for c in cells if c.changes), key=lambda c: (-c.count("H"), -c.broken, c.utterance, c.seed))
    kept = [c for n, c in enumerate(changed) if n < WORST or (c.utterance, c.place) in audio]
    return _Chosen(kept, [c for c in changed if c not in kept])


def _cell(
    cell: ChangedCell, index: Mapping[str, int], thresholds: VerdictCalibration | None
) -> dict[str, Any]:  # fmt: skip
    shown = [_change(change, thresholds) for change in cell.changes[:MOST_CHANGES]]
    return {
        "utterance": index[cell.utterance], "seed": cell.seed, "changes": shown,
        "more": len(cell.changes) - len(shown), "cut": cell.cut,
    }  # fmt: skip


def _change(change: Change, thresholds: VerdictCalibration | None) -> dict[str, Any]:
    """`sureFrom`: the probability from which the verdict takes the recognizer for sure. What is unknown is left out."""
    sure_from = None
    if thresholds is not None and change.probability is not None:
        sure_from = thresholds.surely(change.original_probability)
    values = {
        "mark": change.mark, "position": change.position, "heard": change.heard,
        "inserted": change.said is None or None, "reason": change.reason or None,
        "probability": _rounded(change.probability, 3),
        "original": _rounded(change.original_probability, 3), "sureFrom": _rounded(sure_from, 3),
        "margin": _rounded(change.margin, 2), "begins": _rounded(change.begins, 2), "near": change.near or None,
        "repeats": change.repeats or None, "audit": change.audit or None,
    }  # fmt: skip
    return {name: value for name, value in values.items() if value is not None}


def _text(name: str, cells: Sequence[ChangedCell], seconds: float | None) -> dict[str, Any]:
    """`runs` are runs of words, each with the position of its first; `total` counts all words."""
    words = cells[0].reference
    positions = {change.position for cell in cells for change in cell.changes[:MOST_CHANGES]}
    whole = len(words) <= WHOLE
    runs = [{"first": 0, "words": list(words)}] if whole else _runs(words, positions)
    return {
        "id": name, "total": len(words), "seconds": _rounded(seconds, 2), "runs": runs, "whole": whole,
        "standIn": bool(cells[0].stand_in),
    }  # fmt: skip


def _runs(words: Sequence[str], positions: Iterable[int]) -> list[dict[str, Any]]:
    """Consecutive words that are near a change."""
    near = {n for at in positions for n in range(max(0, at - AROUND), min(len(words), at + AROUND + 1))}
    runs: list[dict[str, Any]] = []
    for n in sorted(near):
        if runs and runs[-1]["first"] + len(runs[-1]["words"]) == n:
            runs[-1]["words"].append(words[n])
        else:
            runs.append({"first": n, "words": [words[n]]})
    return runs


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
