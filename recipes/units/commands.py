"""`python -m recipes units` and `units-export`."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import click

from codecbench.errors import UsageError

existing = click.Path(exists=True, path_type=Path)


@click.command()
@click.option("--data", type=existing, required=True, help="TSV: path, speaker, and if known source.")
@click.option("--eval-data", type=existing, help="Manifest whose speakers must not be in --data.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the state and the weights.")
@click.option("--model", type=existing, help="Folder of a transformers model (HuBERT, ...); else mel cepstra.")
@click.option("--centres", type=existing, help="Of its states: .npy or .safetensors, [100, dimension].")
@click.option("--layer", type=click.IntRange(1), default=6, show_default=True, help="Of the model, counted from 1.")
@click.option("--updates", type=click.IntRange(10), default=3600, show_default=True)
@click.option("--minutes", type=float, help="Stop after this wall time; the same command goes on.")
@click.option("--rate", type=float, default=1e-3, show_default=True, help="Peak learning rate.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--batch", type=click.IntRange(1), default=8, show_default=True, help="Crops of 1.28 s.")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
def units(
    data: Path, eval_data: Path | None, out: Path, model: Path | None, centres: Path | None, layer: int, updates: int,
    minutes: float | None, rate: float, seed: int, batch: int, threads: int,
) -> None:  # fmt: skip
    """Train the units codec's centres and decoder; print its log mel distance on speakers that it has not heard."""
    import torch

    from codecbench.training_speech import SAMPLE_RATE
    from recipes.training.data import load_speech
    from recipes.units.job import HiddenUnits, train_units
    from recipes.units.training import UnitsSettings

    if (model is None) != (centres is None):
        raise UsageError("--model and --centres belong together: a model's states and their 100 centres")
    torch.set_num_threads(threads)
    speech = load_speech(data, eval_data, round(HELD_OUT_BY_S * SAMPLE_RATE))
    click.echo(speech.told())
    hidden = None if model is None or centres is None else HiddenUnits(model, centres, layer)
    settings = UnitsSettings(updates, rate, seed, batch, speech.manifest_sha256)
    train_units(speech, settings, out, hidden, minutes, click.echo)


HELD_OUT_BY_S = 0.8
"""The reference track's crop, by which recordings are chosen before speakers are held out: the same ones for all."""


@click.command()
@click.option("--from", "folder", type=existing, required=True, help="Of a finished `units --out`, of mel cepstra.")
def units_export(folder: Path) -> None:
    """Put a finished training's weights, and what is known of them, into the plugin."""
    name = "units-logmel.safetensors"
    if not (folder / name).is_file():
        raise UsageError(f"{folder}: no finished training of mel cepstra; `python -m recipes units` makes one")
    weights = Path(str(files("codecbench_units"))) / "weights" / name
    weights.parent.mkdir(exist_ok=True)
    shutil.copyfile(folder / name, weights)
    shutil.copyfile(folder / "facts.json", weights.with_suffix(".json"))
    click.echo(f"{weights}: {weights.stat().st_size} bytes")
