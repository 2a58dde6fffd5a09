"""The trainings kept in `recipes/trained`: what each has reached, from its own progress file, and how it came there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from recipes.codecs import nominal_kbps
from recipes.documents.reference_track import by_name, chosen, first_seed
from recipes.documents.reports import TITLES, rows
from recipes.findings.costs import read_costs
from recipes.findings.curves import at_costs, budgets_of, heading
from recipes.findings.equal_compute import read_equal_compute
from recipes.findings.results import load
from recipes.findings.tables import score_cell

TRAINED = Path(__file__).parents[1] / "trained"
SHOWN_KBPS = (1, 2, 3, 6)
SCORES = {"estoi": ("ESTOI", 3), "pesq_wb": ("PESQ-WB", 2)}
TRACK, COSTS = TRAINED / "reference-track.json", TRAINED / "update-costs.json"
SHARE = TRAINED / "quarter-of-the-speech.json"
TWO_CHANGES = TRAINED / "encodec-two-changes.json"
"""EnCodec with weight normalisation and branches of the usual size, as `TRACK` had it before."""


def trained_tables(folder: Path = TRAINED) -> str:
    """Markdown: a table for each kept training, in the order of their names."""
    files = sorted(folder.glob("*/progress.json"))
    return "\n\n".join(_table(json.loads(file.read_text(encoding="utf-8"))) for file in files)


def learned_table(file: Path = TRACK) -> str:
    """Markdown: ESTOI of the test speakers by updates, at each codec's highest rate and with the quantizer bypassed."""
    trainings = load(file)
    results, budgets = first_seed(trainings), budgets_of(trainings)
    heads = " | ".join(map(heading, budgets))
    lines = []
    for codec in by_name({codec for codec, _ in results}):
        mine = [results.get((codec, budget)) for budget in budgets]
        scores = [None if one is None else one.highest("estoi") for one in mine]
        scores += [None if one is None else one.bypassed("estoi") for one in mine]
        lines.append([TITLES[codec], *map(score_cell, scores)])
    return rows(f"| | {heads} | no quantizer: {heads} |", lines)


def equal_compute_table(file: Path = TRACK, costs: Path = COSTS) -> str:
    """Markdown: the same trainings by CPU minutes, of those whose update was measured."""
    known = read_costs(costs)
    reading = read_equal_compute([at_costs(one, known) for one in chosen(load(file))], "estoi")
    if reading is None:
        return "No training is finished whose update was measured."
    lines = [[TITLES[codec], *reading.cells(codec)] for codec in by_name(reading.scores)]
    head = f"| CPU minutes | {' | '.join(map(str, reading.minutes))} |"
    return rows(head, [line for line in lines if any(line[1:])])


def costs_row(file: Path = COSTS) -> str:
    """Markdown: CPU seconds of an update by codec."""
    known = read_costs(file)
    named = by_name(known.seconds)
    head = f"| | {' | '.join(TITLES[codec] for codec in named)} |"
    return rows(head, [[known.processor, *(f"{known.seconds[codec]:.3f}" for codec in named)]])


def share_table(file: Path = TRACK, less: Path = SHARE) -> str:
    """Markdown: what the same training of a codec is better by with all of the speech, by paired test speakers."""
    (part,) = load(less)
    whole = first_seed(load(file))[part.codec, part.budget]
    lines = []
    for metric, (title, _) in SCORES.items():
        cells = []
        for kbps in whole.test:
            ours, theirs = whole.test[kbps][metric], part.test[kbps][metric]
            apart = [ours[speaker] - theirs[speaker] for speaker in ours]
            cells.append(f"{fmean(apart):.3f} ± {stdev(apart) / len(apart) ** 0.5:.3f}")
        lines.append([title, *cells])
    return rows(f"| with all, less with a quarter | {' | '.join(f'{kbps:g} kbps' for kbps in whole.test)} |", lines)


def changes_table(file: Path = TRACK, before: Path = TWO_CHANGES) -> str:
    """Markdown: EnCodec with two of four changes and with all, of the test speakers, by updates."""
    two, four = first_seed(load(before)), first_seed(load(file))
    lines = []
    for place in sorted(two.keys() & four.keys(), key=lambda place: two[place].updates):
        for what, one in (("two", two[place]), ("all four", four[place])):
            scores = [one.reported[kbps]["estoi"] for kbps in (1.0, 3.0, 6.0)] + [one.bypassed("estoi")]
            lines.append([f"{one.updates:,}", what, *map(score_cell, scores)])
    return rows("| updates | changes | 1 kbps | 3 kbps | 6 kbps | no quantizer |", lines)


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
