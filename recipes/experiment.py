"""The controlled experiment: every codec with equal updates, crops and losses, at three budgets and several seeds.

Rates first: each codec's trunk is trained for a few updates at each of the same three learning rates, and goes on with
the one whose averaged weights have the best ESTOI (mean over operating points) for the held-out speakers. Then all
codecs get the quarter budget, then half, then the whole; then other seeds. The command can be run several times at
once, or on several machines with one folder: a lock keeps two from doing the same piece, and all goes on where it
stopped.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Protocol

import torch
from filelock import FileLock, Timeout

from recipes.checkpoints import Keeping, latest_state
from recipes.data import Speech
from recipes.families import FAMILIES
from recipes.progress import Settings
from recipes.schedule import BUDGETS, RATES, SEARCHED, Leg, branch
from recipes.trainer import Training
from recipes.training import FACTS, Order, carry_out
from recipes.validation import validate

STEPS = ("quarter", "half", "small")
SEEDS = 2
REPEATED = {"vocodec": 3, "ibpcodec": 3}
"""Codecs with more seeds than the rest: from them, the spread between seeds is known better."""
MARKS = tuple(branch(BUDGETS[name]) for name in STEPS)
CHOICE = "chosen.json"
WAIT_S = 20.0

Log = Callable[[str], None]


@dataclass(frozen=True)
class Bench:
    """What all pieces of the experiment share."""

    out: Path
    speech: Speech
    log: Log
    minutes: float | None = None
    device: str = "cpu"
    threads: int = 1
    batch: int = 4
    crop_seconds: float = 0.8

    def settings(self, codec: str, rate: float, seed: int) -> Settings:
        return Settings(codec, rate, seed, self.batch, self.crop_seconds)

    def folder(self, codec: str, rate: float, seed: int) -> Path:
        return self.out / codec / f"rate-{rate:g}-seed-{seed}"

    def chosen_rate(self, codec: str) -> float | None:
        """The rate that the search found best, once all were tried."""
        found = {}
        for rate in RATES:
            path = self.folder(codec, rate, 0) / CHOICE
            if not path.is_file():
                return None
            terms = json.loads(path.read_text())["validation"].values()
            found[rate] = fmean(term["estoi"] for term in terms)
        return max(found, key=lambda rate: found[rate])


class Piece(Protocol):
    codec: str

    def place(self, bench: Bench) -> Path | None:
        """Its folder, to be locked; None while something before it is not done."""
        ...

    def done(self, bench: Bench) -> bool: ...

    def do(self, bench: Bench, minutes: float | None) -> None: ...


@dataclass(frozen=True)
class Search:
    """A trunk's first updates at one rate, and what they reach."""

    codec: str
    rate: float

    def place(self, bench: Bench) -> Path:
        return bench.folder(self.codec, self.rate, 0)

    def done(self, bench: Bench) -> bool:
        return (self.place(bench) / CHOICE).is_file()

    def do(self, bench: Bench, minutes: float | None) -> None:
        settings = bench.settings(self.codec, self.rate, 0)
        training = trunk(settings, bench, self.place(bench), SEARCHED, minutes)
        if training is None:
            return
        found = validate(training.trainee, training.average.values, bench.speech.validation)
        facts = {"updates": training.progress.updates, "rate": self.rate, "validation": found}
        (self.place(bench) / CHOICE).write_text(json.dumps(facts, indent=1) + "\n")
        bench.log(f"{self.codec} rate {self.rate:g}: ESTOI {fmean(term['estoi'] for term in found.values()):.4f}")


@dataclass(frozen=True)
class Step:
    """One codec, budget and seed at the chosen rate: the trunk that far, and the way down."""

    codec: str
    budget: str
    seed: int

    def place(self, bench: Bench) -> Path | None:
        rate = bench.chosen_rate(self.codec)
        return None if rate is None else bench.folder(self.codec, rate, self.seed)

    def done(self, bench: Bench) -> bool:
        place = self.place(bench)
        return place is not None and (place / self.budget / FACTS).is_file()

    def do(self, bench: Bench, minutes: float | None) -> None:
        rate, place, updates = bench.chosen_rate(self.codec), self.place(bench), BUDGETS[self.budget]
        assert rate is not None
        assert place is not None
        settings, mark = bench.settings(self.codec, rate, self.seed), place / f"mark_checkpoint_{branch(updates)}.pt"
        if not mark.is_file() and trunk(settings, bench, place, branch(updates), minutes) is None:
            return
        keeping = Keeping(place / self.budget, stop_after_minutes=minutes)
        order = Order(settings, Leg.whole(updates), keeping, mark, device=bench.device, threads=bench.threads)
        carry_out(order, bench.speech, bench.log)


def trunk(settings: Settings, bench: Bench, folder: Path, until: int, minutes: float | None) -> Training | None:
    """The trunk in `folder` trained until `until` updates; None where the time was up before."""
    torch.set_num_threads(bench.threads)
    training = Training(FAMILIES[settings.codec](settings.seed), bench.speech, settings, bench.device)
    if state := latest_state(folder):
        training.resume(state)
    bench.log(f"{settings.codec} rate {settings.rate:g} seed {settings.seed}: {training.progress.updates} to {until}")
    keeping = Keeping(folder, marks=MARKS, stop_after_minutes=minutes)
    return training if training.run(Leg(until), keeping, bench.log) else None


def pieces(codecs: tuple[str, ...]) -> list[Piece]:
    """All pieces in the order of their use: what compares all codecs comes before what adds a seed."""
    found: list[Piece] = [Search(codec, rate) for codec in codecs for rate in RATES]
    for seed in range(max(SEEDS, *REPEATED.values())):
        chosen = [codec for codec in codecs if seed < REPEATED.get(codec, SEEDS)]
        found += [Step(codec, budget, seed) for budget in STEPS for codec in chosen]
    return found


def work(bench: Bench, codecs: tuple[str, ...]) -> bool:
    """Do whatever is to be done and nobody else does, until all is or the time is up; gives whether all is."""
    end = None if bench.minutes is None else time.monotonic() + 60 * bench.minutes
    while todo := [piece for piece in pieces(codecs) if not piece.done(bench)]:
        left = None if end is None else (end - time.monotonic()) / 60
        if left is not None and left <= 0:
            bench.log(f"the time is up; {len(todo)} pieces are left, the same command goes on")
            return False
        if not any(_attempt(piece, bench, left) for piece in todo):
            time.sleep(WAIT_S)  # others are at it
    return True


def _attempt(piece: Piece, bench: Bench, minutes: float | None) -> bool:
    place = piece.place(bench)
    if place is None:
        return False
    place.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(place / ".lock", timeout=0):
            if not piece.done(bench):
                piece.do(bench, minutes)
            return True
    except Timeout:
        return False


def finished(out: Path) -> Iterator[Path]:
    """The folders of all finished trainings below `out`."""
    return (path.parent for path in sorted(out.glob(f"*/*/*/{FACTS}")))
