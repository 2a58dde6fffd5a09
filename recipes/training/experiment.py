"""The controlled experiment: every codec with equal updates, crops and losses, at three budgets and several seeds.

First what each codec passes before its first update; then its learning rate is chosen (`recipes.training.rates`).
Then all codecs get half of the budget, then the whole, and larger ones where asked; then other seeds, the whole budget
first. The command can be run several times at once, or on several machines with one folder: a lock keeps two from doing
the same piece, and all goes on where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from filelock import FileLock, Timeout

from codecbench.errors import UsageError
from recipes.codecs import build
from recipes.training.checkpoints import Keeping, latest_state
from recipes.training.data import PROTOCOL, Speech
from recipes.training.job import FACTS, TrainingJob, measure_start, read_facts, run_job
from recipes.training.progress import Settings
from recipes.training.rates import DECIDED, DIVERGED, TRIED, chosen_rate, rate_folder, rates_left
from recipes.training.schedule import BUDGETS, RATES, START, Leg, branch
from recipes.training.trainer import Diverged, Training

STEPS = tuple(BUDGETS)
"""All budgets, the smallest first."""
SEEDED = "small"
"""The largest budget that has further seeds; larger ones, for a GPU, have one."""
SEEDS = 2
REPEATED = {"vocodec": 3, "ibpcodec": 3}
"""Codecs with more seeds than the rest: from them, the spread between seeds is known better."""
MARKS = tuple(branch(BUDGETS[name]) for name in STEPS)
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


@dataclass(frozen=True)
class StartPiece:
    """One codec and seed before its first update: no learning rate has a part in it."""

    codec: str
    seed: int

    def place(self, setup: ExperimentSetup) -> Path:
        """Its folder, to be locked."""
        return setup.out / self.codec / f"{START}-seed-{self.seed}"

    def done(self, setup: ExperimentSetup) -> bool:
        return (self.place(setup) / START / FACTS).is_file()

    def do(self, setup: ExperimentSetup, minutes: float | None) -> None:  # noqa: ARG002 - it takes a minute or two
        settings = setup.settings(self.codec, RATES[0], self.seed)
        measure_start(settings, setup.speech, self.place(setup) / START, setup.threads, setup.log)


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


def pieces(codecs: tuple[str, ...], largest: str = SEEDED) -> list[StartPiece | Piece]:
    """All pieces in the order of their use: what compares all codecs comes before what adds a seed.

    A further seed has the whole budget first: its trunk leaves the marks that the smaller ones branch off.
    """
    planned: list[StartPiece | Piece] = [StartPiece(codec, 0) for codec in codecs]
    planned += [Piece(codec, budget, 0, rate) for budget in (TRIED, DECIDED) for rate in RATES for codec in codecs]
    asked, seeded = (STEPS[: STEPS.index(name) + 1] for name in (largest, SEEDED))
    planned += [Piece(codec, budget, 0) for budget in asked for codec in codecs]
    repeated = [
        (codec, seed)
        for seed in range(1, max(SEEDS, *REPEATED.values()))
        for codec in codecs
        if seed < REPEATED.get(codec, SEEDS)
    ]
    further = min(asked, seeded, key=len)
    planned += [Piece(codec, budget, seed) for budget in reversed(further) for codec, seed in repeated]
    return planned + [StartPiece(codec, seed) for codec, seed in repeated]


def work(setup: ExperimentSetup, codecs: tuple[str, ...]) -> bool:
    """Work on unlocked pieces until none is left or the time is up. Returns whether all are done.

    Raises UsageError where the folder holds trainings of another protocol.
    """
    require_protocol(setup.out)
    end = None if setup.minutes is None else time.monotonic() + 60 * setup.minutes
    while todo := [piece for piece in pieces(codecs, setup.largest) if not piece.done(setup)]:
        left = None if end is None else (end - time.monotonic()) / 60
        if left is not None and left <= 0:
            setup.log(f"the time is up; {len(todo)} pieces are left, the same command goes on")
            return False
        if not any(_attempt(piece, setup, left) for piece in todo):
            time.sleep(WAIT_S)  # others are at it
    return True


def _attempt(piece: StartPiece | Piece, setup: ExperimentSetup, minutes: float | None) -> bool:
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


def require_protocol(out: Path) -> None:
    """Raises UsageError where a finished training below `out` held out other speakers."""
    for folder in finished(out):
        if (protocol := read_facts(folder).get("protocol", 1)) != PROTOCOL:
            raise UsageError(
                f"{folder}: trained by protocol {protocol}, which cannot be compared with protocol {PROTOCOL}; choose "
                "another --out"
            )
