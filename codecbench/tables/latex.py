"""The table as LaTeX: booktabs, for a two-column article or, `standalone`, as a document of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from codecbench.errors import UsageError
from codecbench.store.ids import short_point
from codecbench.tables.latex_text import escape
from codecbench.tables.table import DAGGER, PublishedBlock, RowGroup, Table, TableCell, TableRow

COLUMN_PT, DIGIT_PT, GAP_PT = 236.0, 4.3, 6.0
"""Width of a column of a two-column article, of a sign at \\footnotesize, and between two columns of ours.

A wider table becomes a `table*` over both columns. Leaving columns out instead would be a choice that is the author's
(`--columns`); shrinking a whole table into one column makes figures that nobody can read.
"""
PAGE_PT, ROW_PT, NOTE_PT, NOTE_SIGNS = 490.0, 9.6, 8.0, 118
"""Height that a page leaves to rows and notes, of a row and of a line of notes; signs in such a line."""
LABEL = re.compile(r"[A-Za-z0-9:._-]+")
PACKAGES = r"\usepackage{booktabs,graphicx}"
STANDALONE = r"""\documentclass[10pt]{article}
\usepackage[margin=18mm]{geometry}
%s
\pagestyle{empty}
\begin{document}
%s
\end{document}
"""


def as_latex(table: Table, label: str = "", standalone: bool = False) -> str:
    r"""A `table` or, where that is too wide for a column, `table*`; needs `\usepackage{booktabs,graphicx}`.

    Raises:
        UsageError: the label holds what \label does not take.
    """
    if label and not LABEL.fullmatch(label):
        raise UsageError(f"--label '{label}': letters, digits and : . _ - only, for example tab:codecs")
    comment = f"% codecbench: {table.origin()}\n% needs {PACKAGES}"
    notes = _notes(table)
    pieces = list(_pieces(table, notes))
    star = "*" if width_pt(table) > COLUMN_PT else ""
    body = "\n".join(_float(table, piece, star, label if piece is pieces[0] else "", piece is not pieces[0], notes)
                     for piece in pieces)  # fmt: skip
    return f"{comment}\n{STANDALONE % (PACKAGES, body)}" if standalone else f"{comment}\n{body}\n"


@dataclass(frozen=True)
class _Piece:
    """What goes into one float: groups of rows; in the last one the published block and the notes."""

    groups: tuple[RowGroup, ...]
    published: PublishedBlock | None = None
    last: bool = False


def _pieces(table: Table, notes: Sequence[str]) -> Iterator[_Piece]:
    """As many groups as fit a page; where no room is left for the rest, it is a float of its own."""
    room = PAGE_PT
    groups: list[RowGroup] = []
    for group in table.groups:
        height = ROW_PT * (len(group.rows) + (1.7 if group.title else 0.3))
        if groups and height > room:
            yield _Piece(tuple(groups))
            groups, room = [], PAGE_PT
        groups.append(group)
        room -= height
    published = ROW_PT * (2 + len(table.published.rows)) if table.published else 0.0
    rest = published + NOTE_PT * sum(1 + len(note) // NOTE_SIGNS for note in notes)
    if groups and rest > room:
        # A group goes along, so that notes do not stand alone; the papers' figures are a table without.
        keep = len(groups) if table.published else max(1, len(groups) - 1)
        yield _Piece(tuple(groups[:keep]))
        groups = groups[keep:]
    yield _Piece(tuple(groups), table.published, last=True)


def _float(table: Table, piece: _Piece, star: str, label: str, goes_on: bool, notes: Sequence[str]) -> str:
    if piece.published and not piece.groups:
        for index in reversed(range(len(table.columns))):
            table = table if index in piece.published.shown else table.without(index)
        piece = replace(piece, published=table.published)
    caption = escape(table.caption) + (" (continued)" if goes_on and table.caption else "")
    head = [rf"\begin{{table{star}}}[t]", r"\centering"]
    head += [rf"\caption{{{caption}}}"] if caption else []
    head += [rf"\label{{{label}}}"] if label else []
    grid = []
    if piece.groups or piece.published or not table.rows:
        # Shrinks only what is wider than where it stands: never a figure beyond the margin, never one blown up.
        grid = [
            r"\footnotesize\setlength{\tabcolsep}{3pt}",
            r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
            rf"\begin{{tabular}}{{@{{}}lr{''.join(map(_spec, _double(table)))}@{{}}}}",
            *_lines(table, piece),
            r"\end{tabular}}",
        ]
    paragraphs = " \\par\n".join(notes)
    below = [r"\par\vspace{3pt}", r"\begin{minipage}{\linewidth}\scriptsize\raggedright", paragraphs, r"\end{minipage}"]
    return "\n".join([*head, *grid, *(below if piece.last else []), rf"\end{{table{star}}}"])


def _double(table: Table) -> list[bool]:
    """Columns with intervals are two, so that figures stand below figures whatever their intervals' widths."""
    return [any(row.cells[index].spread for row in table.rows) for index in range(len(table.columns))]


