"""Papers' figures beside the measured ones: a block of its own with the sources' conventions, compared with nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from string import ascii_lowercase
from typing import NamedTuple

from codecbench.analysis.literature import beside, called, comparable, metric_of
from codecbench.analysis.summary import Summary
from codecbench.printing.figures import Style
from codecbench.published import CONVENTIONS, PublishedFigure, PublishedSource
from codecbench.tables.columns import COSTS
from codecbench.tables.table import Column, PublishedBlock, PublishedRow

OTHER: Mapping[str, str] = {
    "pesq": "PESQ", "wer": "WER", "speaker_similarity": "speaker similarity", "macs_per_s": "MAC/s",
}  # fmt: skip
"""Metrics of several conventions (`codecbench.published.CONVENTIONS`), without the name of ours."""


class _Place(NamedTuple):
    """What a row of the block is about."""

    name: str
    kbps: float
    source: str

    def order(self, letters: Mapping[str, str]) -> tuple[str, str, str, float]:
        return self.name.partition(":")[0], letters[self.source], self.name, self.kbps


def published_block(
    figures: Sequence[PublishedFigure], summary: Summary, columns: Sequence[Column]
) -> PublishedBlock | None:
    """Figures of the run's codecs, at rates within each one's range in the run, in the columns shown; None without.

    Of a reader's own file all that have a column.

    What was measured by another convention than the run's stands in no column: it is said with its source.
    """
    ids = [column.id for column in columns]
    wanted = [figure for figure in beside(figures, summary) if stands_at(figure) in ids]
    if not wanted:
        return None
    by_metric: dict[_Place, dict[str, PublishedFigure]] = {}
    for figure in wanted:
        if metric_of(figure) in ids and comparable(figure, summary):
            place = _Place(called(figure, summary), figure.kbps, figure.source.id)
            by_metric.setdefault(place, {})[metric_of(figure)] = figure
    sources = list(dict.fromkeys(figure.source for figure in wanted))
    letters = {source.id: ascii_lowercase[number % 26] * (1 + number // 26) for number, source in enumerate(sources)}
    rows = [
        PublishedRow(
            place.name, f"{place.kbps:g}", letters[place.source],
            tuple(_quoted(row[name].value, name, summary) if name in row else "" for name in ids),
        )
        for place, row in sorted(by_metric.items(), key=lambda item: item[0].order(letters))
    ]  # fmt: skip
    told = [
        (letters[source.id], " ".join(filter(None, [describe(source), _models(of), _others(of, summary)])))
        for source in sources
        for of in [[figure for figure in wanted if figure.source == source]]
    ]
    return PublishedBlock(tuple(rows), tuple(told))


def stands_at(figure: PublishedFigure) -> str:
    """Where a reader looks for it: PESQ of an unknown band at the wide-band one."""
    return {"pesq": "pesq_wb"}.get(metric_of(figure), metric_of(figure))


def _models(figures: Sequence[PublishedFigure]) -> str:
    """`opus: version not named.` of those whose weights this project does not know."""
    models = dict.fromkeys(f"{figure.codec}: {figure.model}" for figure in figures if figure.checkpoint is None)
    return f"{'; '.join(models)}." if models else ""


def _others(figures: Sequence[PublishedFigure], summary: Summary) -> str:
    """`Published, other convention, in no column: WER (recognizer unknown) 5.44 of encodec:x at 1.5.`"""
    told: dict[str, list[str]] = {}
    for figure in figures:
        if not comparable(figure, summary):
            value = _quoted(figure.value, stands_at(figure), summary)
            where = f"{called(figure, summary)} at {figure.kbps:g}"
            told.setdefault(convention_text(figure, summary), []).append(f"{value} of {where}")
    parts = [f"{what} {', '.join(values)}" for what, values in told.items()]
    return f"Published, other convention, in no column: {'; '.join(parts)}." if parts else ""


def convention_text(figure: PublishedFigure, summary: Summary) -> str:
    """`WER (recognizer unknown)`: what a figure is that stands in no column."""
    column = stands_at(figure)
    unit = (
        f", {style.unit}"
        if column in summary.metrics and (style := Style.of(summary.metrics[column])).unit == "%"
        else ""
    )
    return f"{OTHER[figure.metric]}{unit} ({CONVENTIONS[figure.metric].rpartition('_')[2]} {figure.convention})"


def describe(source: PublishedSource) -> str:
    """Everything that a reader has to know before setting one of its figures beside a measured one."""
    unchecked = "; from a transcription, not checked against the paper" if source.secondary else ""
    how = f"{source.conditions}; {source.convention}{unchecked}"
    return f"{source.reference} ({source.url}). On {source.dataset}; {how}."


def _quoted(value: float, column: str, summary: Summary) -> str:
    """The digits that were published and no more, on the column's scale."""
    number = Decimal(repr(value))
    if column in summary.metrics:
        return _plain(number * Decimal(str(Style.of(summary.metrics[column]).factor)))
    if column in COSTS and column.endswith(("parameters", "macs_per_s")):
        for size, prefix in ((12, "T"), (9, "G"), (6, "M"), (3, "k")):
            if number >= Decimal(10) ** size:
                return f"{_plain(number / Decimal(10) ** size)} {prefix}"
    return _plain(number)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
