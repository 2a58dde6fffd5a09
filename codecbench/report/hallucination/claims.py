"""Sentences about each codec, written from its figures.

"More" is said only where the adjusted interval excludes 0, "hallucinates more" only of what exceeds blur too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from codecbench.analysis.hallucination import CI, HALLUCINATED, NullFloor
from codecbench.analysis.pairs import METRIC as FLIPS
from codecbench.analysis.scores import MetricSummary
from codecbench.analysis.side_by_side import LIKE_RATE
from codecbench.analysis.summary import Row, Summary
from codecbench.analysis.word_rivals import Outcome, WordRivalry
from codecbench.report.hallucination.probes import PairTable
from codecbench.store.ids import point_text, points_text
from codecbench.store.rows import CodecRow
from codecbench.tables.notes import PERCENT

MORE: Mapping[tuple[str, Outcome], str] = {
    (HALLUCINATED, "more"): "hallucinates more",
    (HALLUCINATED, "less"): "hallucinates less",
    (HALLUCINATED, "more misheard"): "has more words misheard with confidence",
    (HALLUCINATED, "less misheard"): "has fewer words misheard with confidence",
    (FLIPS, "more"): "flips more pairs",
    (FLIPS, "less"): "flips fewer pairs",
}
"""What is said of a codec, by the metric and the outcome against another."""


@dataclass(frozen=True)
class Claim:
    """What can be said of one codec; `flips` is empty where it was not asked about minimal pairs."""

    name: str
    series: int
    rates: tuple[str, ...]
    floor: str
    flips: str
    against: str


@dataclass(frozen=True)
class CompareLine:
    """One comparison as it is printed, in percentage points."""

    metric: str
    first: str
    first_series: int
    second: str
    second_series: int
    outcome: str
    change: str
    interval: str
    changed: str
    utterances: int
    speakers: int


def claims(summary: Summary, comparisons: Sequence[WordRivalry], pairs: PairTable | None) -> list[Claim]:
    """One for each codec that has codec-induced errors anywhere."""
    made, series = [], summary.series
    for codec in summary.codecs:
        rows = [row for row in summary.rows if _is(row, codec) and _mean(row, CI) is not None]
        rows.sort(key=lambda row: row.rising_kbps)
        if not rows:
            continue
        ends = (rows[0],) if len(rows) == 1 else (rows[0], rows[-1])
        mine = [_first(one, codec) for one in comparisons if _is(one.first, codec) or _is(one.second, codec)]
        made.append(
            Claim(
                summary.name(codec.codec_id), series[codec.codec_id],
                tuple(_rate(row) for row in ends), _floor(rows, summary.null_floor), _flips(rows, pairs),
                _against(mine),
            )
        )  # fmt: skip
    return made


def compare_lines(comparisons: Sequence[WordRivalry], summary: Summary) -> list[CompareLine]:
    lines = []
    for rivalry in comparisons:
        one = _turned(rivalry) if rivalry.change < 0 else rivalry  # the one that hallucinates more comes first
        first, second = one.first, one.second
        lines.append(
            CompareLine(
                summary.metrics[one.metric].title, _at(first), summary.series[first.codec_id], _at(second),
                summary.series[second.codec_id], one.outcome, _points(one.change), _ends(one),
                f"{_percent(_mean(first, CI))} and {_percent(_mean(second, CI))}", one.utterances, one.speakers,
            )
        )  # fmt: skip
    return lines


def _rate(row: Row) -> str:
    changed, wrong = row.scores[CI], row.scores.get(HALLUCINATED)
    text = f"At {point_text(row.point)} {_share(changed)} of words changed"
    if wrong is None or wrong.mean is None:
        why = "it was not scored" if wrong is None else wrong.reason
        return f"{text}; which of them are fluently wrong is not known ({why})."
    if wrong.mean == 0 and row.hallucination and row.hallucination.upper is not None:
        upper = 100 * row.hallucination.upper
        return f"{text}, none fluently wrong (of {row.hallucination.words} words: at most {upper:.1f} %)."
    return f"{text}, {_share(wrong)} fluently wrong."


def _flips(rows: Sequence[Row], pairs: PairTable | None) -> str:
    """The share of minimal pairs that flip, at the lowest and the highest rate."""
    name = rows[0].name
    cells = {row.point: row.cells[0] for row in pairs.rows if row.name == name} if pairs else {}
    known = [(row.point, cells[row.point]) for row in rows if row.point in cells]
    if not known:
        return ""
    ends = known[:1] if len(known) == 1 else [known[0], known[-1]]
    told = ", ".join(f"{cell.text} ({cell.more}) flip at {point_text(point)}" for point, cell in ends)
    return f"Of minimal pairs {told}."


def _floor(rows: Sequence[Row], floor: NullFloor) -> str:
    """Whether its changes stand out from what the recognizer may do by itself: a floor of few words is not exact."""
    if floor.value is None:
        return ""
    lows = {row.point: low for row in rows if (low := row.scores[CI].low) is not None}
    above = [point for point, low in lows.items() if floor.upper is not None and low > floor.upper]
    rest = [row.point for row in rows if row.point not in above]
    bound = "" if floor.upper is None else f" (of {floor.words} words: at most {_percent(floor.upper)})"
    what = f"the null floor of {_percent(floor.value)}{bound}"
    if not rest:
        return f"Above {what} at every rate."
    if not above:
        return f"Not above {what} at any rate."
    return f"Above {what} at {points_text(above)}, not told from it at {', '.join(rest)}."


def _against(mine: Sequence[WordRivalry]) -> str:
    """`mine` have the codec first."""
    if not mine:
        return f"No other codec has a point within a factor {LIKE_RATE:g} of its bitrates."
    told = [
        f"{MORE[one.metric, one.outcome]} than {one.second.name} "
        f"at {point_text(one.first.point)} ({_points(one.change)} points, adjusted {_ends(one)})"
        for one in mine
        if one.outcome != "cannot tell"
    ]
    if not told:
        return f"More or less than others at like bitrate: cannot tell ({_times(mine)})."
    untold = [one for one in mine if one.outcome == "cannot tell"]
    rest = f"; cannot tell in {_times(untold)}" if untold else ""
    return f"At like bitrate it {', and '.join(told)}{rest}."


def _times(comparisons: Sequence[WordRivalry]) -> str:
    return f"{len(comparisons)} comparison" + ("" if len(comparisons) == 1 else "s")


def _is(row: Row, codec: CodecRow) -> bool:
    return row.codec_id == codec.codec_id


def _first(one: WordRivalry, codec: CodecRow) -> WordRivalry:
    return one if _is(one.first, codec) else _turned(one)


def _turned(one: WordRivalry) -> WordRivalry:
    low, high = (None if one.high is None else -one.high), (None if one.low is None else -one.low)
    return replace(one, first=one.second, second=one.first, change=-one.change, low=low, high=high)


def _ends(one: WordRivalry) -> str:
    return "no interval" if one.low is None or one.high is None else f"{_points(one.low)} to {_points(one.high)}"


def _points(change: float) -> str:
    return "0.0" if change == 0 else f"{100 * change:+.1f}".replace("-", "−")


def _share(score: MetricSummary) -> str:
    interval = PERCENT.interval(score)
    return f"{_percent(score.mean)} ({interval})" if interval else _percent(score.mean)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _at(row: Row) -> str:
    return f"{row.name} {row.point}"


def _mean(row: Row, metric: str) -> float | None:
    return row.scores[metric].mean if metric in row.scores else None
