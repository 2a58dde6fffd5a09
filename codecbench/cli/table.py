"""`codecbench table`: the table of a paper, from runs' stores alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecbench.cli.execution import command_line
from codecbench.cli.options import only_with
from codecbench.cli.view import (
    part_options,
    published_figures,
    published_option,
    rename_option,
    shown_runs,
    style_option,
    table_options,
)
from codecbench.errors import UsageError
from codecbench.names import names

if TYPE_CHECKING:
    from codecbench.analysis.view import Marking, Notes
    from codecbench.results import TableFormat
    from codecbench.tables.build import GroupBy
    from codecbench.tables.selection import Preset

# Spelled out, not taken from codecbench.tables: `codecbench --help` need not load numpy and scipy.
FORMATS = ("text", "markdown", "csv", "latex")
GROUPINGS = ("codec", "bitrate")
PRESETS = ("codec", "rate", "cost", "hallucination")


@click.command()
@click.argument("folders", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="RUN...")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--columns", metavar="A,B", help="Ids: pesq_wb, measured_kbps, rtf, parameters, ...")
@click.option("--preset", type=click.Choice(PRESETS), default="codec", show_default=True, help="Columns, if not named.")
@part_options
@click.option("--group-by", type=click.Choice(GROUPINGS), default="codec", show_default=True, help="Rows side by side.")
@table_options
@click.option("--caption", default="", help="Text above the table.")
@click.option(
    "--label", "labels", multiple=True, metavar="LABEL|ID=NAME",
    help="LaTeX: its label, for example tab:codecs. With a =: as --rename.",
)  # fmt: skip
@rename_option
@style_option
@click.option("--standalone", is_flag=True, help="LaTeX: a whole document.")
@published_option("Papers' figures in a block below: those that codecbench ships, and those of a file.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file.")
def table(
    folders: tuple[Path, ...], kind: TableFormat, columns: str | None, preset: Preset, codecs: str | None,
    bitrates: str | None, group_by: GroupBy, primary: str | None, mark: Marking, notes: Notes, caption: str,
    labels: tuple[str, ...], renamed: tuple[str, ...], style: Path | None, standalone: bool, published: str | None,
    out: Path | None,
) -> None:  # fmt: skip
    """A row per codec and operating point of one run, or of several that measured alike.

    Intervals are 95 %. The best of a bitrate is marked only where it is significantly better than any other codec.
    """
    label = "".join([text for text in labels if "=" not in text][-1:])
    if kind != "latex" and (standalone or label):
        raise UsageError(f"--{'standalone' if standalone else 'label'} is LaTeX's; add --format latex")
    if kind == "csv":
        only_with("--format text, markdown or latex", "caption")
    called = [*renamed, *(text for text in labels if "=" in text)]
    text = shown_runs(folders, codecs, bitrates, called, style, primary).table(
        kind, columns=names(columns, "--columns", doubles="keep"), preset=preset, group_by=group_by, mark=mark,
        notes=notes, published=published_figures(published), caption=caption, label=label, standalone=standalone,
        command=command_line(),
    )  # fmt: skip
    if out is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        out.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--out '{out}' cannot be written: {error}") from error
