"""What stands under a table: the speech, the recognizer's floor, the intervals, coverage, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from codecbench.analysis.bootstrap import INDICATIVE_BELOW, RARE_BELOW
from codecbench.analysis.clusters import VoiceCount
from codecbench.analysis.costs import STAGES
from codecbench.analysis.failures import CODING, FailureGroup
from codecbench.analysis.rates import OFF_NOMINAL
from codecbench.analysis.summary import Summary
from codecbench.analysis.view import Notes
from codecbench.api import LatencyKind
from codecbench.names import visible
from codecbench.printing.figures import LATENCY_KINDS, Style, duration, kbps
from codecbench.printing.wording import count, voices_text
from codecbench.store.ids import CodecId, points_text
from codecbench.tables.repeat_notes import repeat_notes
from codecbench.tables.speaker_notes import speaker_notes
from codecbench.tables.table import (
    BARS,
    DAGGER,
    DOUBLE_DAGGER,
    NA,
    PILCROW,
    SECTION_SIGN,
    Column,
    Gap,
    Table,
    TableCell,
    TableRow,
)

PERCENT = Style(100.0, 1, "%")
WORD_ERRORS = ("wer", "cer", "delta_wer", "dwer", "ci_wer", "cf_wer", "hallucinated_wer", "degraded_wer")
UNTRAINED = f"{DOUBLE_DAGGER} The weights are not trained: the figures say nothing about the codec."
OTHER_WEIGHTS = (
    f"{BARS} The weights are not those that the codec's card pins by sha256, or its plugin holds: another model."
)
CPU_TIME = f"{PILCROW} CPU time of a busy machine, no real-time factor."
"""What the sign means, without where it stands and what to do: for a paper."""
LATENCIES = ("latency_ms", "buffering_ms")
INDUCED = ("ci_wer", "hallucinated_wer", "degraded_wer")


def table_notes(summary: Summary, columns: Sequence[Column], rows: Sequence[TableRow]) -> list[str]:
    """For every format, the most general first."""
    shown = {column.id for column in columns}
    notes = [about(summary), _floor(summary, shown), _null_floor(summary, shown), _intervals(summary, columns, rows)]
    notes += [
        _originals(summary, shown),
        speakers_behind(summary, shown),
        _indicative(summary, shown),
        rare(columns, rows),
    ]
    notes += [
        *speaker_notes(summary, shown),
        *repeat_notes(summary, shown),
        _speed(summary, shown),
        _latency(summary, shown),
        coverage(columns, rows),
    ]
    notes += [cpu_times(columns, rows), *odd_outputs(summary, rows), set_by_user(summary), reference_note(summary)]
    if any(row.track == "untrained" for row in rows):
        notes.append(UNTRAINED)
    if any(row.other_weights for row in rows):
        notes.append(OTHER_WEIGHTS)
    return [note for note in (*notes, *summary.notes) if note]


def with_notes(table: Table, summary: Summary, how: Notes) -> Table:
    """Of `short` what the signs in the table mean; of `none` nothing: the author's text says it."""
    if how == "full":
        return table
    bare = replace(table, notes=(), comparison=None, gaps=(), events=())
    if how == "none":
        return bare
    shown, rows = {column.id for column in table.columns}, table.rows
    notes = [about(summary), _floor(summary, shown), _intervals(summary, table.columns, rows)]
    notes += [_originals(summary, shown), _indicative(summary, shown), rare(table.columns, rows)]
    notes += [coverage(table.columns, rows)]
    notes += [CPU_TIME if cpu_times(table.columns, rows) else "", set_by_user(summary), reference_note(summary)]
    if any(row.track == "untrained" for row in rows):
        notes.append(UNTRAINED)
    if any(row.other_weights for row in rows):
        notes.append(OTHER_WEIGHTS)
    if any(cell.text == NA for row in rows for cell in row.cells):
        notes.append(f"{NA}: not measured, or not applicable; the reasons are in report.html.")
    short = None if table.comparison is None else replace(table.comparison, text=table.comparison.short)
    return replace(bare, notes=tuple(visible(note) for note in notes if note), comparison=short)


