"""Drawing a Chart with matplotlib. The same chart is drawn to the same bytes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from codecbench.errors import UsageError
from codecbench.plots.chart import Chart, Curve, Line, Panel
from codecbench.plots.legend import lay_out
from codecbench.plots.style import RC, WIDTHS_IN, Width, colour, dash, marker, report_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Format = Literal["pdf", "svg", "png"]
PANEL_IN = {"column": 2.1, "page": 2.6}
"""Height of a panel in inches."""
LEGEND_IN = 0.15
"""Height of a line of the legend."""
METADATA: dict[Format, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "Creator": "codecbench", "Producer": None},
    "svg": {"Date": None, "Creator": "codecbench"},
    "png": {"Software": "codecbench"},
}


def save(chart: Chart, out: Path, file_format: Format, width: Width) -> None:
    """Draw `chart` into `out`. Raises UsageError where matplotlib is not installed or `out` cannot be written."""
    try:
        out.write_bytes(render(chart, file_format, width))
    except OSError as error:
        raise UsageError(f"'{out}' cannot be written: {error.strerror}") from error


def render(chart: Chart, file_format: Format, width: Width) -> bytes:
    """The same as bytes. Raises UsageError where matplotlib is not installed."""
    try:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UsageError(f"figures need matplotlib ({error}): pip install 'codecbench[plots]'") from error
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # a user's own matplotlibrc must not decide
        matplotlib.rcParams.update(RC)
        figure = Figure(figsize=_size(chart, width), layout="constrained")
        FigureCanvasAgg(figure)
        draw(chart, figure, width)
        drawn = BytesIO()
        figure.savefig(drawn, format=file_format, metadata=METADATA[file_format])
        return drawn.getvalue()


def draw(chart: Chart, figure: Figure, width: Width) -> None:
    """One above the other in a column, side by side on a page, with one legend."""
    count, stacked = len(chart.panels), width == "column"
    rows, columns = (count, 1) if stacked else (1, count)
    grid = figure.subplots(rows, columns, sharex=True, squeeze=False)
    for axes, panel in zip(grid.flat, chart.panels, strict=True):
        _draw_panel(axes, panel, chart.labels, chart.linear)
    for axes in grid[-1] if stacked else grid.flat:
        axes.set_xlabel(chart.x_title)
    legend = lay_out(chart, width)
    figure.legend(handles=legend.handles, loc="outside upper center", ncols=legend.columns)


def _size(chart: Chart, width: Width) -> tuple[float, float]:
    height = PANEL_IN[width] * (len(chart.panels) if width == "column" else 1)
    return WIDTHS_IN[width], height + lay_out(chart, width).lines * LEGEND_IN


def _draw_panel(axes: Axes, panel: Panel, labels: bool, linear: bool) -> None:
    axes.set_xscale("linear" if linear else "log")
    for curve in panel.curves:
        _draw_curve(axes, curve)
    for mark in panel.published:
        shape, size = marker(mark.look)
        axes.plot(
            [mark.points[0].x], [mark.points[0].y], marker=shape, markersize=size + 0.6, linestyle="none",
            markerfacecolor="none", markeredgecolor=colour(mark.look), markeredgewidth=0.8, zorder=4,
        )  # fmt: skip
    axes.set_ylim(*panel.y_range)
    if not linear:
        _set_range(axes, panel)
        _ticks(axes)
    axes.set_ylabel(panel.y_title)
    axes.grid(color=report_colours()["line"])
    if panel.line:
        _draw_line(axes, panel, panel.line)
    if labels:
        _label_ends(axes, panel)


def _draw_line(axes: Axes, panel: Panel, line: Line) -> None:
    """Across the panel, named at the end where fewer points are near."""
    from matplotlib.patheffects import withStroke

    dim, (low, high) = report_colours()["dim"], axes.get_ylim()
    axes.axhline(line.y, color=dim, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
    left, right = axes.get_xlim()
    near = [point.x for curve in panel.curves for point in curve.points if abs(point.y - line.y) < 0.12 * (high - low)]
    at_left = sum(x < (left**2 * right) ** (1 / 3) for x in near) < sum(x > (left * right**2) ** (1 / 3) for x in near)
    axes.annotate(
        line.text, (0.0 if at_left else 1.0, line.y), (3 if at_left else -1, 2), xycoords=("axes fraction", "data"),
        textcoords="offset points", ha="left" if at_left else "right", va="bottom", fontsize=6.5, color=dim, zorder=5,
        path_effects=[withStroke(linewidth=1.5, foreground="white")],
    )  # fmt: skip


def _draw_curve(axes: Axes, curve: Curve) -> None:
    shape, size = marker(curve.look)
    look: dict[str, Any] = {"color": colour(curve.look)}
    x, y = [point.x for point in curve.points], [point.y for point in curve.points]
    for point in curve.points:
        if point.low is not None and point.high is not None:
            axes.plot([point.x] * 2, [point.low, point.high], linewidth=0.7, alpha=0.6, zorder=2, **look)
    axes.plot(
        x, y, linestyle=dash(curve.look), marker=shape, markersize=size, markeredgecolor="white",
        markeredgewidth=0.4, zorder=3, **look,
    )  # fmt: skip


def _set_range(axes: Axes, panel: Panel) -> None:
    xs = [point.x for curve in (*panel.curves, *panel.published) for point in curve.points]
    if max(xs) / min(xs) < 1.5:  # one point, or all at one place: an axis needs some width
        axes.set_xlim(min(xs) / 1.5, max(xs) * 1.5)


def _ticks(axes: Axes) -> None:
    """Plain numbers at 1, 2 and 5 of each decade, or at the decades where there are many."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = axes.get_xlim()
    subs = (1.0, 2.0, 5.0) if high / low < 300 else (1.0,)
    axes.xaxis.set_major_locator(LogLocator(subs=subs))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _prefixed(value)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis="x", which="minor", length=0)


def _prefixed(value: float) -> str:
    for size, letter in ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= 0.999 * size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def _label_ends(axes: Axes, panel: Panel) -> None:
    for curve in panel.curves:
        for point in dict.fromkeys((curve.points[0], curve.points[-1])):
            axes.annotate(
                point.label, (point.x, point.y), (4, 0), textcoords="offset points", va="center", fontsize=6,
                color=colour(curve.look), zorder=5,
            )  # fmt: skip
