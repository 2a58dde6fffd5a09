"""Papers' figures beside the measured ones: a block of its own with the sources' conventions, compared with nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from string import ascii_lowercase
from typing import NamedTuple

from codecbench.analysis.literature import beside, metric_of
from codecbench.analysis.summary import Summary
from codecbench.printing.figures import Style
from codecbench.published import PublishedFigure, PublishedSource
from codecbench.store.ids import CodecId
from codecbench.tables.columns import COSTS
from codecbench.tables.table import Column, PublishedBlock, PublishedRow


class _Place(NamedTuple):
    """What a row of the block is about."""

    codec: str
    checkpoint: str | None
    kbps: float
    source: str

    @property
    def name(self) -> str:
        return CodecId(self.codec, self.checkpoint or "").name

    def order(self, letters: Mapping[str, str]) -> tuple[str, str, float]:
        return self.codec, letters[self.source], self.kbps


def published_block(
    figures: Sequence[PublishedFigure], summary: Summary, columns: Sequence[Column]
) -> PublishedBlock | None:
    """Figures of the run's codecs, at rates within each one's range in the run, in the columns shown; None without."""
    ids = [column.id for column in columns]
    by_metric: dict[_Place, dict[str, PublishedFigure]] = {}
    for figure in beside(figures, summary):
        column = metric_of(figure)
        if column in ids:
            place = _Place(figure.codec, figure.checkpoint, figure.kbps, figure.source.id)
            by_metric.setdefault(place, {})[column] = figure
    if not by_metric:
        return None
    sources = list(dict.fromkeys(figure.source for row in by_metric.values() for figure in row.values()))
    letters = {source.id: ascii_lowercase[number % 26] * (1 + number // 26) for number, source in enumerate(sources)}
    rows = [
        PublishedRow(
            place.name, f"{place.kbps:g}", letters[place.source],
            tuple(_quoted(row[name].value, name, summary) if name in row else "" for name in ids),
        )
        for place, row in sorted(by_metric.items(), key=lambda item: item[0].order(letters))
    ]  # fmt: skip
    return PublishedBlock(tuple(rows), tuple((letters[source.id], describe(source)) for source in sources))


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
