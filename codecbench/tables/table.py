"""The one table object. Terminal, Markdown, CSV, LaTeX and HTML are written from it, and write the texts of its cells.

Whatever a format does to a cell (a bold face, an escaped underscore), `text` and `spread` are decided here, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

NA = "n/a"
DAGGER, DOUBLE_DAGGER, SECTION_SIGN, PILCROW, BARS = "†", "‡", "§", "¶", "‖"
"""Fewer utterances than were asked for; weights that were never trained; a rate of fewer than ten events."""

ORIGINAL = "original"
"""The row of the originals' own scores."""
NO_SERIES = -1
"""Of a row that is no codec's: it has no colour."""

Mark = Literal["best", "second"]
ARROWS: dict[bool | None, str] = {True: "↑", False: "↓"}


@dataclass(frozen=True)
class Column:
    """`id` is what `--columns` takes, `title` what a reader sees; `description` of a metric is its card's."""

    id: str
    title: str
    unit: str = ""
    higher_is_better: bool | None = None
    description: str = ""

    @property
    def scale(self) -> str:
        """Unit and direction, as below the title: `MOS ↑`."""
        return " ".join(filter(None, [self.unit, ARROWS.get(self.higher_is_better, "")]))


@dataclass(frozen=True)
class TableCell:
    """A figure as printed (`n/a` without one) and its interval as printed (`±0.08`, `[2.31, 2.52]` or empty).

    Of a real-time factor the interval is from the lowest to the highest repeat: `[0.031, 0.036]`.

    `value` is what it sorts by, not rounded and in the metric's own unit, `low` and `high` the ends of its interval.
    `n` of `planned` utterances have a score, where it is a metric's. `reason` says why there is no figure, or no
    interval.
    """

    text: str
    spread: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    planned: int | None = None
    mark: Mark | None = None
    reason: str = ""
    rare: str = ""
    """`2 events` where a rate has so few that its interval is the exact one, else empty; `spread` then has the mark."""

    @property
    def coverage(self) -> str:
        """`22/24` where some utterances have no score, else empty."""
        return f"{self.n}/{self.planned}" if self.n and self.planned and self.n < self.planned else ""

    @property
    def whole(self) -> str:
        """Figure and interval, with the dagger of an incomplete one."""
        return " ".join(filter(None, [self.text, self.spread])) + (DAGGER if self.coverage else "")


@dataclass(frozen=True)
class TableRow:
    """A codec × checkpoint × operating point. `series` is the codec's place in the run, `run` the id of its run."""

    codec: str
    checkpoint: str
    name: str
    track: str
    point: str
    series: int
    run: str
    cells: tuple[TableCell, ...]
    other_weights: bool = False
    """Whether its weights are others than its card pins by sha256, or its plugin bundles."""

    @property
    def label(self) -> str:
        untrained = DOUBLE_DAGGER if self.track == "untrained" else ""
        return f"{self.name}{untrained}{BARS if self.other_weights else ''}"


@dataclass(frozen=True)
class RowGroup:
    """Rows that stand together, below a `title` (a codec's group has none: its rows name it)."""

    rows: tuple[TableRow, ...]
    title: str = ""


MOST_REASONS = 3
"""Lines below a table that say why the same column is empty; a busy machine alone has one for each codec and point."""


@dataclass(frozen=True)
class Gap:
    """Why figures (or intervals) of columns are missing, and of which codecs."""

    what: str
    reason: str
    where: tuple[str, ...]


@dataclass(frozen=True)
class RankingNote:
    """How `best` and `second` were found: `text` has places for the two words that a format marks them with.

    `short` says what the marks mean and no more; empty where nothing is marked.
    """

    text: str
    marked: bool
    short: str = ""

    def note(self, best: str, second: str) -> str:
        return self.text.format(best=best, second=second)


@dataclass(frozen=True)
class PublishedRow:
    """Figures of a paper; a text per column of the table, empty where the paper has none. `source` is its letter."""

    name: str
    point: str
    source: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class PublishedBlock:
    """Figures of papers, on other speech: `sources` by letter say which, and tell those of another convention."""

    rows: tuple[PublishedRow, ...]
    sources: tuple[tuple[str, str], ...]

    @property
    def shown(self) -> tuple[int, ...]:
        """Columns of the table of which some paper has a figure."""
        wide = len(self.rows[0].cells) if self.rows else 0
        return tuple(index for index in range(wide) if any(row.cells[index] for row in self.rows))


@dataclass(frozen=True)
class Origin:
    """Where the figures are from: the run, the codecbench that made it, and the command that makes it again."""

    run: str
    version: str
    command: str


@dataclass(frozen=True)
class Table:
    """`notes` belong under the table in every format, `events` (what failed or was skipped) where there is room."""

    columns: tuple[Column, ...]
    groups: tuple[RowGroup, ...]
    notes: tuple[str, ...] = ()
    comparison: RankingNote | None = None
    gaps: tuple[Gap, ...] = ()
    events: tuple[str, ...] = ()
    published: PublishedBlock | None = None
    origins: tuple[Origin, ...] = ()
    caption: str = ""
    command: str = ""

    @property
    def rows(self) -> tuple[TableRow, ...]:
        return tuple(self.rows_in_order())

    def rows_in_order(self) -> Iterator[TableRow]:
        for group in self.groups:
            yield from group.rows

    def without(self, column: int) -> Table:
        """The same table with one column less."""

        def cut(cells: tuple[TableCell, ...]) -> tuple[TableCell, ...]:
            return cells[:column] + cells[column + 1 :]

        return replace(
            self,
            columns=self.columns[:column] + self.columns[column + 1 :],
            groups=tuple(
                replace(group, rows=tuple(replace(row, cells=cut(row.cells)) for row in group.rows))
                for group in self.groups
            ),
            published=None if self.published is None else replace(
                self.published,
                rows=tuple(
                    replace(row, cells=row.cells[:column] + row.cells[column + 1 :]) for row in self.published.rows
                ),
            ),
        )  # fmt: skip

    def legend(self, best: str, second: str) -> list[str]:
        """Notes and what was compared; `best` and `second` name the format's marks."""
        compared = self.comparison.note(best, second) if self.comparison else ""
        return [*self.notes, *([compared] if compared else [])]

    def all_notes(self, best: str, second: str) -> list[str]:
        """The legend and the reasons of `n/a`; of many reasons for the same, the first."""
        lines = self.legend(best, second)
        for what in dict.fromkeys(gap.what for gap in self.gaps):
            gaps = [gap for gap in self.gaps if gap.what == what]
            shown = gaps if len(gaps) <= MOST_REASONS else gaps[: MOST_REASONS - 1]
            lines += [f"No {gap.what}: {gap.reason} ({', '.join(gap.where)})." for gap in shown]
            if rest := gaps[len(shown) :]:
                where = dict.fromkeys(name for gap in rest for name in gap.where)
                lines.append(f"No {what}: {len(rest)} more reasons, each in report.html ({', '.join(where)}).")
        return lines

    def origin(self) -> str:
        """One line: which run, which codecbench, which commands. Never a line break, whatever a name holds."""
        runs = [
            f"run {origin.run} of codecbench {origin.version}, made by: {origin.command}" for origin in self.origins
        ]
        made = [f"this table: {self.command}"] if self.command else []
        return " ".join(" · ".join([*runs, *made]).split())
