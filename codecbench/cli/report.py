"""`codecbench report`: render a run again, or several as one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from codecbench.cli.execution import places_of
from codecbench.cli.files import check_out
from codecbench.cli.options import only_with
from codecbench.cli.view import (
    label_option,
    part_options,
    published_figures,
    published_option,
    shown_runs,
    style_option,
    table_options,
)

if TYPE_CHECKING:  # the report's modules load what --help does not need
    from codecbench.analysis.view import Marking, Notes
    from codecbench.report.page import AudioMode

AUDIO = ("embed", "link", "none")
DEFAULT_RUN = Path("codecbench-run")


@click.command()
@click.argument("folders", type=click.Path(path_type=Path), nargs=-1, metavar="[RUN...]")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the report there, and nothing into the run's folder.",
)
@click.option(
    "--audio",
    type=click.Choice(AUDIO),
    default="embed",
    show_default=True,
    help="Audio within the report, linked to where the run keeps it, or none.",
)
@click.option(
    "--audio-mb",
    type=click.FloatRange(0, min_open=True),
    default=25.0,
    show_default=True,
    metavar="MB",
    help="Embed so much audio at most; utterances that do not fit are left out, and said so.",
)
@part_options
@table_options
@published_option("Papers' figures of a file too, besides those that codecbench ships.")
@label_option
@style_option
def report(
    folders: tuple[Path, ...], out: Path | None, audio: AudioMode, audio_mb: float, codecs: str | None,
    bitrates: str | None, primary: str | None, mark: Marking, notes: Notes, published: str | None,
    labels: tuple[str, ...], style: Path | None,
) -> None:  # fmt: skip
    """Write report.html and summary.json of a run again, from its store alone, and print its table.

    Several runs that measured alike become one report, which needs --out.
    """
    if audio != "embed":
        only_with("--audio embed", "audio_mb")
    from codecbench.report import render_table
    from codecbench.results import read_figures

    places = folders or (DEFAULT_RUN,)
    runs = shown_runs(places, codecs, bitrates, labels, style, primary)  # before anything is written
    if out is not None:
        check_out(out, "report.html")
    figures = published_figures(published) or True
    file = runs.report(out, audio=audio, audio_mb=audio_mb, mark=mark, notes=notes, published=figures)
    summary = runs.findings((), read_figures(figures), mark, notes).summary  # that of the report: nothing is read again
    click.echo(render_table(summary, width=Console().width))
    click.echo(f"\n{places_of(places[0]) if out is None else file}")
