"""What the commands of small trainings share: their options, the speech, and the way of weights into a plugin."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from codecbench.errors import UsageError
from codecbench.training_speech import SAMPLE_RATE

if TYPE_CHECKING:
    from recipes.training.data import Speech

HELD_OUT_BY_S = 0.8
"""The reference track's crop, by which recordings are chosen before speakers are held out: the same ones for all."""
FACTS = "facts.json"

existing = click.Path(exists=True, path_type=Path)
Function = TypeVar("Function", bound=Callable[..., Any])


def data_options(function: Function) -> Function:
    """`--data`, `--eval-data` and `--out`, in this order."""
    for option in (
        click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the state and weights."),
        click.option("--eval-data", type=existing, help="Manifest whose speakers must not be in --data."),
        click.option("--data", type=existing, required=True, help="TSV: path, speaker, and if known source."),
    ):
        function = option(function)
    return function


def update_options(updates: int, rate: float, batch: int, crops: str) -> Callable[[Function], Function]:
    """`--updates` to `--threads`, with these defaults; `crops` says what a batch is of."""

    def added(function: Function) -> Function:
        for option in (
            click.option("--threads", type=click.IntRange(1), default=1, show_default=True),
            click.option("--batch", type=click.IntRange(1), default=batch, show_default=True, help=crops),
            click.option("--seed", type=int, default=0, show_default=True),
            click.option("--rate", type=float, default=rate, show_default=True, help="Peak learning rate."),
            click.option("--minutes", type=float, help="Stop after this wall time; the same command goes on."),
            click.option("--updates", type=click.IntRange(10), default=updates, show_default=True),
        ):
            function = option(function)
        return function

    return added


def speech_of(data: Path, eval_data: Path | None, threads: int = 1) -> Speech:
    """The speech, told of, for a training on so many threads. Raises UsageError as `load_speech`."""
    import torch

    from recipes.training.data import load_speech

    torch.set_num_threads(threads)
    speech = load_speech(data, eval_data, round(HELD_OUT_BY_S * SAMPLE_RATE))
    click.echo(speech.told())
    return speech


def put_into_plugin(folder: Path, name: str, package: str, missing: str) -> None:
    """The weights `name` and the facts of a finished training in `folder`. Raises UsageError, `missing`, without it."""
    if not (folder / name).is_file():
        raise UsageError(f"{folder}: {missing}")
    weights = Path(str(files(package))) / "weights" / name
    weights.parent.mkdir(exist_ok=True)
    shutil.copyfile(folder / name, weights)
    shutil.copyfile(folder / FACTS, weights.with_suffix(".json"))
    click.echo(f"{weights}: {weights.stat().st_size} bytes")
