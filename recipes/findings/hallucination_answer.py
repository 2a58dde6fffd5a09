"""Does one codec hallucinate more than the others at like bitrate? Asked of runs, answered with intervals.

The codec is chosen before the figures are seen, so its comparisons alone are a family: one of H-WER, one of flips of
minimal pairs, for each run. The report of a run compares every two codecs instead, with wider intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from codecbench.analysis.findings import Findings
from codecbench.analysis.hallucination import CI, HALLUCINATED
from codecbench.analysis.pairs import METRIC as FLIPS
from codecbench.analysis.side_by_side import LIKE_RATE
from codecbench.analysis.summary import Row
from codecbench.analysis.word_rivals import WordRivalry
from codecbench.errors import UsageError
from codecbench.store import Store
from recipes.findings.answers import Answer, ChangedWords, Comparison, Family, RunAnswer
from recipes.findings.records import Measured, Ranged


def find_answer(folders: Sequence[Path], codec: str) -> Answer:
    """A part for each run.

    Raises:
        UsageError: a folder holds no run, or one without `codec` or without a figure to compare.
    """
    return Answer(codec, LIKE_RATE, tuple(_run(folder, codec) for folder in folders))


def _run(folder: Path, codec: str) -> RunAnswer:
    with Store(folder) as store:
        findings = Findings(store.results())
    summary = findings.summary
    if codec not in {row.codec for row in summary.rows}:
        known = ", ".join(sorted({row.codec for row in summary.rows}))
        raise UsageError(f"the run in '{folder}' has no codec '{codec}'; it has {known}")
    compared = findings.word_rivals_of(codec)
    if not compared:
        raise UsageError(f"the run in '{folder}' has no figure in which {codec} and another codec of like bitrate meet")
    families = [
        _family(metric, summary.metrics[metric].long_title, mine)
        for metric in (HALLUCINATED, FLIPS)
        if (mine := [one for one in compared if one.metric == metric])
    ]
    return RunAnswer(Measured.of(summary), _words(summary.rows), tuple(families))


def _words(rows: Sequence[Row]) -> tuple[ChangedWords, ...]:
    counted = []
    for row in sorted(rows, key=lambda row: (row.codec, row.rising_kbps)):
        if (words := row.hallucination) is not None:
            rates = (_percent(row, CI), _percent(row, HALLUCINATED))
            share = None if words.share is None else float(words.share)
            counts = (float(words.hallucinated), float(words.errors))
            counted.append(ChangedWords(row.codec, row.point, *rates, *counts, share))
    return tuple(counted)


def _family(metric: str, title: str, compared: Sequence[WordRivalry]) -> Family:
    ordered = sorted(compared, key=lambda one: (one.first.rising_kbps, one.second.codec))
    utterances = max(one.utterances for one in compared)
    return Family(metric, title, utterances, tuple(_comparison(one) for one in ordered))


def _comparison(one: WordRivalry) -> Comparison:
    mine, other = _percent(one.first, one.metric), _percent(one.second, one.metric)
    low, high = (None if end is None else 100 * float(end) for end in (one.low, one.high))
    difference = Ranged(100 * float(one.change), low, high)
    return Comparison(one.first.point, one.second.codec, one.second.point, mine, other, difference, one.outcome)


def _percent(row: Row, metric: str) -> Ranged | None:
    score = row.scores.get(metric)
    if score is None or score.mean is None:
        return None
    low, high = (None if end is None else 100 * float(end) for end in (score.low, score.high))
    return Ranged(100 * float(score.mean), low, high)
