"""`codecbench plot`: a figure for a paper, drawn from runs' stores alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecbench.cli.options import only_with
from codecbench.errors import UsageError

if TYPE_CHECKING:
    from codecbench.analysis.summary import Summary
    from codecbench.plots.curves import Chart, CostAxis, Kind
    from codecbench.plots.drawing import Format
    from codecbench.plots.style import Width

KINDS = ("rate-quality", "cost-quality", "hallucination")
COSTS = ("macs", "rtf", "latency", "parameters")
FORMATS: tuple[Format, ...] = ("pdf", "svg", "png")
DEFAULT_METRIC = "pesq_wb"


@click.command()
@click.argument("folders", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="RUN...")
@click.option("--kind", type=click.Choice(KINDS), default="rate-quality", show_default=True, help="What to draw.")
@click.option("--metric", metavar="ID", help="On the y axis; default: pesq_wb, or hallucinated_wer.")
@click.option("--cost", type=click.Choice(COSTS), default="macs", show_default=True, help="Of cost-quality: x axis.")
@click.option("--codecs", metavar="A,B", help="Only these codecs, coloured as in the report; default: all.")
@click.option("--format", "file_format", type=click.Choice(FORMATS), help="Default: as --out ends, or pdf.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Default: KIND-METRIC.FORMAT.")
@click.option(
    "--width", type=click.Choice(["column", "page"]), default="column", show_default=True, help="3.35 or 7 in."
)
@click.option("--published", is_flag=True, help="Mark papers' figures too, hollow.")
def plot(
    folders: tuple[Path, ...], kind: Kind, metric: str | None, cost: CostAxis, codecs: str | None,
    file_format: Format | None, out: Path | None, width: Width, published: bool,
) -> None:  # fmt: skip
    """Draw a figure of runs for a paper, and print what its caption has to say. Several runs must be alike."""
    from codecbench.plots.drawing import save

    if kind != "cost-quality":
        only_with("--kind cost-quality", "cost")
    if kind == "hallucination":
        only_with("--kind rate-quality or cost-quality", "published")
    chart = _chart(_summary(folders), kind, metric, cost, codecs, published)
    chosen, file = _target(file_format, out, kind, metric)
    save(chart, file, chosen, width)
    click.echo(str(file))
    for note in chart.notes:
        click.echo(note)


def _summary(folders: tuple[Path, ...]) -> Summary:
    from codecbench.analysis import summarize
    from codecbench.run.store import Store
    from codecbench.tables.merge import Run, merge

    runs = []
    for folder in folders:
        with Store(folder) as store:
            runs.append(Run(str(folder), store.results()))
    return summarize(replace(merge(runs), ladder=()))


def _chart(
    summary: Summary, kind: Kind, metric: str | None, cost: CostAxis, codecs: str | None, published: bool
) -> Chart:
    from codecbench.plots import curves
    from codecbench.published import published as load_figures

    summary = _only(summary, codecs)
    figures = load_figures() if published else ()
    if kind == "hallucination":
        return curves.hallucination(summary, metric)
    chosen = metric or DEFAULT_METRIC
    if kind == "cost-quality":
        return curves.cost_quality(summary, chosen, cost, figures)
    return curves.rate_quality(summary, chosen, figures)


def _only(summary: Summary, codecs: str | None) -> Summary:
    """The codecs asked for; `summary.codecs` stays whole, since a codec's place decides its colour."""
    if codecs is None:
        return summary
    known = {name for codec in summary.codecs for name in (codec.codec, f"{codec.codec}:{codec.checkpoint}")}
    wanted = [name.strip() for name in codecs.split(",")]
    for name in wanted:
        if name not in known:
            raise UsageError(f"--codecs: the run has no codec '{name}'; it has: {', '.join(sorted(known))}")
    rows = tuple(r for r in summary.rows if r.codec in wanted or f"{r.codec}:{r.checkpoint}" in wanted)
    return replace(summary, rows=rows)


def _target(file_format: Format | None, out: Path | None, kind: Kind, metric: str | None) -> tuple[Format, Path]:
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
    if not out.parent.is_dir():
        raise UsageError(f"--out '{out}': there is no folder '{out.parent}'")
    return chosen, out
