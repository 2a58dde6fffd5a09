"""`python -m recipes vocoded` and `vocoded-export`."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import click

from codecbench.errors import UsageError
from recipes.units.commands import HELD_OUT_BY_S

existing = click.Path(exists=True, path_type=Path)


@click.command()
@click.option("--data", type=existing, required=True, help="TSV: path, speaker, and if known source.")
@click.option("--eval-data", type=existing, help="Manifest whose speakers must not be in --data.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the state and the weights.")
@click.option("--updates", type=click.IntRange(10), default=3000, show_default=True)
@click.option("--minutes", type=float, help="Stop after this wall time; the same command goes on.")
@click.option("--rate", type=float, default=1e-3, show_default=True, help="Peak learning rate.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--batch", type=click.IntRange(1), default=8, show_default=True, help="Crops of 1.28 s.")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
def vocoded(
    data: Path, eval_data: Path | None, out: Path, updates: int, minutes: float | None, rate: float, seed: int,
    batch: int, threads: int,
) -> None:  # fmt: skip
    """Train the decoder of Codec 2's payloads; print its log mel distance on speakers that it has not heard."""
    import torch

    from codecbench.training_speech import SAMPLE_RATE
    from recipes.training.data import load_speech
    from recipes.units.training import UnitsSettings
    from recipes.vocoded.job import train_vocoder

    torch.set_num_threads(threads)
    speech = load_speech(data, eval_data, round(HELD_OUT_BY_S * SAMPLE_RATE))
    click.echo(speech.told())
    train_vocoder(speech, UnitsSettings(updates, rate, seed, batch, speech.manifest_sha256), out, minutes, click.echo)


@click.command()
@click.option("--from", "folder", type=existing, required=True, help="Of a finished `vocoded --out`.")
def vocoded_export(folder: Path) -> None:
    """Put a finished training's weights, and what is known of them, into the plugin."""
    from recipes.vocoded.job import FACTS, WEIGHTS

    if not (folder / WEIGHTS).is_file():
        raise UsageError(f"{folder}: no finished training; `python -m recipes vocoded` makes one")
    weights = Path(str(files("codecbench_vocoded"))) / "weights" / WEIGHTS
    weights.parent.mkdir(exist_ok=True)
    shutil.copyfile(folder / WEIGHTS, weights)
    shutil.copyfile(folder / FACTS, weights.with_suffix(".json"))
    click.echo(f"{weights}: {weights.stat().st_size} bytes")
