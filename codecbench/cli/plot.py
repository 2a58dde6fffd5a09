"""`codecbench plot`: a figure for a paper, drawn from runs' stores alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecbench.cli.files import check_out
from codecbench.cli.looks import label_options, read_wishes
from codecbench.cli.options import only_with
from codecbench.cli.runs import read_runs
from codecbench.errors import UsageError
from codecbench.names import names

if TYPE_CHECKING:
    from codecbench.analysis.failures import FailedPoints
    from codecbench.analysis.summary import Row, Summary
    from codecbench.plots.axes import CostAxis
    from codecbench.plots.chart import Chart
    from codecbench.plots.curves import Kind
    from codecbench.plots.drawing import Format
    from codecbench.plots.style import Width
    from codecbench.store.rows import SkipRow

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
@label_options
def plot(
    folders: tuple[Path, ...], kind: Kind, metric: str | None, cost: CostAxis, codecs: str | None,
    file_format: Format | None, out: Path | None, width: Width, published: bool,
    style: Path | None, labels: tuple[str, ...],
) -> None:  # fmt: skip
    """Draw a figure of runs for a paper, and print what its caption has to say. Several runs must be alike."""
    from codecbench.analysis import summarize
    from codecbench.plots.drawing import save

    if kind != "cost-quality":
        only_with("--kind cost-quality", "cost")
    if kind == "hallucination":
        only_with("--kind rate-quality or cost-quality", "published")
    results = replace(read_runs(folders), ladder=())
    summary = summarize(results, read_wishes(style, labels, results))
    chart = _chart(summary, kind, metric, cost, codecs, published)
    chosen, file = _target(file_format, out, kind, metric)
    save(chart, file, chosen, width)
    click.echo(str(file))
    for note in chart.notes:
        click.echo(note)


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
    """The codecs asked for, with what they miss; `summary.codecs` stays whole, for it decides how a stranger looks."""
    if codecs is None:
        return summary
    known = {name for codec in summary.codecs for name in (codec.codec, codec.codec_id.spec)}
    wanted = names(codecs, "--codecs")
    for name in wanted:
        if name not in known:
            raise UsageError(f"--codecs: the run has no codec '{name}'; it has: {', '.join(sorted(known))}")

    def asked(one: Row | SkipRow | FailedPoints) -> bool:
        return one.codec in wanted or one.codec_id.spec in wanted

    groups = (replace(group, places=tuple(filter(asked, group.places))) for group in summary.failures)
    return replace(
        summary,
        rows=tuple(filter(asked, summary.rows)),
        skipped=tuple(filter(asked, summary.skipped)),
        failures=tuple(group for group in groups if group.places),
    )


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
    check_out(out, f"{kind}.{chosen}")
    return chosen, out
