"""The controlled experiment: every codec with equal updates, crops and losses, at three budgets and several seeds.

Rates first: each codec gets the quarter budget at the highest of the same three learning rates, then at the next lower
one, as long as that ends better: averaged weights, ESTOI (mean over operating points), held-out speakers. A short
search takes low rates, for they disturb the start least, but then learn too little: so where a higher rate was close
to the best, both get half of the budget, and the better one there goes on. Then all codecs get half of the budget,
then the whole, and larger ones where asked; then other seeds, the whole budget first. The command can be run several
times at once, or on several machines with one folder: a lock keeps two from doing the same piece, and all goes on
where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from filelock import FileLock, Timeout

from codecbench.errors import UsageError
from recipes.codecs import build
from recipes.training.checkpoints import Keeping, latest_state
from recipes.training.data import Speech
from recipes.training.job import FACTS, TrainingJob, read_facts, run_job
from recipes.training.progress import Settings
from recipes.training.schedule import BUDGETS, RATES, Leg, branch
from recipes.training.trainer import Diverged, Training

STEPS = tuple(BUDGETS)
"""All budgets, the smallest first."""
SEEDED = "small"
"""The largest budget that has further seeds; larger ones, for a GPU, have one."""
SEEDS = 2
REPEATED = {"vocodec": 3, "ibpcodec": 3}
"""Codecs with more seeds than the rest: from them, the spread between seeds is known better."""
MARKS = tuple(branch(BUDGETS[name]) for name in STEPS)
TRIED, DECIDED = STEPS[:2]
"""The budget that every rate gets, and the one that decides between those that are close after it."""
CLOSE = 0.02
"""Of ESTOI: a higher rate that is as close as this to the best is tried for longer."""
DIVERGED = "diverged.txt"
"""Where a training's loss was not finite: what the trainer said of it."""
WAIT_S = 20.0

Log = Callable[[str], None]


@dataclass(frozen=True)
class ExperimentSetup:
    """What all pieces of the experiment share."""

    out: Path
    speech: Speech
    log: Log
    minutes: float | None = None
    device: str = "cpu"
    threads: int = 1
    batch: int = 4
    crop_seconds: float = 0.8
    largest: str = SEEDED
    """The budget to go up to."""

    def settings(self, codec: str, rate: float, seed: int) -> Settings:
        return Settings(codec, rate, seed, self.batch, self.crop_seconds)

    def chosen_rate(self, codec: str) -> float | None:
        return chosen_rate(self.out, codec)


def chosen_rate(out: Path, codec: str) -> float | None:
    """The best of the rates that are left, by the budget that decides between them; None while that is not known.

    Raises UsageError where all rates diverged.
    """
    rates = rates_left(out, codec)
    if rates is None or len(rates) == 1:
        return rates[0] if rates else None
    scores = [_score(rate_folder(out, codec, rate, 0), DECIDED) for rate in rates]
    known = [score for score in scores if score is not None]
    return rates[known.index(max(known))] if len(known) == len(rates) else None


def rates_left(out: Path, codec: str) -> list[float] | None:
    """The rate whose quarter budget ended best, after the higher ones that were close; None while a lower one may win.

    A rate below one that was worse than its upper neighbour is not tried: the score is taken to have one summit. One
    that diverged is never best.

    Raises UsageError where all of them diverged.
    """
    rates: dict[float, float] = {}
    for rate in RATES:
        place = rate_folder(out, codec, rate, 0)
        if (place / DIVERGED).is_file():
            continue
        score = _score(place, TRIED)
        if score is None:
            return None
        if rates and score <= max(rates.values()):
            break
        rates[rate] = score
    if not rates:
        raise UsageError(f"{codec}: training diverged at every rate ({', '.join(f'{rate:g}' for rate in RATES)})")
    return [rate for rate, score in rates.items() if score >= max(rates.values()) - CLOSE]


def _score(place: Path, budget: str) -> float | None:
    """None where that training has not ended."""
    return mean_estoi(read_facts(place / budget)) if (place / budget / FACTS).is_file() else None


def rate_folder(out: Path, codec: str, rate: float, seed: int) -> Path:
    return out / codec / f"rate-{rate:g}-seed-{seed}"


def mean_estoi(facts: Mapping[str, Any]) -> float:
    """Over operating points."""
    return fmean(terms["estoi"] for terms in facts["validation"].values())


