"""`python -m recipes prediction`, `prediction-export` and `prediction-savings`."""

from __future__ import annotations

from pathlib import Path

import click
from codecbench_predictive import WRAPPED

from recipes.training.small import HELD_OUT_BY_S, data_options, existing, put_into_plugin, speech_of, update_options

codec_argument = click.argument("codec", type=click.Choice(sorted(WRAPPED)))


@click.command()
@codec_argument
@data_options
@update_options(updates=2000, rate=2e-3, batch=16, crops="Crops of 100 frames.")
def prediction(
    codec: str, data: Path, eval_data: Path | None, out: Path, updates: int, minutes: float | None, rate: float,
    seed: int, batch: int, threads: int,
) -> None:  # fmt: skip
    """Train the predictor of CODEC's codes; print its bits a code on speakers that it has not heard."""
    from recipes.prediction.job import codec_sha256, train_predictor
    from recipes.prediction.training import PredictionSettings

    speech = speech_of(data, eval_data, threads)
    settings = PredictionSettings(codec, updates, rate, seed, batch, speech.manifest_sha256, codec_sha256(codec))
    train_predictor(speech, settings, out, minutes, click.echo)


@click.command()
@codec_argument
@click.option("--from", "folder", type=existing, required=True, help="Of a finished `prediction --out`.")
def prediction_export(codec: str, folder: Path) -> None:
    """Put the trained predictor of CODEC's codes, and what is known of it, into the plugin."""
    from recipes.prediction.job import weights_name

    missing = f"no finished training for {codec}; `python -m recipes prediction` makes one"
    put_into_plugin(folder, weights_name(codec), "codecbench_predictive", missing)


@click.command()
@codec_argument
@click.option("--data", type=existing, required=True, help="TSV: path, speaker, and if known source.")
@click.option("--held-out", is_flag=True, help="Of a training manifest: its test speakers, one recording each.")
@click.option("--limit", type=click.IntRange(1), help="Recordings, the first ones.")
def prediction_savings(codec: str, data: Path, held_out: bool, limit: int | None) -> None:
    """Print how many bits prediction saves of CODEC's codes, really coded, at each operating point."""
    from codecbench.training_speech import SAMPLE_RATE, read_audio, read_manifest
    from recipes.prediction.savings import measure_savings
    from recipes.training.data import load_speech

    if held_out:
        signals = [one.signal for one in load_speech(data, None, round(HELD_OUT_BY_S * SAMPLE_RATE)).test]
    else:
        signals = [read_audio(one.path) for one in read_manifest(data)]
    click.echo(measure_savings(codec, signals[:limit], lambda line: click.echo(line, err=True)).markdown())