def reference_note(summary: Summary) -> str:
    """Whose weights the reference rows are; empty where there is none. Older cards do not say what was trained on.

    Codecs are named only where they were not trained alike. How weights of the user's own were trained no card says.
    """
    shown = {row.codec_id for row in summary.rows if row.track == "reference" and not row.other_weights}
    trainings: dict[str, list[str]] = {}
    for codec in summary.codecs:
        if codec.codec_id in shown:
            trainings.setdefault(codec.card.training, []).append(codec.codec)
    if not trainings:
        return ""
    told = [
        training if len(trainings) == 1 else f"{training or 'not known how long'} ({', '.join(names)})"
        for training, names in trainings.items()
    ]
    figures = f": {', '.join(told)}" if any(told) else ""
    return f"(reference): codecbench's own small training{figures}; not the authors' model."


def about(summary: Summary) -> str:
    kind = "synthetic speech, " if summary.synthetic else ""
    voices = "" if summary.voices is None else f", {voices_text(summary.voices, summary.synthesizer)}"
    size = f"{count(summary.utterances, 'utterance')}{voices}, {duration(summary.seconds)}"
    where = f" in condition {summary.other_condition}" if summary.other_condition else ""
    return f"{summary.run.get('dataset') or 'unknown dataset'}{where}: {kind}{size}; {summary.coverage}."


def _floor(summary: Summary, shown: set[str]) -> str:
    """WER without its floor misleads: the recognizer errs on the originals too."""
    if not shown.intersection(WORD_ERRORS):
        return ""
    floors = [
        f"{name.upper()} {PERCENT.number(floor.value)} %"
        for name, floor in summary.floor.items()
        if floor.value is not None
    ]
    return f"Floor, the recognizer on the originals: {', '.join(floors)}." if floors else ""


def _originals(summary: Summary, shown: set[str]) -> str:
    titles = [summary.metrics[name].title for name in summary.originals if name in shown]
    what = "of the signal alone, without its original: a codec may score above the row original, and be no better"
    return f"{', '.join(titles)}: {what}." if titles else ""


def _null_floor(summary: Summary, shown: set[str]) -> str:
    floor = summary.null_floor
    if floor.value is None or not shown.intersection(INDUCED):
        return ""
    value = PERCENT.number(floor.value)
    most = "" if floor.upper is None else f", at most {PERCENT.number(floor.upper)} %"
    return f"Null floor, CI-WER where nothing audible was changed: {value} %{most} ({floor.cases} cases)."


def _intervals(summary: Summary, columns: Sequence[Column], rows: Sequence[TableRow]) -> str:
    shown = {column.id for column in columns}
    spreads = [
        cell.spread
        for row in rows
        for column, cell in zip(columns, row.cells, strict=True)
        if cell.spread and column.id not in STAGES
    ]
    if not spreads:
        return ""
    scores = [score for row in summary.rows for name, score in row.scores.items() if name in shown]
    methods = sorted({score.method for score in scores if score.half_width and score.method}) or ["all alike"]
    over = "voices" if summary.synthesizer else "speakers"
    note = f"± is half of a 95 % interval over {over} ({' or '.join(methods)})"
    lopsided = any(text.startswith("[") for text in spreads)
    return f"{note}; [low, high] where its sides differ." if lopsided else f"{note}."


def _speed(summary: Summary, shown: set[str]) -> str:
    """What the figures of RTF are."""
    if not shown.intersection(STAGES) or not any(row.cost.spreads for row in summary.rows):
        return ""
    return (
        "RTF is the median of interleaved repeats on one thread, with the lowest and the highest of them in brackets."
    )


