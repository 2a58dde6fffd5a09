"""What an update of each codec costs on one machine: CPU seconds by turns in one process, whatever else it does."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import torch

from codecbench.errors import UsageError
from codecbench.machine import describe_machine
from recipes.codecs import build
from recipes.findings.tables import table
from recipes.training.crops import Crop, Crops
from recipes.training.data import Speech
from recipes.training.progress import Settings
from recipes.training.schedule import Leg
from recipes.training.trainer import Training

FIRST = 2
"""Rounds that do not count: memory is taken and loops are compiled there."""
RATE = 1e-4


@dataclass(frozen=True)
class UpdateCosts:
    """CPU seconds of an update of 4 crops of 0.8 s by codec: medians over `rounds` by turns on a `processor`."""

    processor: str
    torch: str
    rounds: int
    seconds: dict[str, float]

    def markdown(self) -> str:
        rows = [[codec, f"{seconds:.3f}"] for codec, seconds in self.seconds.items()]
        told = table(rows, ["codec", "CPU seconds of an update"])
        return f"{self.processor}, torch {self.torch}, medians of {self.rounds} rounds by turns.\n\n{told}\n"


def measure_costs(codecs: Iterable[str], speech: Speech, rounds: int, log: Callable[[str], None]) -> UpdateCosts:
    """An update has all that a training's has: crops, forward, loss, backward, optimizer, averaged weights."""
    trainings = {codec: under_way(codec, speech) for codec in codecs}
    settings = next(iter(trainings.values())).settings
    crops = Crops(speech.train, settings.crop, settings.batch, settings.seed)
    seconds = by_turns(trainings, crops.batch, rounds, log)
    return UpdateCosts(str(describe_machine()["processor"]), torch.__version__, rounds, seconds)


def under_way(codec: str, speech: Speech) -> Training:
    """Its quantizer takes part from the first update."""
    training = Training(build(codec, 0), speech, Settings(codec, RATE))
    training.trainee.start_from(training.trainee.model.state_dict())
    return training


def by_turns(
    trainings: Mapping[str, Training], batch: Callable[[int], Crop], rounds: int, log: Callable[[str], None]
) -> dict[str, float]:
    """Median CPU seconds of an update of each on one thread, by the crops of `batch`, which counts as a part of it."""
    torch.set_num_threads(1)
    spent: dict[str, list[float]] = {name: [] for name in trainings}
    for turn in range(FIRST + rounds):
        for name, training in trainings.items():
            began = time.process_time()
            training.update(batch(turn), Leg.whole(10**6))
            spent[name].append(time.process_time() - began)
        log(f"round {turn + 1} of {FIRST + rounds}")
    return {name: round(median(each[FIRST:]), 4) for name, each in spent.items()}


def read_costs(path: Path) -> UpdateCosts:
    """What `python -m recipes costs --out` wrote as JSON. Raises UsageError where the file is not that."""
    try:
        return UpdateCosts(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"{path}: not what an update costs, as `python -m recipes costs --out` writes") from error
