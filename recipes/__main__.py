"""`python -m recipes`: train a reference codec, export its weights into the plugin, train its entropy model."""

from __future__ import annotations

from pathlib import Path

import click

CODECS = ("encodec", "dac", "eulerodec", "ibpcodec", "vocodec", "facodec", "ladiff")


@click.group()
def main() -> None:
    """Reference weights, from speech to the plugin's folder."""


@main.command()
@click.argument("codec", type=click.Choice(CODECS))
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True, help="TSV: path, speaker, source.")
@click.option("--eval-data", type=click.Path(exists=True, path_type=Path), help="Manifest whose speakers are refused.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the checkpoints.")
@click.option("--minutes", type=float, default=75.0, show_default=True, help="Wall time.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--batch", type=int, default=4, show_default=True)
@click.option("--crop-seconds", type=float, default=1.0, show_default=True)
@click.option("--rate", type=float, default=3e-4, show_default=True, help="Peak learning rate.")
@click.option("--threads", type=int, default=1, show_default=True)
@click.option("--start", type=click.Path(exists=True, path_type=Path), help="Go on from the weights of this folder.")
def train(
    codec: str, data: Path, eval_data: Path | None, out: Path, minutes: float, seed: int, batch: int,
    crop_seconds: float, rate: float, threads: int, start: Path | None,
) -> None:  # fmt: skip
    """Train CODEC's reference configuration for a fixed wall time."""
    import torch

    from recipes.data import clean, read_manifest, split_by_speaker
    from recipes.families import FAMILIES
    from recipes.trainer import Settings
    from recipes.trainer import train as run

    torch.set_num_threads(threads)
    recordings = clean(read_manifest(data), read_manifest(eval_data) if eval_data else [])
    split = split_by_speaker(recordings, seed)
    click.echo(f"{split.train_seconds:.0f} s of {split.speakers} speakers; {len(split.validation)} held out")
    settings = Settings(codec, minutes, seed, batch, crop_seconds, rate, start=str(start or ""))
    run(FAMILIES[codec](seed), split, settings, out, lambda line: click.echo(line))


@main.command()
@click.argument("codec", type=click.Choice(CODECS))
@click.option("--from", "folder", type=click.Path(exists=True, path_type=Path), required=True, help="Of `train --out`.")
def export(codec: str, folder: Path) -> None:
    """Put CODEC's trained weights into its plugin as <codec>-reference.safetensors."""
    from recipes.export import export as run

    path = run(codec, folder)
    click.echo(f"{path}: {path.stat().st_size} bytes")


@main.command()
@click.argument("codec")
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True, help="TSV: path, speaker, source.")
@click.option("--eval-data", type=click.Path(exists=True, path_type=Path), help="Manifest whose speakers are refused.")
@click.option("--seconds", type=float, default=1200.0, show_default=True, help="Speech to count codes on.")
@click.option("--seed", type=int, default=0, show_default=True)
def entropy(codec: str, data: Path, eval_data: Path | None, seconds: float, seed: int) -> None:
    """Train CODEC's entropy model on training speech, for the weights it has now."""
    from recipes.data import clean, read_manifest
    from recipes.entropy import train as run

    recordings = clean(read_manifest(data), read_manifest(eval_data) if eval_data else [])
    click.echo(run(codec, recordings, seconds, seed))


if __name__ == "__main__":
    main()
