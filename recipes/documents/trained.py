"""The trainings kept in `recipes/trained`: what each has reached, from its own progress file, and how it came there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from recipes.codecs import nominal_kbps, trained
from recipes.documents.reports import TITLES
from recipes.findings.costs import UpdateCosts, read_costs
from recipes.findings.curves import at_costs, budgets_of
from recipes.findings.equal_compute import read_equal_compute
from recipes.findings.results import Result, at_rates_gone_on_with, load
from recipes.training.schedule import BUDGETS, START

TRAINED = Path(__file__).parents[1] / "trained"
SHOWN_KBPS = (1, 2, 3, 6)
SCORES = {"estoi": ("ESTOI", 3), "pesq_wb": ("PESQ-WB", 2)}
TRACK, COSTS = TRAINED / "reference-track.json", TRAINED / "update-costs.json"


def trained_tables(folder: Path = TRAINED) -> str:
    """Markdown: a table for each kept training, in the order of their names."""
    files = sorted(folder.glob("*/progress.json"))
    return "\n\n".join(_table(json.loads(file.read_text(encoding="utf-8"))) for file in files)


def learned_table(file: Path = TRACK) -> str:
    """Markdown: ESTOI of the test speakers by updates, at each codec's highest rate and with the quantizer bypassed."""
    results = at_rates_gone_on_with(load(file))
    budgets = budgets_of(results)
    heads = ["before" if budget == START else f"{BUDGETS[budget]:,}" for budget in budgets]
    lines = [
        f"| | {' | '.join(heads)} | no quantizer: {' | '.join(heads)} |",
        "|---" * (2 * len(budgets) + 1) + "|",
    ]
    for codec in (name for name in trained() if any(one.codec == name for one in results)):
        by_budget = {one.budget: one for one in results if one.codec == codec and one.seed == 0}
        coded, free = ([_told(by_budget.get(budget), score) for budget in budgets] for score in (_coded, _free))
        lines.append(f"| {TITLES[codec]} | {' | '.join([*coded, *free])} |")
    return "\n".join(lines)


def equal_compute_table(file: Path = TRACK, costs: Path = COSTS) -> str:
    """Markdown: the same trainings by CPU minutes, of those whose update was measured."""
    known = read_costs(costs)
    results = [at_costs(one, known) for one in at_rates_gone_on_with(load(file)) if one.codec in known.seconds]
    reading = read_equal_compute(results, "estoi")
    if reading is None:
        return "No training is finished whose update was measured."
    lines = [f"| CPU minutes | {' | '.join(map(str, reading.minutes))} |", "|---" * (len(reading.minutes) + 1) + "|"]
    for codec in (name for name in trained() if any(score is not None for score in reading.scores.get(name, ()))):
        cells = ("" if score is None else f"{score:.3f}" for score in reading.scores[codec])
        lines.append(f"| {TITLES[codec]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def costs_row(file: Path = COSTS) -> str:
    """Markdown: CPU seconds of an update by codec."""
    known: UpdateCosts = read_costs(file)
    named = [TITLES[codec] for codec in known.seconds]
    return "\n".join([
        f"| | {' | '.join(named)} |", "|---" * (len(named) + 1) + "|",
        f"| {known.processor} | {' | '.join(f'{each:.3f}' for each in known.seconds.values())} |",
    ])  # fmt: skip


def _told(result: Result | None, score: Callable[[Result], float]) -> str:
    return "" if result is None else f"{score(result):.3f}"


def _coded(result: Result) -> float:
    return result.reported[max(result.reported)]["estoi"]


def _free(result: Result) -> float:
    return fmean(result.unquantized["estoi"].values())


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
