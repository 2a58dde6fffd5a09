"""`python -m recipes vocoded` and `vocoded-export`."""

from __future__ import annotations

from pathlib import Path

import click

from recipes.training.small import data_options, existing, put_into_plugin, speech_of, update_options


@click.command()
@data_options
@update_options(updates=3000, rate=1e-3, batch=8, crops="Crops of 1.28 s.")
def vocoded(
    data: Path, eval_data: Path | None, out: Path, updates: int, minutes: float | None, rate: float, seed: int,
    batch: int, threads: int,
) -> None:  # fmt: skip
    """Train the decoder of Codec 2's payloads; print its log mel distance on speakers that it has not heard."""
    from recipes.units.training import UnitsSettings
    from recipes.vocoded.job import train_vocoder

    speech = speech_of(data, eval_data, threads)
    train_vocoder(speech, UnitsSettings(updates, rate, seed, batch, speech.manifest_sha256), out, minutes, click.echo)


@click.command()
@click.option("--from", "folder", type=existing, required=True, help="Of a finished `vocoded --out`.")
def vocoded_export(folder: Path) -> None:
    """Put a finished training's weights, and what is known of them, into the plugin."""
    from recipes.vocoded.job import WEIGHTS

    missing = "no finished training; `python -m recipes vocoded` makes one"
    put_into_plugin(folder, WEIGHTS, "codecbench_vocoded", missing)
