"""The trainings kept in `recipes/trained`: what each has reached, from its own progress file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from recipes.codecs import nominal_kbps
from recipes.documents.reports import TITLES

TRAINED = Path(__file__).parents[1] / "trained"
SHOWN_KBPS = (1, 2, 3, 6)
SCORES = {"estoi": ("ESTOI", 3), "pesq_wb": ("PESQ-WB", 2)}


def trained_tables(folder: Path = TRAINED) -> str:
    """Markdown: a table for each kept training, in the order of their names."""
    files = sorted(folder.glob("*/progress.json"))
    return "\n\n".join(_table(json.loads(file.read_text(encoding="utf-8"))) for file in files)


def _table(progress: Mapping[str, Any]) -> str:
    codec, spent = progress["codec"], progress["cpu_seconds"] / progress["updates"]
    counts = {kbps: str(books) for books, kbps in nominal_kbps(codec).items() if kbps in SHOWN_KBPS}
    speakers = len(progress["unquantized"])
    head = f"| {TITLES[codec]}: rate {progress['rate']:g}, seed {progress['seed']}, {spent:.3f} CPU s an update |"
    lines = [
        f"{head} {' | '.join(f'{kbps:g} kbps' for kbps in counts)} | no quantizer |",
        "|---" * (len(counts) + 2) + "|",
    ]
    for part, bypassed, what in (
        ("validation", None, f"validation, {progress['validation'][counts[6]]['clips']:.0f} clips"),
        ("test", progress["unquantized"], f"test, {speakers} speakers, whole utterances"),
    ):
        scores = [_means(progress[part][count]) for count in counts.values()]
        lines += _rows(what, [*scores, _means(bypassed) if bypassed else {}])
    return "\n".join(lines)


def _means(scores: Mapping[str, Any]) -> dict[str, float]:
    """Of one operating point: as they are, or over the clips of the test by their names."""
    if all(isinstance(value, Mapping) for value in scores.values()):
        return {name: fmean(clip[name] for clip in scores.values()) for name in SCORES}
    return {name: scores[name] for name in SCORES}


def _rows(what: str, scores: list[dict[str, float]]) -> Iterator[str]:
    for index, (name, (title, digits)) in enumerate(SCORES.items()):
        cells = " | ".join(f"{one[name]:.{digits}f}" if one else "" for one in scores)
        yield f"| {f'{what}: ' if index == 0 else ''}{title} | {cells} |"