def _latency(summary: Summary, shown: set[str]) -> str:
    """`Latency: structural (what frame and look-ahead reach) of dac; measured (...) of encodec.`"""
    if not shown.intersection(LATENCIES):
        return ""
    kinds: dict[LatencyKind, dict[str, list[str]]] = {}
    for row in summary.rows:
        if row.cost.latency_kind is not None and row.cost.figures.get("latency_ms") is not None:
            kinds.setdefault(row.cost.latency_kind, {}).setdefault(row.name, []).append(row.point)
    points = {row.name: [one.point for one in summary.rows if one.codec_id == row.codec_id]
              for row in summary.rows}  # fmt: skip
    parts = []
    for kind, where in sorted(kinds.items()):
        codecs = ", ".join(at_points(name, at, points[name]) for name, at in where.items())
        parts.append(f"{kind} ({LATENCY_KINDS[kind]}) of {codecs}")
    return f"Latency is {'; '.join(parts)}." if parts else ""


def _indicative(summary: Summary, shown: set[str]) -> str:
    marked = [name for name in summary.indicative if name in shown]
    if not marked:
        return ""
    intervals = {name for row in summary.rows for name, score in row.scores.items() if score.half_width is not None}
    titles = ", ".join(summary.metrics[name].title for name in marked)
    which = "" if intervals & shown <= set(marked) else f" of {titles}"
    return (
        f"Intervals{which} are indicative: fewer than {INDICATIVE_BELOW} independent speakers, or too few of them with "
        "anything to count."
    )


def speakers_behind(summary: Summary, shown: Collection[str]) -> str:
    """Where some figures rest on fewer speakers than the run has: `Speakers: WER 20 speakers in 13 ...; others 38.`"""
    if summary.voices is None:
        return ""
    behind: dict[VoiceCount, list[str]] = {}
    for name in summary.metric_order():
        counts = [row.scores[name].voices for row in summary.rows if name in row.scores and row.scores[name].n]
        if name in shown and counts:
            most = max(counts, key=lambda voices: (voices.speakers, voices.clusters))
            behind.setdefault(most, []).append(summary.metrics[name].title)
    if set(behind) <= {summary.voices}:
        return ""
    parts = [f"{', '.join(titles)}: {voices_text(voices, summary.synthesizer)}" for voices, titles in behind.items()]
    return f"Who is behind the figures: {'; '.join(parts)}."


def rare(columns: Sequence[Column], rows: Sequence[TableRow]) -> str:
    """`§ Rare, fewer than 10 events, so that the interval is the exact one: H-WER 2 events (opus at 12).`"""
    parts = _grouped(columns, rows, lambda cell: cell.rare)
    what = f"fewer than {RARE_BELOW} events, so that the interval is the exact one, or the wider"
    return f"{SECTION_SIGN} Rare, {what}: {', '.join(parts)}." if parts else ""


def odd_outputs(summary: Summary, rows: Sequence[TableRow]) -> list[str]:
    """Of the rows that are shown: bitrates that are not what they are called, and outputs that were clipped."""
    shown = {(row.codec, row.checkpoint, row.point) for row in rows}
    mine = [row for row in summary.rows if tuple(row.place) in shown]
    off = [f"{row.name} at {row.point} ({kbps(row.spent_kbps)})" for row in mine if row.off_nominal]
    loud = [f"{row.name} at {row.point} ({count(len(row.clipped), 'utterance')})" for row in mine if row.clipped]
    notes = []
    if off:
        notes.append(f"Measured more than {100 * OFF_NOMINAL:.0f} % off the nominal kbps: {', '.join(off)}.")
    if loud:
        notes.append(f"Over 1 % of decoded samples beyond full scale, and clipped: {', '.join(loud)}.")
    return notes


def set_by_user(summary: Summary) -> str:
    """`Set by the user: lyra loss=0.1.` Empty where all codecs are as their cards say."""
    parts = [
        f"{summary.name(codec.codec_id)} {', '.join(f'{name}={value}' for name, value in codec.settings.items())}"
        for codec in summary.codecs
        if codec.settings
    ]
    return f"Set by the user: {'; '.join(parts)}." if parts else ""


def cpu_times(columns: Sequence[Column], rows: Sequence[TableRow]) -> str:
    """`¶ CPU time, as the machine was busy, and no real-time factor: RTF enc. (opus at 6).`"""
    parts = _grouped(columns, rows, lambda cell: PILCROW if cell.text.endswith(PILCROW) else "")
    places = "; ".join(part.replace(f" {PILCROW}", "") for part in parts)
    again = "`codecbench run --measure-again` on an idle machine measures it"
    return f"{PILCROW} CPU time, as the machine was busy, and no real-time factor: {places}; {again}." if parts else ""


