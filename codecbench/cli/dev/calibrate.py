"""`codecbench dev calibrate`: thresholds of a metric for one recognizer, written into the user's folder."""

from __future__ import annotations

from pathlib import Path

import click

from codecbench.cli.files import check_out

existing = click.Path(exists=True, path_type=Path)
recognizer_option = click.option("--recognizer", help="As of `codecbench run`; default: the first that is registered.")
out_option = click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Default: your folder, where it is found again."
)


@click.group()
def calibrate() -> None:
    """Find the thresholds of a metric for a recognizer. Without --out they are in effect from then on."""


@calibrate.command()
@click.option("--data", type=existing, required=True, help="Manifest of speech that is reported nowhere.")
@click.option("--eval-data", type=existing, help="Manifest that is reported on: none of its speakers may be in --data.")
@click.option("--source", default="", help="Only utterances whose `source` column begins so.")
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="One speaker in so many.")
@click.option("--limit", type=click.IntRange(10), default=250, show_default=True, help="Speakers at most.")
@recognizer_option
@click.option("--cache", type=click.Path(path_type=Path), required=True, help="File of evidence, to go on from.")
@out_option
def hallucination(
    data: Path, eval_data: Path | None, source: str, every: int, limit: int, recognizer: str | None, cache: Path,
    out: Path | None,
) -> None:  # fmt: skip
    """Thresholds of `hallucinated_wer`: when is a recognizer sure of a word, and when does it fit clearly better?"""
    from codecbench.controls.hallucination.calibrating import Source, find_calibration
    from codecbench.plugins import registry

    if out is not None:
        check_out(out, "calibration.json")
    speech = Source(data, eval_data, source, every, limit)
    calibration = find_calibration(speech, recognizer, cache, registry())
    path = calibration.write(out)
    click.echo(f"{path}: probability {calibration.probability:g}, margin {calibration.margin_nats:g} nats per word")


@calibrate.command()
@recognizer_option
@click.option("--cache", type=click.Path(path_type=Path), help="Folder of synthesized speech; default: the user's.")
@out_option
def pairs(recognizer: str | None, cache: Path | None, out: Path | None) -> None:
    """Threshold of `flip_rate`: the shift that counts as a flip, on synthesized pairs that are reported nowhere."""
    from codecbench.controls.pairs.calibrating import find_calibration
    from codecbench.plugins import registry
    from codecbench.weights import cache_root

    if out is not None:
        check_out(out, "calibration.json")
    folder = cache or cache_root() / "speech-recipe"
    calibration = find_calibration(recognizer, folder, registry(), click.echo)
    click.echo(f"{calibration.write(out)}: shift {calibration.shift_nats:g} nats")
