"""`codecbench plot`: a figure for a paper, drawn from runs' stores alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from codecbench.cli.files import check_out
from codecbench.cli.options import only_with
from codecbench.cli.view import (
    label_option,
    part_options,
    published_figures,
    published_option,
    shown_runs,
    style_option,
)
from codecbench.errors import UsageError

if TYPE_CHECKING:
    from codecbench.plots.axes import CostAxis
    from codecbench.plots.curves import By, Kind
    from codecbench.plots.drawing import Format
    from codecbench.plots.plot import Plot
    from codecbench.plots.style import Width

BY = ("codec", "family")
KINDS = ("rate-quality", "cost-quality", "hallucination", "condition")
COSTS = ("macs", "rtf", "latency", "parameters")
FORMATS: tuple[Format, ...] = ("pdf", "svg", "png")


@click.command()
@click.argument("folders", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="RUN...")
@click.option("--kind", type=click.Choice(KINDS), default="rate-quality", show_default=True, help="What to draw.")
@click.option("--metric", metavar="ID", help="On the y axis; default: pesq_wb, or hallucinated_wer.")
@click.option("--cost", type=click.Choice(COSTS), default="macs", show_default=True, help="Of cost-quality: x axis.")
@click.option("--by", type=click.Choice(BY), default="codec", show_default=True, help="What colours stand for.")
@part_options
@click.option("--format", "file_format", type=click.Choice(FORMATS), help="Default: as --out ends, or pdf.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Default: KIND-METRIC.FORMAT.")
@click.option(
    "--width", type=click.Choice(["column", "page"]), default="column", show_default=True, help="3.35 or 7 in."
)
@published_option("Mark papers' figures too, hollow: those that codecbench ships, and those of a file.")
@label_option
@style_option
def plot(
    folders: tuple[Path, ...], kind: Kind | Literal["condition"], metric: str | None, cost: CostAxis, by: By,
    codecs: str | None, bitrates: str | None, file_format: Format | None, out: Path | None, width: Width,
    published: str | None, labels: tuple[str, ...], style: Path | None,
) -> None:  # fmt: skip
    """Draw a figure of runs for a paper, and print what its caption has to say. Several runs must be alike.

    --kind condition takes runs that differ in the value of one condition: loss:5, loss:10, ...
    """
    if kind != "cost-quality":
        only_with("--kind cost-quality", "cost")
    if kind == "hallucination":
        only_with("--kind rate-quality or cost-quality", "published")
    if kind == "condition":
        only_with("--kind rate-quality, cost-quality or hallucination", "by", "published")
        drawn = _over_condition(folders, metric, width, codecs, bitrates, labels, style)
    else:
        runs = shown_runs(folders, codecs, bitrates, labels, style)
        drawn = runs.plot(kind, metric, cost=cost, by=by, published=published_figures(published), width=width)
    chosen, file = _target(file_format, out, kind, metric)
    click.echo(str(drawn.save(file, chosen)))
    for note in drawn.notes:
        click.echo(note)


def _over_condition(
    folders: tuple[Path, ...], metric: str | None, width: Width, codecs: str | None, bitrates: str | None,
    labels: tuple[str, ...], style: Path | None,
) -> Plot:  # fmt: skip
    """Each folder by itself: figures of two conditions are never in one mean."""
    from codecbench.plots.degradation import degradation
    from codecbench.plots.plot import Plot
    from codecbench.results import DEFAULT_METRIC

    summaries = [shown_runs([folder], codecs, bitrates, labels, style).summary() for folder in folders]
    return Plot(degradation(summaries, metric or DEFAULT_METRIC), width)


def _target(file_format: Format | None, out: Path | None, kind: str, metric: str | None) -> tuple[Format, Path]:
    if out is None:
        name = "-".join(filter(None, [kind, metric])).replace("/", "_")
        return file_format or "pdf", Path(f"{name}.{file_format or 'pdf'}")
    ending = out.suffix.lower().removeprefix(".")
    named = next((known for known in FORMATS if known == ending), None)
    chosen = file_format or named
    if chosen is None:
        raise UsageError(f"--out '{out}': which format? End it in .{', .'.join(FORMATS)}, or give --format")
    if named not in (None, chosen):
        raise UsageError(f"--out '{out}' is not --format {file_format}: give one of the two, or both alike")
    check_out(out, f"{kind}.{chosen}")
    return chosen, out
