"""`codecbench dev controls`: how well verdicts tell planted words from mere blurs."""

from __future__ import annotations

from pathlib import Path

import click

from codecbench.cli.files import check_record, tell_record


@click.group()
def controls() -> None:
    """Measure the verdicts on signals whose truth is known."""


@controls.command()
@click.option("--dataset", default="probe", show_default=True, help="Speech for the blurs and the first planted words.")
@click.option("--limit", type=click.IntRange(1), help="Utterances, and pairs, at most; evenly spread.")
@click.option("--pairs/--no-pairs", default=True, show_default=True, help="Planted words of the dataset `pairs`, too.")
@click.option("--cache", type=click.Path(path_type=Path), required=True, help="File of evidence, to go on from.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the table there, too; as .json beside it."
)
def hallucination(dataset: str, limit: int | None, pairs: bool, cache: Path, out: Path | None) -> None:
    """How well `hallucinated_wer` tells planted words from blurs, by the first registered recognizer."""
    from codecbench.controls.hallucination.table import measure_controls
    from codecbench.plugins import registry

    if out is not None:
        check_record(out, "controls.md")
    table = measure_controls(dataset, limit, pairs, cache, registry())
    tell_record(table, table.markdown(), out)


@controls.command()
@click.option("--dataset", default="pairs", show_default=True, help="A registered dataset or a manifest.")
@click.option("--recognizer", help="By id; default: the first that is registered.")
@click.option("--voices", type=click.IntRange(1), help="Of each pair; default: all.")
def pairs(dataset: str, recognizer: str | None, voices: int | None) -> None:
    """How well `flip_rate` tells the rival reading of a minimal pair from blurs."""
    from codecbench.controls.pairs.table import measure_dataset, report
    from codecbench.datasets import load_dataset
    from codecbench.metrics.pairs.calibration import FlipCalibration
    from codecbench.plugins import registry
    from codecbench.recognizers.choice import load_scorer

    available = registry()
    scorer, card = load_scorer(recognizer, available)
    calibration = FlipCalibration.of(card)
    clips = list(measure_dataset(load_dataset(dataset, available), scorer, voices))
    for line in report(clips, calibration):
        click.echo(line)


@controls.command()
@click.option("--dataset", required=True, help="A manifest of speech with transcripts, or a registered dataset.")
@click.option("--limit", type=click.IntRange(1), help="Utterances at most; evenly spread.")
@click.option("--cache", type=click.Path(path_type=Path), required=True, help="File of readings, to go on from.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the table there, too; as .json beside it."
)
def window(dataset: str, limit: int | None, cache: Path, out: Path | None) -> None:
    """Whether Whisper hears as well in its short window as at 30 s, on originals and degraded speech."""
    from codecbench.controls.recognizer.windows import measure_windows
    from codecbench.plugins import registry

    if out is not None:
        check_record(out, "window.md")
    table = measure_windows(dataset, limit, cache, registry())
    tell_record(table, table.markdown(), out)


@controls.command()
@click.option("--dataset", default="probe", show_default=True, help="A registered dataset or a manifest.")
@click.option("--limit", type=click.IntRange(1), help="Utterances at most; evenly spread.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the table there, too; as .json beside it."
)
def instructions(dataset: str, limit: int | None, out: Path | None) -> None:
    """Whether Whisper hears alike with and without AVX-512, on originals and degraded speech."""
    from codecbench.controls.recognizer.instructions import measure_instructions
    from codecbench.plugins import registry

    if out is not None:
        check_record(out, "instructions.md")
    table = measure_instructions(dataset, limit, registry())
    tell_record(table, table.markdown(), out)
