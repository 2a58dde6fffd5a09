"""`codecbench report`: render a run again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from codecbench.cli.files import check_out
from codecbench.cli.looks import label_options, read_wishes
from codecbench.cli.options import only_with
from codecbench.errors import UsageError
from codecbench.store import Store, require_results

if TYPE_CHECKING:  # the report's modules load what --help does not need
    from codecbench.report.page import AudioMode

AUDIO = ("embed", "link", "none")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("codecbench-run"), metavar="RUN")
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
@label_options
def report(
    folder: Path, out: Path | None, audio: AudioMode, audio_mb: float, style: Path | None, labels: tuple[str, ...]
) -> None:
    """Write report.html and summary.json of a run again, from its store alone, and print its table."""
    if audio != "embed":
        only_with("--audio embed", "audio_mb")
    from codecbench.report import render_table, write_outputs

    with Store(folder) as store:  # says what is wrong with the folder before anything is written
        require_results(store)
        wishes = read_wishes(style, labels, store.results())
    if out is not None:
        check_out(out, "report.html")
    try:
        summary = write_outputs(folder, audio, out, audio_mb, wishes)
    except OSError as error:
        raise UsageError(f"'{error.filename or out or folder}' cannot be written: {error.strerror or error}") from error
    click.echo(render_table(summary, width=Console().width))
    click.echo(f"\n{out or folder / 'report.html'}")