@dataclass(frozen=True)
class Piece:
    """One codec, budget and seed: the trunk that far, and the way down. `rate` None is the chosen one.

    With a rate, it is part of the choice: done once that is made without it.
    """

    codec: str
    budget: str
    seed: int
    rate: float | None = None

    def place(self, setup: ExperimentSetup) -> Path | None:
        """Its folder, to be locked; None while no rate is chosen."""
        rate = self._rate(setup)
        return None if rate is None else rate_folder(setup.out, self.codec, rate, self.seed)

    def done(self, setup: ExperimentSetup) -> bool:
        if self.rate is not None and self._needless(setup):
            return True
        place = self.place(setup)
        return place is not None and ((place / self.budget / FACTS).is_file() or (place / DIVERGED).is_file())

    def do(self, setup: ExperimentSetup, minutes: float | None) -> None:
        rate, place, updates = self._rate(setup), self.place(setup), BUDGETS[self.budget]
        assert rate is not None
        assert place is not None
        settings, mark = setup.settings(self.codec, rate, self.seed), place / f"mark_checkpoint_{branch(updates)}.pt"
        try:
            if not mark.is_file() and not trunk(settings, setup, place, branch(updates), minutes):
                return
            keeping = Keeping(place / self.budget, stop_after_minutes=minutes)
            job = TrainingJob(settings, Leg.whole(updates), keeping, mark, device=setup.device, threads=setup.threads)
            run_job(job, setup.speech, setup.log)
        except Diverged as error:
            (place / DIVERGED).write_text(f"{error}\n")
            setup.log(str(error))

    def _needless(self, setup: ExperimentSetup) -> bool:
        """Whether the choice is made without this rate's budget."""
        left = rates_left(setup.out, self.codec)
        return left is not None and (self.budget == TRIED or len(left) == 1 or self.rate not in left)

    def _rate(self, setup: ExperimentSetup) -> float | None:
        if self.rate is None:
            return setup.chosen_rate(self.codec)
        return self.rate if self.budget == TRIED or rates_left(setup.out, self.codec) else None


def trunk(settings: Settings, setup: ExperimentSetup, folder: Path, until: int, minutes: float | None) -> bool:
    """Train the trunk in `folder` until `until` updates; False where the time was up before."""
    torch.set_num_threads(setup.threads)
    training = Training(build(settings.codec, settings.seed), setup.speech, settings, setup.device)
    if state := latest_state(folder):
        training.resume(state)
    setup.log(f"{settings.codec} rate {settings.rate:g} seed {settings.seed}: {training.progress.updates} to {until}")
    keeping = Keeping(folder, marks=MARKS, stop_after_minutes=minutes)
    return training.run(Leg(until), keeping, setup.log)


def pieces(codecs: tuple[str, ...], largest: str = SEEDED) -> list[Piece]:
    """All pieces in the order of their use: what compares all codecs comes before what adds a seed.

    A further seed has the whole budget first: its trunk leaves the marks that the smaller ones branch off.
    """
    planned = [Piece(codec, budget, 0, rate) for budget in (TRIED, DECIDED) for rate in RATES for codec in codecs]
    asked, seeded = (STEPS[: STEPS.index(name) + 1] for name in (largest, SEEDED))
    planned += [Piece(codec, budget, 0) for budget in asked for codec in codecs]
    repeated = [
        (codec, seed)
        for seed in range(1, max(SEEDS, *REPEATED.values()))
        for codec in codecs
        if seed < REPEATED.get(codec, SEEDS)
    ]
    further = min(asked, seeded, key=len)
    return planned + [Piece(codec, budget, seed) for budget in reversed(further) for codec, seed in repeated]


def work(setup: ExperimentSetup, codecs: tuple[str, ...]) -> bool:
    """Work on unlocked pieces until none is left or the time is up. Returns whether all are done."""
    end = None if setup.minutes is None else time.monotonic() + 60 * setup.minutes
    while todo := [piece for piece in pieces(codecs, setup.largest) if not piece.done(setup)]:
        left = None if end is None else (end - time.monotonic()) / 60
        if left is not None and left <= 0:
            setup.log(f"the time is up; {len(todo)} pieces are left, the same command goes on")
            return False
        if not any(_attempt(piece, setup, left) for piece in todo):
            time.sleep(WAIT_S)  # others are at it
    return True


def _attempt(piece: Piece, setup: ExperimentSetup, minutes: float | None) -> bool:
    place = piece.place(setup)
    if place is None:
        return False
    place.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(place / ".lock", timeout=0):
            if not piece.done(setup):
                piece.do(setup, minutes)
            return True
    except Timeout:
        return False


def finished(out: Path) -> Iterator[Path]:
    """The folders of all finished trainings below `out`, at every rate."""
    return (path.parent for path in sorted(out.glob(f"*/*/*/{FACTS}")))
