"""Where events are few or come in bursts: do intervals hold the truth, and marks their promise?

`pytest tests/benchmarks/test_rate_coverage.py --benchmark-only -s`. Speakers say so many utterances as in `eval` (its
first k, so that ten of twenty say most), or two each. An interval is *marked* where it is indicative or its events are
rare. Of the unmarked at least 91 % are to hold the truth. That is asked where a tenth of a law's intervals is unmarked:
where fewer are, those few runs are unmarked because they saw far more events than there are, and miss for that.

Loops of the recognizer are cut before anything is counted; what a cut leaves is a few words. Uncut loops are here for
comparison: half of all runs have seen none, whose truth lies far above anything that they measured. No method helps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from tabulate import tabulate

from codecbench.analysis.bootstrap import Estimate, estimate
from codecbench.analysis.paired import Difference, Paired
from codecbench.analysis.rivals import METRIC_LEVEL
from codecbench.analysis.significance import PairedTest, max_t
from codecbench.analysis.summary import PRIMARY

RUNS = 400
FAMILIES = 2000
EVAL = (10, 6, 6, 6, 6, *(2,) * 8, *(1,) * 25)
SPEAKERS = (3, 6, 10, 12, 15, 20, 38)
LEAST, MOST_WRONG = 0.91, 0.06
UNMARKED = 0.1
"""Share of unmarked intervals from which on they are judged."""
LEFT, UNCUT = (1, 6), (100, 224)
"""Words that a loop adds, cut and not: lowest, and highest plus one."""
WORDS = (5, 25)
CHANCE = 2.33
"""A simulated share may miss its bound by so many standard errors (1 %, one-sided)."""

Floats = np.ndarray


@dataclass(frozen=True)
class Sample:
    """Of each utterance."""

    numerators: Floats
    denominators: Floats


def said(g: np.random.Generator, who: Floats) -> Floats:
    return g.integers(*WORDS, len(who))


def wrong(g: np.random.Generator, who: Floats, words: Floats, share: float, shape: float) -> Floats:
    """Errors: each speaker has a share of their own, gamma with `shape` around `share`."""
    own = np.clip(share * g.gamma(shape, 1 / shape, who.max() + 1), 0, 1)
    return g.binomial(words, own[who]).astype(float)


def normal(g: np.random.Generator, who: Floats) -> Sample:
    values = g.normal(2.0, 0.3, who.max() + 1)[who] + g.normal(0, 0.3, len(who))
    return Sample(values, np.ones(len(who)))


def errors(share: float, shape: float) -> Callable[[np.random.Generator, Floats], Sample]:
    def draw(g: np.random.Generator, who: Floats) -> Sample:
        words = said(g, who)
        return Sample(wrong(g, who, words, share, shape), words.astype(float))

    return draw


def looping(added: tuple[int, int]) -> Callable[[np.random.Generator, Floats], Sample]:
    """30 % WER, and a loop in 1 % of utterances."""

    def draw(g: np.random.Generator, who: Floats) -> Sample:
        words = said(g, who)
        loops = (g.random(len(who)) < 0.01) * g.integers(*added, len(who))
        return Sample(wrong(g, who, words, 0.3, 6.0) + loops, words.astype(float))

    return draw


def with_loops(added: tuple[int, int]) -> float:
    return 0.3 + 0.01 * (sum(added) - 1) / (sum(WORDS) - 1)


@dataclass(frozen=True)
class Law:
    draw: Callable[[np.random.Generator, Floats], Sample]
    truth: float
    counts: bool = True
    held: bool = True


LAWS: Mapping[str, Law] = {
    "normal": Law(normal, 2.0, counts=False),
    "10 % WER": Law(errors(0.1, 4.0), 0.1),
    "2 %, zero-heavy": Law(errors(0.02, 0.5), 0.02),
    "0.5 % events": Law(errors(0.005, 1.0), 0.005),
    "30 %, loops cut": Law(looping(LEFT), with_loops(LEFT)),
    "30 %, loops uncut": Law(looping(UNCUT), with_loops(UNCUT), held=False),
}


@dataclass(frozen=True)
class Coverage:
    """Shares of runs: all intervals that hold the truth, the unmarked, and of these those that hold it."""

    every: float
    unmarked: float
    held: float | None

    def __str__(self) -> str:
        held = "" if self.held is None else f", {100 * self.held:.0f} of {100 * self.unmarked:.0f} % unmarked"
        return f"{100 * self.every:.0f}{held}"


def cover(law: Law, layout: tuple[int, ...]) -> Coverage:
    who = np.repeat(np.arange(len(layout)), layout)
    names = [f"s{speaker}" for speaker in who]
    hits, unmarked = [], []
    for run in range(RUNS):
        sample = law.draw(np.random.default_rng([17, run]), who)
        found = estimate(sample.numerators.tolist(), sample.denominators.tolist(), names, counts=law.counts)
        hits.append(found.low is not None and found.high is not None and found.low <= law.truth <= found.high)
        unmarked.append(not found.indicative and not found.rare)
    hit, clear = np.array(hits), np.array(unmarked)
    return Coverage(float(hit.mean()), float(clear.mean()), float(hit[clear].mean()) if clear.any() else None)


def layouts(kind: str) -> list[tuple[int, ...]]:
    return [EVAL[:count] if kind == "eval" else (2,) * count for count in SPEAKERS]


@pytest.mark.benchmark(group="coverage of intervals")
@pytest.mark.parametrize("kind", ["eval", "two each"])
def test_what_is_not_marked_holds_the_truth(benchmark: Any, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    found = benchmark.pedantic(
        lambda: {name: [cover(law, layout) for layout in layouts(kind)] for name, law in LAWS.items()}, rounds=1
    )
    with capsys.disabled():
        print(f"\n95 % intervals that hold the truth, % of {RUNS} runs, by speakers ({kind})")
        print(tabulate([[name, *map(str, row)] for name, row in found.items()], headers=["", *map(str, SPEAKERS)]))
    judged = [
        (name, count, one)
        for name, row in found.items()
        for count, one in zip(SPEAKERS, row, strict=True)
        if LAWS[name].held and one.held is not None and one.unmarked >= UNMARKED
    ]
    assert {name for name, _, _ in judged} >= {"normal", "10 % WER", "2 %, zero-heavy", "30 %, loops cut"}
    for name, count, one in judged:
        chance = CHANCE * np.sqrt(LEAST * (1 - LEAST) / (RUNS * one.unmarked))
        assert one.held is not None
        assert one.held >= LEAST - chance, (name, count, str(one))


@dataclass(frozen=True)
class Loops:
    """One codec's loops: each adds `added` words. Both codecs have the same rate of errors as they are counted."""

    added: tuple[int, int]
    share: float

    @property
    def often(self) -> float:
        """Loops per utterance, so that they are `share` of the codec's errors."""
        return self.share * 0.1 * (sum(WORDS) - 1) / (sum(self.added) - 1)