def _spec(double: bool) -> str:
    return r"r@{\,}l" if double else "r"


def width_pt(table: Table) -> float:
    """About as wide as it will be, from its longest texts."""
    texts = [["codec", *(row.label for row in table.rows)], ["kbps", *(short_point(row.point) for row in table.rows)]]
    for index, column in enumerate(table.columns):
        texts.append([column.title, column.scale, *(row.cells[index].whole for row in table.rows)])
    return sum(DIGIT_PT * max(map(len, column)) + GAP_PT for column in texts)


def _lines(table: Table, piece: _Piece) -> Iterator[str]:
    double = _double(table)
    wide = 2 + len(double) + sum(double)
    yield r"\toprule"
    yield _row(["codec", "kbps", *_over(double, [escape(column.title) for column in table.columns])])
    yield _row(["", "nominal", *_over(double, [escape(column.scale) for column in table.columns])])
    yield r"\midrule"
    if not table.rows:
        yield _across("No figure: every cell failed or was skipped.", wide)
    for number, group in enumerate(piece.groups):
        if number:
            yield r"\midrule" if group.title else r"\addlinespace[2pt]"
        if group.title:
            yield _across(group.title, wide)
        above: TableRow | None = None
        for row in group.rows:
            name = "" if above is not None and above.name == row.name else escape(row.label)
            yield _row([name, escape(short_point(row.point)), *map(figure, row.cells, double)])
            above = row
    if piece.published is not None and piece.published.rows:
        if piece.groups:
            yield r"\midrule"
        yield _across("Published figures: other speech, other tools, compared with nothing", wide)
        for one in piece.published.rows:
            name = rf"{escape(one.name)}\textsuperscript{{{one.source}}}"
            texts = [number_text(text) + (" &" if two else "") for text, two in zip(one.cells, double, strict=True)]
            yield _row([name, escape(short_point(one.point)), *texts])
    yield r"\bottomrule"


def _row(cells: Sequence[str]) -> str:
    return f"{' & '.join(cells)} \\\\"


def _over(double: Sequence[bool], texts: Sequence[str]) -> list[str]:
    return [rf"\multicolumn{{2}}{{c}}{{{text}}}" if two else text for text, two in zip(texts, double, strict=True)]


def _across(text: str, wide: int) -> str:
    return rf"\multicolumn{{{wide}}}{{@{{}}l}}{{\textit{{{escape(text)}}}}} \\"


def figure(cell: TableCell, double: bool) -> str:
    """Figure and small interval, in two columns where `double`; the dagger takes no width there."""
    text = number_text(cell.text)
    text = {"best": rf"\textbf{{{text}}}", "second": rf"\underline{{{text}}}", None: text}[cell.mark]
    dagger = escape(DAGGER) if cell.coverage else ""
    if not double:
        return f"{text}{dagger}"
    small = rf"{{\scriptsize {number_text(cell.spread)}}}" if cell.spread else ""
    return f"{text} & {small}{dagger}"


def number_text(text: str) -> str:
    """A minus, where a figure begins with one, and not a hyphen."""
    return re.sub(r"(?<![\w.])-(?=\d)", "$-$", escape(text))


def _notes(table: Table) -> list[str]:
    notes = [escape(note) for note in table.all_notes("Bold", "underlined")]
    if table.published is not None:
        notes += [rf"\textsuperscript{{{letter}}}\,{escape(text)}" for letter, text in table.published.sources]
    return notes
