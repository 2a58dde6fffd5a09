"""`codecbench table`: the table of a paper, from runs' stores alone."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecbench.cli.looks import RENAME_HELP, read_wishes, style_option
from codecbench.cli.options import only_with
from codecbench.cli.runs import read_runs
from codecbench.errors import UsageError
from codecbench.names import names

if TYPE_CHECKING:
    from codecbench.analysis import Findings
    from codecbench.tables.build import GroupBy
    from codecbench.tables.selection import Preset
    from codecbench.tables.table import Table

FORMATS = ("text", "markdown", "csv", "latex")
# Spelled out, not taken from codecbench.tables: `codecbench --help` need not load numpy and scipy.
GROUPINGS = ("codec", "bitrate")
PRESETS = ("codec", "cost", "hallucination")


@click.command()
@click.argument("folders", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="RUN...")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--columns", metavar="A,B", help="Ids: pesq_wb, measured_kbps, rtf_decode, parameters, ...")
@click.option("--preset", type=click.Choice(PRESETS), default="codec", show_default=True, help="Columns, if not named.")
@click.option("--group-by", type=click.Choice(GROUPINGS), default="codec", show_default=True, help="Rows side by side.")
@click.option("--caption", default="", help="Text above the table.")
@click.option(
    "--label", "labels", multiple=True, metavar="LABEL|ID=NAME",
    help="LaTeX: its label, for example tab:codecs. With a =: as --rename.",
)  # fmt: skip
@click.option("--rename", "names_", multiple=True, metavar="ID=NAME", help=RENAME_HELP)
@style_option
@click.option("--standalone", is_flag=True, help="LaTeX: a whole document.")
@click.option("--published/--no-published", default=False, show_default=True, help="Papers' figures in a block below.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file.")
def table(
    folders: tuple[Path, ...], kind: str, columns: str | None, preset: Preset, group_by: GroupBy, caption: str,
    labels: tuple[str, ...], names_: tuple[str, ...], style: Path | None, standalone: bool, published: bool,
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
    from codecbench.analysis import Findings
    from codecbench.tables import as_csv, as_latex, as_markdown

    results = read_runs(folders)
    findings = Findings(results, read_wishes(style, [*names_, *(text for text in labels if "=" in text)], results))
    made = _made(findings, names(columns, "--columns", doubles="keep"), preset, group_by, caption, published)
    if kind == "latex":
        text = as_latex(made, label, standalone)
    else:
        text = {"text": _as_text, "markdown": as_markdown, "csv": as_csv}[kind](made)
    if out is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        out.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--out '{out}' cannot be written: {error}") from error


def _made(
    findings: Findings,
    ids: tuple[str, ...] | None,
    preset: Preset,
    group_by: GroupBy,
    caption: str,
    published: bool,
) -> Table:
    from codecbench.published import published as figures
    from codecbench.tables.build import build_table
    from codecbench.tables.selection import chosen_columns, preset_columns

    summary = findings.summary
    columns = preset_columns(summary, preset) if ids is None else chosen_columns(summary, ids)
    return build_table(
        findings, columns, group_by=group_by, published=figures() if published else (),
        caption=caption, command=shlex.join(["codecbench", *sys.argv[1:]]), keep_empty=ids is not None,
    )  # fmt: skip


def _as_text(made: Table) -> str:
    """As wide as it is: nothing is left out that was asked for."""
    from codecbench.tables import as_text

    return as_text(made)