CUT = Loops(LEFT, 0.15 * (sum(LEFT) - 1) / (sum(UNCUT) - 1))
"""As many loops as were 15 % of all errors before they were cut."""
KEPT = Loops(UNCUT, 0.15)


def word_differences(g: np.random.Generator, who: Floats, loops: Loops) -> PairedTest:
    """A codec with loops minus one without, on the same words and speakers, both at 10 %."""
    words = said(g, who)
    own = g.gamma(4.0, 0.25, who.max() + 1)[who]
    clean = g.binomial(words, np.clip(0.1 * own, 0, 1))
    looped = g.binomial(words, np.clip((1 - loops.share) * 0.1 * own, 0, 1))
    looped += (g.random(len(who)) < loops.often) * g.integers(*loops.added, len(who))
    return paired_test(who, (looped - clean).astype(float), words.astype(float))


def paired_test(who: Floats, changes: Floats, sizes: Floats) -> PairedTest:
    """A speaker's utterances as one sum: nothing else of them counts."""
    sums = (np.bincount(who, one).tolist() for one in (changes, sizes))
    differences = tuple(
        Difference(f"s{i:02d}", f"s{i:02d}", 0.0, change / size, change, size)
        for i, (change, size) in enumerate(zip(*sums, strict=True))
    )
    blank = Estimate(float(changes.sum() / sizes.sum()), None, None, 0)
    return PairedTest(Paired(0.0, 0.0, blank, differences), two_sided=True)


def wrongly_ahead(layout: tuple[int, ...], loops: Loops) -> float:
    """Share of runs in which the two equal codecs are said to differ in any of the four metrics."""
    who = np.repeat(np.arange(len(layout)), layout)
    alarms = 0
    for run in range(FAMILIES):
        g = np.random.default_rng([19, run])
        tests = [word_differences(g, who, loops)]
        for _ in PRIMARY[1:]:
            spread = g.normal(0, 0.1, len(layout))[who] + g.normal(0, 0.2, len(who))
            tests.append(paired_test(who, spread, np.ones(len(who))))
        alarms += any(max_t([test], METRIC_LEVEL).adjusted[0] <= METRIC_LEVEL for test in tests)
    return alarms / FAMILIES


@pytest.mark.benchmark(group="family error of rivals")
def test_loops_make_nobody_ahead(benchmark: Any, capsys: pytest.CaptureFixture[str]) -> None:
    counts = (8, 15, 20, 38)
    found = benchmark.pedantic(
        lambda: {
            name: [wrongly_ahead(EVAL[:count], loops) for count in counts]
            for name, loops in (("loops cut", CUT), ("loops uncut", KEPT))
        },
        rounds=1,
    )
    with capsys.disabled():
        print(f"\nany wrong “ahead” in {len(PRIMARY)} metrics, % of {FAMILIES} runs, by speakers")
        rows = [[name, *(f"{100 * share:.1f}" for share in row)] for name, row in found.items()]
        print(tabulate(rows, headers=["", *map(str, counts)]))
    chance = CHANCE * np.sqrt(MOST_WRONG * (1 - MOST_WRONG) / FAMILIES)
    assert max(found["loops cut"]) <= MOST_WRONG + chance
