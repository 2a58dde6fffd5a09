"""Size and power of the gate on stored scores: `pytest tests/benchmarks/test_gate_power.py --benchmark-only -s`.

An unchanged run is a draw of speakers, with replacement, from the centred differences of two near checkpoints: all
metrics and operating points of a speaker stay together. Which of the two checkpoints comes first is drawn for each
speaker: neither is the better one. (Word errors need it: a recognizer that loops on one utterance makes a difference of
hundreds of words, and once the mean is centred on it, every draw without its speaker looks like a consistent loss. For
averaged metrics the size is printed without such swaps as well.) A regressed run has a drop added at one operating
point, drawn for each utterance with a standard deviation as large as its mean. Printed is what the gate decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tabulate import tabulate

from codecbench.analysis.bootstrap import Estimate
from codecbench.analysis.paired import Difference, Paired, Value
from codecbench.analysis.significance import PairedTest, max_t
from codecbench.gate.baseline import Baseline, BaselineRow, Scores, Speaker
from codecbench.gate.thresholds import Settings, Threshold, find_thresholds
from codecbench.store.ids import Place

STORED = json.loads(Path(__file__).with_name("gate_noise.json").read_text())
LEVEL = 0.01
UNCHANGED_RUNS = 1000
REGRESSED_RUNS = 100


@dataclass(frozen=True)
class Cell:
    """One metric at one point [utterances], NaN where there is no score; `changes` are centred."""

    place: Place
    metric: str
    before: np.ndarray
    changes: np.ndarray
    sizes: np.ndarray

    @property
    def noise_sd(self) -> float:
        """Of one utterance, weighted as in the mean."""
        there = ~np.isnan(self.changes)
        return float(np.std(self.changes[there], ddof=1) / np.mean(self.sizes[there]))


def load_cells() -> list[Cell]:
    cells = []
    for row in STORED["cells"]:
        before, after = (np.array(row[side], dtype=float) for side in ("before", "after"))
        changes = after - before
        sizes = np.array(row.get("denominators") or np.ones(len(changes)), dtype=float)
        sizes = np.where(np.isnan(changes), np.nan, sizes)
        centred = changes - np.nansum(changes) / np.nansum(sizes) * sizes
        cells.append(Cell(Place(row["codec"], "near", row["point"]), row["metric"], before, centred, sizes))
    return cells


CELLS = load_cells()
SPEAKERS = np.array(STORED["speakers"])
METRICS = list(STORED["higher_is_better"])


def thresholds() -> dict[str, Threshold]:
    """The defaults for this dataset, from the code that the gate uses."""
    names = [f"u{i}" for i in range(len(SPEAKERS))]
    rows: dict[Place, dict[str, Scores]] = {}
    for cell in CELLS:
        scored = zip(names, cell.before, cell.sizes, strict=True)
        values = {name: Value(before, size) for name, before, size in scored if not np.isnan(before)}
        rows.setdefault(cell.place, {})[cell.metric] = Scores("1", values)
    people = {name: Speaker(f"s{speaker}") for name, speaker in zip(names, SPEAKERS, strict=True)}
    found = tuple(BaselineRow(place, metrics) for place, metrics in rows.items())
    baseline = Baseline("stored", "stored", "", "wb", people, {}, found)
    return find_thresholds(baseline, METRICS, len(CELLS), Settings(), baseline.clusters)


THRESHOLDS = thresholds()


@dataclass(frozen=True)
class Drawn:
    """Utterances of a run (with repeats), who counts as their speaker, and -1 where the checkpoints are swapped."""

    utterances: np.ndarray
    speakers: np.ndarray
    signs: np.ndarray


def draw(random: np.random.Generator, swap: bool) -> Drawn:
    people = random.integers(0, SPEAKERS.max() + 1, SPEAKERS.max() + 1)
    signs = random.choice([-1.0, 1.0], len(people)) if swap else np.ones(len(people))
    groups = [np.flatnonzero(person == SPEAKERS) for person in people]
    whose = np.concatenate([np.full(len(group), index) for index, group in enumerate(groups)])
    return Drawn(np.concatenate(groups), whose, signs[whose])


def as_test(cell: Cell, drawn: Drawn, drop: np.ndarray | None = None) -> PairedTest:
    """The change of one cell in a run; `drop` [utterances] is added as a loss."""
    higher = STORED["higher_is_better"][cell.metric]
    changes, sizes = drawn.signs * cell.changes[drawn.utterances], cell.sizes[drawn.utterances]
    if drop is not None:
        changes = changes + (-1 if higher else 1) * drop * sizes
    differences = tuple(
        Difference(f"u{i:03d}", f"s{speaker:02d}", 0.0, change / size, change, size)
        for i, (change, size, speaker) in enumerate(zip(changes, sizes, drawn.speakers, strict=True))
        if not np.isnan(change)
    )
    mean = fsum(d.numerator for d in differences) / fsum(d.denominator for d in differences)
    paired = Paired(0.0, mean, Estimate(mean, None, None, 0), differences)
    return PairedTest(paired, -1 if higher else 1, higher is None, THRESHOLDS[cell.metric].value)


def fails(tests: list[PairedTest]) -> np.ndarray:
    """Per cell, as the gate decides."""
    return np.asarray(max_t(tests).adjusted <= LEVEL)


def runs(count: int, seed: int, swap: bool = True) -> Iterator[tuple[np.random.Generator, Drawn]]:
    for number in range(count):
        random = np.random.default_rng([seed, number])
        yield random, draw(random, swap)


def false_alarms(cells: list[Cell], count: int, swap: bool) -> dict[str, int]:
    """Unchanged runs that fail anywhere (`any`), and by metric."""
    found = dict.fromkeys(["any", *dict.fromkeys(cell.metric for cell in cells)], 0)
    for _, drawn in runs(count, 1, swap):
        failed = {cell.metric for cell, f in zip(cells, fails([as_test(c, drawn) for c in cells]), strict=True) if f}
        found["any"] += bool(failed)
        for metric in failed:
            found[metric] += 1
    return found


def caught(metric: str, mean: float, count: int) -> float:
    """Share of runs in which a drop of `mean` at one operating point (each in turn) is named."""
    places = [index for index, cell in enumerate(CELLS) if cell.metric == metric]
    hits = 0
    for number, (random, drawn) in enumerate(runs(count, 2)):
        drop = random.normal(mean, mean, len(drawn.utterances))
        target = places[number % len(places)]
        tests = [as_test(cell, drawn, drop if i == target else None) for i, cell in enumerate(CELLS)]
        hits += bool(fails(tests)[target])
    return hits / count


@pytest.mark.benchmark(group="size of the gate")
@pytest.mark.parametrize("swap", [True, False], ids=["all metrics", "averaged metrics, checkpoints never swapped"])
def test_at_most_one_per_cent_of_unchanged_runs_fail(
    benchmark: Any, capsys: pytest.CaptureFixture[str], swap: bool
) -> None:
    cells = [cell for cell in CELLS if swap or np.nanmax(cell.sizes) == 1]
    found = benchmark.pedantic(false_alarms, (cells, UNCHANGED_RUNS, swap), rounds=1)
    rows = [[name, f"{100 * found[name] / UNCHANGED_RUNS:.2f} %", *about(name)] for name in found]
    headers = ["metric", "runs that fail", "threshold", "assumed noise", "measured noise"]
    title = f"{UNCHANGED_RUNS} unchanged runs of {len(cells)} cells, checkpoints {'' if swap else 'never '}swapped"
    show(capsys, title, tabulate(rows, headers=headers))
    assert found["any"] <= LEVEL * UNCHANGED_RUNS


@pytest.mark.benchmark(group="power of the gate")
def test_a_drop_of_0_05_pesq_at_one_point_is_caught(benchmark: Any, capsys: pytest.CaptureFixture[str]) -> None:
    share = benchmark.pedantic(caught, ("pesq_wb", 0.05, 4 * REGRESSED_RUNS), rounds=1)
    show(capsys, "drop of 0.05 ± 0.05 PESQ-WB at one operating point", f"caught in {100 * share:.1f} %")
    assert share >= 0.95


@pytest.mark.benchmark(group="power of the gate")
def test_claimed_drops_of_every_metric(benchmark: Any, capsys: pytest.CaptureFixture[str]) -> None:
    claims = {name: found.claim for name, found in THRESHOLDS.items() if found.claim is not None}
    powers = benchmark.pedantic(
        lambda: {name: caught(name, claim, REGRESSED_RUNS) for name, claim in claims.items()}, rounds=1
    )
    rows = [[name, f"{claims[name]:.3g}", f"{100 * power:.1f} %"] for name, power in powers.items()]
    show(capsys, "the claimed drop at one operating point, its standard deviation as large as its mean",
         tabulate(rows, headers=["metric", "claimed drop", "caught"]))  # fmt: skip
    assert min(powers.values()) > 0.5


def about(name: str) -> list[str]:
    if name not in THRESHOLDS:
        return ["", "", ""]
    measured = [cell.noise_sd for cell in CELLS if cell.metric == name]
    found = THRESHOLDS[name]
    return [f"{found.value:.3g}", f"{found.noise_sd:.3g}", f"{np.sqrt(np.mean(np.square(measured))):.3g}"]


def show(capsys: pytest.CaptureFixture[str], title: str, text: str) -> None:
    with capsys.disabled():
        print(f"\n{title}\n{text}")