def coverage(columns: Sequence[Column], rows: Sequence[TableRow]) -> str:
    """`† Fewer utterances have a figure: PESQ-WB 22/24 (codec2; opus at 6).`"""
    parts = _grouped(columns, rows, lambda cell: cell.coverage)
    return f"{DAGGER} Fewer utterances have a figure: {', '.join(parts)}." if parts else ""


def _grouped(columns: Sequence[Column], rows: Sequence[TableRow], text: Callable[[TableCell], str]) -> list[str]:
    """`PESQ-WB 22/24 (codec2; opus at 6)` for each column and text of its cells that is not empty."""
    where: dict[tuple[str, str], dict[str, list[str]]] = {}
    for row in rows:
        for column, cell in zip(columns, row.cells, strict=True):
            if told := text(cell):
                where.setdefault((column.title, told), {}).setdefault(row.name, []).append(row.point)
    points = {name: [row.point for row in rows if row.name == name] for name in {row.name for row in rows}}
    return [
        f"{title} {told} ({'; '.join(at_points(name, at, points[name]) for name, at in places.items())})"
        for (title, told), places in where.items()
    ]


def at_points(name: str, points: Sequence[str], every: Sequence[str]) -> str:
    """`codec2` where `points` are all that it has, else `codec2 at 1.2, 2.4`."""
    return name if list(points) == list(every) else f"{name} at {', '.join(points)}"


def find_gaps(columns: Sequence[Column], rows: Sequence[TableRow]) -> tuple[Gap, ...]:
    """Every reason of an `n/a` or of a missing interval, once; columns that share one, of the same codecs, together."""
    gaps: dict[tuple[str, str], dict[str, None]] = {}
    for row in rows:
        for column, cell in zip(columns, row.cells, strict=True):
            if cell.reason:
                what = column.title if cell.text == NA else f"interval of {column.title}"
                gaps.setdefault((what, cell.reason), {})[row.name] = None
    shared: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (what, reason), where in gaps.items():
        shared.setdefault((reason, tuple(where)), []).append(what)
    return tuple(Gap(", ".join(titles), reason, where) for (reason, where), titles in shared.items())


def events(summary: Summary) -> tuple[str, ...]:
    """What failed, was skipped or could not be read: one cause, one line."""
    unreadable = [f"utterance {row.id} could not be read: {row.reason}" for row in summary.unreadable]
    groups = [
        f"{group.status} {group.what}, {count(group.cells, 'cell')} of {_where(group, summary)}: {group.reason}"
        for group in summary.failures
    ]
    return (*unreadable, *groups, *_skipped(summary))


def _skipped(summary: Summary) -> Iterator[str]:
    """What was skipped for one reason is one line: points, and codecs; not what is a group of cells already."""
    told = {
        (place.codec_id, point)
        for group in summary.failures
        if group.what == CODING and group.status == "skipped"
        for place in group.places
        for point in place.points
    }
    points: dict[tuple[CodecId, str], list[str]] = {}
    for row in summary.skipped:
        if (row.codec_id, row.point) not in told:
            points.setdefault((row.codec_id, row.reason), []).extend([row.point] if row.point else [])
    alike: dict[str, list[str]] = {}
    for (codec_id, reason), labels in points.items():
        alike.setdefault(reason, []).append(f"{summary.name(codec_id)}{f' at {points_text(labels)}' if labels else ''}")
    yield from (f"skipped {', '.join(names)}: {reason}" for reason, names in alike.items())


def _where(group: FailureGroup, summary: Summary) -> str:
    """Points are named where one codec is concerned; the loss ladder's failures have none."""
    names = [summary.name(place.codec_id) for place in group.places]
    if len(group.places) > 1 or not group.places[0].points:
        return ", ".join(names)
    return f"{names[0]} at {points_text(group.places[0].points)}"
