"""`python -m recipes units` and `units-export`."""

from __future__ import annotations

from pathlib import Path

import click

from codecbench.errors import UsageError
from recipes.training.small import data_options, existing, put_into_plugin, speech_of, update_options


@click.command()
@data_options
@click.option("--model", type=existing, help="Folder of a transformers model (HuBERT, ...); else mel cepstra.")
@click.option("--centres", type=existing, help="Of its states: .npy or .safetensors, [100, dimension].")
@click.option("--layer", type=click.IntRange(1), default=6, show_default=True, help="Of the model, counted from 1.")
@update_options(updates=3600, rate=1e-3, batch=8, crops="Crops of 1.28 s.")
def units(
    data: Path, eval_data: Path | None, out: Path, model: Path | None, centres: Path | None, layer: int, updates: int,
    minutes: float | None, rate: float, seed: int, batch: int, threads: int,
) -> None:  # fmt: skip
    """Train the units codec's centres and decoder; print its log mel distance on speakers that it has not heard."""
    from recipes.units.job import HiddenUnits, train_units
    from recipes.units.training import UnitsSettings

    if (model is None) != (centres is None):
        raise UsageError("--model and --centres belong together: a model's states and their 100 centres")
    speech = speech_of(data, eval_data, threads)
    hidden = None if model is None or centres is None else HiddenUnits(model, centres, layer)
    settings = UnitsSettings(updates, rate, seed, batch, speech.manifest_sha256)
    train_units(speech, settings, out, hidden, minutes, click.echo)


@click.command()
@click.option("--from", "folder", type=existing, required=True, help="Of a finished `units --out`, of mel cepstra.")
def units_export(folder: Path) -> None:
    """Put a finished training's weights, and what is known of them, into the plugin."""
    missing = "no finished training of mel cepstra; `python -m recipes units` makes one"
    put_into_plugin(folder, "units-logmel.safetensors", "codecbench_units", missing)
