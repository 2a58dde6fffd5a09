"""The terminal table: a row per codec × operating point, as many columns as fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap

from tabulate import tabulate

from codecbench.analysis.failures import FailureGroup
from codecbench.analysis.summary import PRIMARY, Row, Summary
from codecbench.report.figures import UNKNOWN, Style, codec_name, cost_figure, duration, kbps

NARROWEST = 100
SHOWN_METRICS = 4
SHORT_UNIT = 5
LIES = ("hallucinated_wer", "flip_rate")
"""Shown beside the primary metrics: what no average of those shows."""
ARROWS: dict[bool | None, str] = {True: "↑", False: "↓"}
REASONS = 12
"""So many footnotes; the report has them all."""


@dataclass(frozen=True)
class Column:
    """`rank` says which column goes first where the terminal is narrow: the highest."""

    title: str
    text: Callable[[Row], str]
    rank: int
    left: bool = False


def render_table(summary: Summary, width: int) -> str:
    """The table and its notes, at most `width` columns wide (but never under 100)."""
    width = max(width, NARROWEST)
    if not summary.rows:
        return "\n".join(["No figure: every cell failed or was skipped.", *_notes(summary, width)])
    columns = _columns(summary)
    text = _render(columns, summary.rows)
    while max(map(len, text.splitlines())) > width and len(columns) > 2:
        columns.remove(max(columns, key=lambda column: column.rank))
        text = _render(columns, summary.rows)
    return "\n".join([text, "", *_notes(summary, width)])


def _columns(summary: Summary) -> list[Column]:
    shown = [name for name in (*PRIMARY, *LIES) if name in summary.metrics]
    shown += [name for name in summary.metrics if name not in shown][: max(0, SHOWN_METRICS - len(shown))]
    metrics = [_metric_column(summary, name, rank) for rank, name in enumerate(shown)]
    columns = [
        Column("codec", lambda row: codec_name(row.codec, row.checkpoint), 0, left=True),
        Column("kbps", lambda row: row.point, 0),
        Column("kbps\nmeasured", lambda row: kbps(row.rate.measured_kbps), 5),
        *metrics,
    ]
    if any(_coverage(row, shown) for row in summary.rows):
        columns.append(Column("scored\nof", lambda row: _coverage(row, shown) or "all", 1))
    known = [name for name in COSTS if any(row.cost.figures[name] is not None for row in summary.rows)]
    return columns + [_cost_column(name) for name in known]


COSTS = {"rtf_encode": ("RTF\nencode", 6), "rtf_decode": ("RTF\ndecode", 6), "latency_ms": ("latency\nms", 7)}
"""Title and rank."""


def _cost_column(name: str) -> Column:
    title, rank = COSTS[name]
    return Column(title, lambda row: cost_figure(row.cost, name), rank)


TITLES = {
    "speaker_similarity": "speaker", "hallucinated_wer": "H-WER", "degraded_wer": "Deg-WER", "delta_wer": "ΔWER",
    "flip_rate": "Flips",
}  # fmt: skip
"""Where the id is wider than its figures, or the field has a shorter name."""


def _metric_column(summary: Summary, metric: str, rank: int) -> Column:
    card = summary.metrics[metric]
    style = Style.of(card)
    arrow = ARROWS.get(card.get("higher_is_better"), "")
    unit = style.unit if len(style.unit) < SHORT_UNIT else ""

    def text(row: Row) -> str:
        score = row.scores.get(metric)
        return UNKNOWN if score is None else style.compact(score)

    return Column(f"{TITLES.get(metric, metric)}\n{unit} {arrow}".rstrip(), text, rank)


def _coverage(row: Row, metrics: Sequence[str]) -> str:
    """`23/24` of the least covered metric shown, empty where all are full."""
    partial = [score for name in metrics if (score := row.scores.get(name)) and not score.complete]
    if not partial:
        return ""
    worst = min(partial, key=lambda score: score.n / score.planned)
    return f"{worst.n}/{worst.planned}"


def _render(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """The codec is named once, above its points."""
    cells = [[column.text(row) for column in columns] for row in rows]
    for index in range(len(rows) - 1, 0, -1):
        if cells[index][0] == cells[index - 1][0]:
            cells[index][0] = ""
    text: str = tabulate(
        cells,
        headers=[column.title for column in columns],
        colalign=["left" if column.left else "right" for column in columns],
        tablefmt="simple",
        disable_numparse=True,
    )
    return text


def _notes(summary: Summary, width: int) -> list[str]:
    notes = [_about(summary), _floor(summary)]
    if any(score.half_width is not None for row in summary.rows for score in row.scores.values()):
        notes.append(f"± is half of a 95 % interval over speakers ({_methods(summary)}).")
    if summary.indicative:
        which = "" if len(summary.indicative) == len(summary.metrics) else f" of {', '.join(summary.indicative)}"
        notes.append(f"Intervals{which} are indicative: fewer than 10 speakers, or too rare an event.")
    if summary.ladder:
        notes.append("What each codec's front end, network and quantizer lose: report.html, Where the loss comes from.")
    notes += summary.notes
    lines = [line for note in notes if note for line in wrap(note, width)]
    reasons = _reasons(summary)
    for reason in reasons[:REASONS]:
        lines += wrap(reason, width, initial_indent="  ", subsequent_indent="    ")
    if len(reasons) > REASONS:
        lines.append(f"  and {len(reasons) - REASONS} more, in report.html")
    return lines


def _methods(summary: Summary) -> str:
    methods = {score.method for row in summary.rows for score in row.scores.values() if score.half_width}
    return " or ".join(sorted(filter(None, methods))) or "all alike"


def _about(summary: Summary) -> str:
    kind = "synthetic speech, " if summary.synthetic else ""
    voices = "" if summary.speakers is None else f", {_count(summary.speakers, 'speaker')}"
    size = f"{_count(summary.utterances, 'utterance')}{voices}, {duration(summary.seconds)}"
    share = f"{summary.coverage.ok} of {summary.coverage.planned} scores ok"
    return f"{summary.run.get('dataset') or 'unknown dataset'}: {kind}{size}; {share}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _floor(summary: Summary) -> str:
    """WER without its floor misleads: the recognizer errs on the originals too."""
    found = [
        f"{name.upper()} {Style(100.0, 1, '%').number(floor.value)} %"
        for name, floor in summary.floor.items()
        if floor.value is not None
    ]
    return f"Floor, the recognizer on the originals: {', '.join(found)}." if found else ""


def _reasons(summary: Summary) -> list[str]:
    # A column that nobody has a figure for is not shown; one reason stands for all.
    costs = [
        f"no {title.replace(chr(10), ' ')}: {summary.rows[0].cost.reasons[name]}"
        for name, (title, _) in COSTS.items()
        if summary.rows and all(row.cost.figures[name] is None for row in summary.rows)
    ]
    skipped = [
        f"skipped {codec_name(row.codec, row.checkpoint)}{f' at {row.point} kbps' if row.point else ''}: {row.reason}"
        for row in summary.skipped
    ]
    unreadable = [f"utterance {row.id} could not be read: {row.reason}" for row in summary.unreadable]
    groups = [
        f"{group.status} {group.what}, {_count(group.cells, 'cell')} of {_where(group)}: {group.reason}"
        for group in summary.failures
    ]
    return [*unreadable, *groups, *skipped, *costs]


def _where(group: FailureGroup) -> str:
    """Points are named where one codec is concerned; the loss ladder's failures have none."""
    names = [codec_name(place.codec, place.checkpoint) for place in group.places]
    if len(group.places) > 1 or not group.places[0].points:
        return ", ".join(names)
    return f"{names[0]} at {', '.join(group.places[0].points)} kbps"
