"""Does one codec hallucinate more than the others at like bitrate? Asked of runs, answered with intervals.

The codec is chosen before the figures are seen, so its comparisons alone are a family: one of H-WER, one of flips of
minimal pairs, for each run. The report of a run compares every two codecs instead, with wider intervals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from codecbench.analysis.findings import Findings
from codecbench.analysis.hallucination import CI, HALLUCINATED
from codecbench.analysis.pairs import METRIC as FLIPS
from codecbench.analysis.side_by_side import LIKE_RATE
from codecbench.analysis.summary import Row
from codecbench.analysis.word_rivals import WordRivalry
from codecbench.errors import UsageError
from codecbench.store import Store
from recipes.findings.tables import speech_of, table


def report(folders: Sequence[Path], codec: str) -> str:
    """Markdown, a part for each run.

    Raises:
        UsageError: a folder holds no run, or one without `codec` or without a figure to compare.
    """
    return "\n\n".join(part for folder in folders for part in _parts(folder, codec)) + "\n"


def _parts(folder: Path, codec: str) -> Iterator[str]:
    with Store(folder) as store:
        findings = Findings(store.results())
    summary = findings.summary
    if codec not in {row.codec for row in summary.rows}:
        known = ", ".join(sorted({row.codec for row in summary.rows}))
        raise UsageError(f"the run in '{folder}' has no codec '{codec}'; it has {known}")
    compared = findings.word_rivals_of(codec)
    if not compared:
        raise UsageError(f"the run in '{folder}' has no figure in which {codec} and another codec of like bitrate meet")
    yield f"## {summary.run['dataset']}\n\n{speech_of(summary)}."
    if words := [row for row in summary.rows if row.hallucination]:
        yield _words(words)
    for metric in (HALLUCINATED, FLIPS):
        if mine := [one for one in compared if one.metric == metric]:
            yield _comparisons(mine, summary.metrics[metric].long_title, codec)


def _words(rows: Sequence[Row]) -> str:
    lines = []
    for row in sorted(rows, key=lambda row: (row.codec, row.nominal_kbps)):
        found = row.hallucination
        assert found is not None
        share = "n/a" if found.share is None else f"{100 * found.share:.0f} %"
        shown = [_percent(row, metric) for metric in (CI, HALLUCINATED)]
        lines.append([row.codec, row.point, *shown, f"{found.hallucinated:g}", f"{found.errors:g}", share])
    headers = ["codec", "kbps", "CI-WER (%)", "H-WER (%)", "hallucinated", "of changed words", "share"]
    return "**Words changed, and words hallucinated**\n\n" + table(lines, headers)


def _comparisons(compared: Sequence[WordRivalry], title: str, codec: str) -> str:
    clear = {outcome: sum(one.outcome == outcome for one in compared) for outcome in ("more", "less")}
    head = (
        f"**{title}: {codec} has more than another codec in {clear['more']} and less in {clear['less']} of "
        f"{len(compared)} comparisons** (measured kbps within a factor {LIKE_RATE:g}; simultaneous 95 % intervals)"
    )
    ordered = sorted(compared, key=lambda one: (one.first.nominal_kbps, one.second.codec))
    lines = [
        [
            one.first.point, f"{one.second.codec} at {one.second.point}", _percent(one.first, one.metric),
            _percent(one.second, one.metric), _change(one), one.outcome,
        ]
        for one in ordered
    ]  # fmt: skip
    headers = [f"{codec} at", "against", f"{codec} (%)", "the other (%)", "difference (points)", codec]
    return f"{head}\n\n" + table(lines, headers)


def _percent(row: Row, metric: str) -> str:
    score = row.scores.get(metric)
    if score is None or score.mean is None:
        return "n/a"
    spread = "" if score.low is None or score.high is None else f" [{100 * score.low:.1f}, {100 * score.high:.1f}]"
    return f"{100 * score.mean:.1f}{spread}"


def _change(one: WordRivalry) -> str:
    if one.low is None or one.high is None:
        return f"{100 * one.change:+.1f}, no interval"
    return f"{100 * one.change:+.1f} [{100 * one.low:+.1f}, {100 * one.high:+.1f}]"
