"""`python -m recipes prediction`, `prediction-export` and `prediction-savings`."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import click
from codecbench_predictive import WRAPPED

from codecbench.errors import UsageError

existing = click.Path(exists=True, path_type=Path)
codec_argument = click.argument("codec", type=click.Choice(sorted(WRAPPED)))
HELD_OUT_BY_S = 0.8
"""The reference track's crop, by which recordings are chosen before speakers are held out: the same ones for all."""


@click.command()
@codec_argument
@click.option("--data", type=existing, required=True, help="TSV: path, speaker, and if known source.")
@click.option("--eval-data", type=existing, help="Manifest whose speakers must not be in --data.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the state and the weights.")
@click.option("--updates", type=click.IntRange(10), default=2000, show_default=True)
@click.option("--minutes", type=float, help="Stop after this wall time; the same command goes on.")
@click.option("--rate", type=float, default=2e-3, show_default=True, help="Peak learning rate.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--batch", type=click.IntRange(1), default=16, show_default=True, help="Crops of 100 frames.")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
def prediction(
    codec: str, data: Path, eval_data: Path | None, out: Path, updates: int, minutes: float | None, rate: float,
    seed: int, batch: int, threads: int,
) -> None:  # fmt: skip
    """Train the predictor of CODEC's codes; print its bits a code on speakers that it has not heard."""
    import torch

    from codecbench.training_speech import SAMPLE_RATE
    from recipes.prediction.job import codec_sha256, train_predictor
    from recipes.prediction.training import PredictionSettings
    from recipes.training.data import load_speech

    torch.set_num_threads(threads)
    speech = load_speech(data, eval_data, round(HELD_OUT_BY_S * SAMPLE_RATE))
    click.echo(speech.told())
    settings = PredictionSettings(codec, updates, rate, seed, batch, speech.manifest_sha256, codec_sha256(codec))
    train_predictor(speech, settings, out, minutes, click.echo)


@click.command()
@codec_argument
@click.option("--from", "folder", type=existing, required=True, help="Of a finished `prediction --out`.")
def prediction_export(codec: str, folder: Path) -> None:
    """Put the trained predictor of CODEC's codes, and what is known of it, into the plugin."""
    from recipes.prediction.job import FACTS, weights_name

    name = weights_name(codec)
    if not (folder / name).is_file():
        raise UsageError(f"{folder}: no finished training for {codec}; `python -m recipes prediction` makes one")
    weights = Path(str(files("codecbench_predictive"))) / "weights" / name
    weights.parent.mkdir(exist_ok=True)
    shutil.copyfile(folder / name, weights)
    shutil.copyfile(folder / FACTS, weights.with_suffix(".json"))
    click.echo(f"{weights}: {weights.stat().st_size} bytes")


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
