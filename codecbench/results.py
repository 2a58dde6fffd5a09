"""A run as a reader has it: its summary, its tables, its figures, its report. The verbs of the command line use it.

>>> import codecbench
>>> run = codecbench.open_run("codecbench-run")                  # doctest: +SKIP
>>> run.select(codecs=["opus"], bitrates="6-12").table("markdown")  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from codecbench.errors import UsageError

if TYPE_CHECKING:  # heavy, and needed only where something is asked for
    from pandas import DataFrame

    from codecbench.analysis.findings import Findings
    from codecbench.analysis.summary import Summary
    from codecbench.analysis.view import Marking, Notes
    from codecbench.plots.axes import CostAxis
    from codecbench.plots.chart import Chart
    from codecbench.plots.curves import By, Kind
    from codecbench.plots.plot import Plot
    from codecbench.plots.style import Width
    from codecbench.published import PublishedFigure
    from codecbench.report.page import AudioMode
    from codecbench.store.rows import StoredResults
    from codecbench.tables.build import GroupBy
    from codecbench.tables.selection import Preset
    from codecbench.tables.table import Table

TableFormat = Literal["text", "markdown", "csv", "latex"]
FORMATS: tuple[TableFormat, ...] = ("text", "markdown", "csv", "latex")
DEFAULT_METRIC = "pesq_wb"
AUDIO_MB = 25.0


def open_run(*folders: str | Path) -> Results:
    """The results in a run's folder, or in several that measured alike, read as one.

    Nothing is read yet but that they are runs. Raises UsageError where one is none, or has no results.
    """
    from codecbench.store import Store, require_results

    if not folders:
        raise UsageError("open_run: give a run's folder")
    for folder in folders:
        with Store(Path(folder)) as store:
            require_results(store)
    return Results(tuple(Path(folder) for folder in folders))


@dataclass(frozen=True)
class Results:
    """Runs in `folders`, and how they are looked at: see `select` and `styled`. Nothing here runs a codec.

    What is read is kept, so that a second table is quick: open a run again to see what was added to it since.
    """

    folders: tuple[Path, ...]
    codecs: tuple[str, ...] | None = None
    bitrates: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    style: Path | None = None
    primary: tuple[str, ...] | None = None
    _kept: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def select(self, codecs: Sequence[str] | None = None, bitrates: str | None = None) -> Results:
        """A part: only these codecs (`name` or `name:checkpoint`), near these nominal kbps (`"1.5,3"` or `"1-6"`)."""
        chosen = (codecs,) if isinstance(codecs, str) else codecs
        return replace(self, codecs=None if chosen is None else tuple(chosen), bitrates=bitrates)

    def styled(
        self, labels: Mapping[str, str] | None = None, style: str | Path | None = None,
        primary: Sequence[str] | None = None,
    ) -> Results:  # fmt: skip
        """Other names of codecs (`{"encodec": "EnCodec"}`), a `codecs.toml`, at most four primary metrics."""
        first = (primary,) if isinstance(primary, str) else primary
        return replace(
            self, labels=dict(labels or {}), style=None if style is None else Path(style),
            primary=None if first is None else tuple(first),
        )  # fmt: skip

    def summary(self) -> Summary:
        """All figures: a row per codec and operating point, means, intervals, costs, with the reason of each gap.

        Raises UsageError where several runs differ, or a codec, bitrate or label is not theirs.
        """
        return self.findings().summary

    def table(
        self, format: TableFormat = "text", *, columns: Sequence[str] | None = None, preset: Preset = "codec",
        group_by: GroupBy = "codec", mark: Marking = "shown", notes: Notes = "full",
        published: bool | str | Path = False, caption: str = "", label: str = "", standalone: bool = False,
        command: str = "",
    ) -> str:  # fmt: skip
        """A table as text, Markdown, CSV or LaTeX, as `codecbench table` writes it: docs/tables.md has the options.

        `published`: True for papers' figures that codecbench ships, or a file with more. Raises UsageError.
        """
        from codecbench.tables import as_csv, as_latex, as_markdown, as_text

        typed = "" if (format, notes) == ("text", "none") else command  # other formats have it in a comment
        made = self._table(columns, preset, group_by, mark, notes, published, caption, typed)
        if format == "latex":
            return as_latex(made, label, standalone)
        writers = {"text": as_text, "markdown": as_markdown, "csv": as_csv}
        if format not in writers:
            raise UsageError(f"table: format '{format}'; one of {', '.join(FORMATS)}")
        return writers[format](made)

    def chart(
        self, kind: Kind = "rate-quality", metric: str | None = None, *, cost: CostAxis = "macs",
        by: By = "codec", published: bool | str | Path = False,
    ) -> Chart:  # fmt: skip
        """What a figure shows, as data, with the notes that its caption needs. Raises UsageError.

        `by` "family" tells speech, audio and neural codecs apart by colour and dash, and codecs by marker alone.
        """
        from codecbench.plots import curves
        from codecbench.plots.families import by_family

        figures = read_figures(published)
        shown = [metric or DEFAULT_METRIC] if kind != "hallucination" else curves.hallucination_metrics(metric)
        summary = self.findings(shown, figures, ladder=False).summary
        if kind == "hallucination":
            chart = curves.hallucination(summary, metric)
        elif kind == "cost-quality":
            chart = curves.cost_quality(summary, metric or DEFAULT_METRIC, cost, figures)
        else:
            chart = curves.rate_quality(summary, metric or DEFAULT_METRIC, figures)
        return by_family(chart, summary) if by == "family" else chart

    def plot(
        self, kind: Kind = "rate-quality", metric: str | None = None, *, cost: CostAxis = "macs",
        by: By = "codec", published: bool | str | Path = False, width: Width = "column",
    ) -> Plot:  # fmt: skip
        """A figure, as `codecbench plot` draws it; a notebook shows it, `plot(...).save("figure.pdf")` writes it.

        Raises UsageError where the run has nothing to draw.
        """
        from codecbench.plots.plot import Plot

        return Plot(self.chart(kind, metric, cost=cost, by=by, published=published), width)

    def to_pandas(self, what: Literal["scores", "summary"] = "scores") -> DataFrame:
        """A data frame: a row per utterance and metric (`scores`), or per operating point and metric (`summary`).

        A figure that is not there is NaN, with `status` and `reason` beside it. The corpus figure of a rate is the sum
        of numerators over the sum of denominators: the mean of `value` is another one. Raises UsageError where pandas
        is not installed.
        """
        from codecbench.analysis.frames import score_frame, summary_frame

        findings = self.findings()
        return score_frame(findings.results) if what == "scores" else summary_frame(findings.summary)

    def _repr_html_(self) -> str:
        from codecbench.tables.web import as_html

        return as_html(self._table(None, "codec", "codec", "shown", "full", False, "", ""))

    def report(
        self, out: str | Path | None = None, *, audio: AudioMode = "embed", audio_mb: float = AUDIO_MB,
        mark: Marking = "shown", notes: Notes = "full", published: bool | str | Path = True,
    ) -> Path:  # fmt: skip
        """Write the HTML report to `out`, or into the run's folder, with summary.json. Returns where it is.

        Raises UsageError where several runs or a part of one are given without `out`, or a file cannot be written.
        """
        from codecbench.report import write_report

        file = None if out is None else Path(out)
        if file is None and (len(self.folders) > 1 or self.codecs is not None or self.bitrates is not None):
            what = "several runs" if len(self.folders) > 1 else "a part of a run"
            raise UsageError(f"a report of {what} does not belong into the run's folder: give --out FILE")
        findings = self.findings((), read_figures(published), mark, notes)
        try:
            return write_report(findings, self.folders, file, audio, audio_mb)
        except OSError as error:
            place = error.filename or file or self.folders[0]
            raise UsageError(f"'{place}' cannot be written: {error.strerror or error}") from error

    def _table(
        self, columns: Sequence[str] | None, preset: Preset, group_by: GroupBy, mark: Marking, notes: Notes,
        published: bool | str | Path, caption: str, command: str,
    ) -> Table:  # fmt: skip
        from codecbench.tables import build_table
        from codecbench.tables.selection import chosen_columns, preset_columns, preset_ids

        figures = read_figures(published)
        shown = preset_ids(preset, self.primary) if columns is None else columns
        findings = self.findings(shown, figures, mark, notes)
        summary = findings.summary
        chosen = preset_columns(summary, preset) if columns is None else chosen_columns(summary, columns)
        return build_table(
            findings, chosen, group_by=group_by, published=figures, caption=caption, command=command,
            keep_empty=columns is not None,
        )  # fmt: skip

    def findings(
        self, shown: Collection[str] = (), published: Sequence[PublishedFigure] = (), mark: Marking = "shown",
        notes: Notes = "full", ladder: bool = True,
    ) -> Findings:  # fmt: skip
        """What follows from the results; `shown` are metrics that several runs must have measured alike."""
        from codecbench.analysis import Findings
        from codecbench.analysis.selection import select
        from codecbench.analysis.viewing import make_view

        key = ("findings", frozenset(shown), tuple(published), mark, notes, ladder)
        if key not in self._kept:
            stored = self.stored(shown)
            results = select(stored if ladder else replace(stored, ladder=()), self.codecs, self.bitrates)
            view = make_view(results, self.labels, self.style, published, self.primary, mark, notes)
            self._kept[key] = Findings(results, view)
        found: Findings = self._kept[key]
        return found

    def stored(self, shown: Collection[str] = ()) -> StoredResults:
        """Every current row of the runs; several are merged, metrics `shown` must be alike. Raises UsageError."""
        from codecbench.store import open_run as read
        from codecbench.tables.merge import Run, merge

        runs = self._kept.get("runs") or [Run(str(folder), read(folder)) for folder in self.folders]
        self._kept["runs"] = runs
        return merge(runs, shown)


def read_figures(asked: bool | str | Path) -> tuple[PublishedFigure, ...]:
    """Papers' figures: none, those that codecbench ships (True), or those and a file's. Raises UsageError."""
    from codecbench.published import all_published

    if asked is False:
        return ()
    return all_published(None if asked is True else Path(asked))
