"""`codecbench dev entropy-model`: count a codec's codes on training speech."""

from __future__ import annotations

from pathlib import Path

import click

existing = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("codec")
@click.option("--data", type=existing, required=True, help="TSV: path, speaker, and if known source.")
@click.option("--eval-data", type=existing, help="Manifest whose speakers must not be in --data.")
@click.option("--seconds", type=float, default=1200.0, show_default=True, help="Speech to count codes on.")
@click.option("--seed", type=int, default=0, show_default=True)
def entropy_model(codec: str, data: Path, eval_data: Path | None, seconds: float, seed: int) -> None:
    """Train CODEC's entropy model on training speech, for the weights it has now; it is written beside them."""
    from codecbench.entropy_training import train
    from codecbench.training_speech import clean, read_manifest, refuse_shared_speakers

    recordings = clean(read_manifest(data))
    if eval_data:
        refuse_shared_speakers(recordings, read_manifest(eval_data), data, eval_data)
    click.echo(train(codec, recordings, seconds, seed))
