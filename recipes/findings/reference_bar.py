"""What the trained weights reach on a run over real speech, against what they should.

Four questions: does quality rise with the bitrate, are the codes used, are the codecs better than Opus at 6 kbps and
Codec 2 at 3.2, and how many words do they cost? What is asked of rivals is a family for each metric, codec × rival: its
intervals are simultaneous (max-T), so that the chance of any wrong "above" is at most 5 %. Where the run has a loss
ladder, each codec that is not better is listed with the cause: its network, where it is not better with the quantizer
bypassed either, at no bitrate then; else its quantizer.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from codecbench.analysis.bootstrap import Estimate
from codecbench.analysis.findings import Findings
from codecbench.analysis.summary import Row, Summary
from codecbench.errors import UsageError
from codecbench.store import Store
from codecbench.store.rows import StoredResults
from recipes.findings.bar_tables import EVERY_CODEBOOK, FIRST_CODEBOOK, MOST_WORDS
from recipes.findings.bars import Bar, CodecRise, CodecStanding, CodesInUse, Limit, Rise, Rival, Standing, WordCost
from recipes.findings.records import Measured, Ranged
from recipes.findings.rivals import HIGHEST_KBPS, RIVALS, AgainstRival, ReferenceRun, against_rivals
from recipes.findings.tables import QUALITY


def find_bar(folder: Path) -> Bar:
    """Of the run in `folder`.

    Raises:
        UsageError: no run there, or one without the codecs and metrics that this asks about.
    """
    with Store(folder) as store:
        run = _read(store.results())
    compared = against_rivals(run)
    return Bar(
        Measured.of(run.summary), {metric: run.summary.metrics[metric].title for metric in QUALITY}, len(compared),
        tuple(_rise(run, codec, rows) for codec, rows in run.codecs.items()),
        tuple(_codes(codec, rows[-1]) for codec, rows in run.codecs.items()),
        tuple(_rival(run, kbps, compared) for kbps in RIVALS),
        tuple(_words(run.at(codec, HIGHEST_KBPS)) for codec in run.codecs),
    )  # fmt: skip


def _read(results: StoredResults) -> ReferenceRun:
    findings = Findings(results)
    summary = findings.summary
    if missing := [name for name in (*QUALITY, "delta_wer") if name not in summary.metrics]:
        raise UsageError(f"the run has no {', '.join(missing)}")
    codecs: dict[str, list[Row]] = {}
    for row in summary.rows:
        if row.track == "reference":
            codecs.setdefault(row.codec, []).append(row)
    if not codecs:
        raise UsageError("the run has no codec of the reference track")
    rising = {codec: sorted(rows, key=lambda row: row.rising_kbps) for codec, rows in codecs.items()}
    return ReferenceRun(findings, rising)


def _rise(run: ReferenceRun, codec: str, rows: list[Row]) -> CodecRise:
    metrics = {}
    for metric in QUALITY:
        steps = [run.paired(low, high, metric).change for low, high in pairwise(rows)]
        least = min(steps, key=lambda step: step.value, default=None)
        scores = tuple(_float(row.scores[metric].mean) for row in rows)
        metrics[metric] = Rise(scores, None if least is None else _ranged(least))
    return CodecRise(codec, tuple(row.rising_kbps for row in rows), metrics)


def _codes(codec: str, row: Row) -> CodesInUse:
    used = [float(book.used / book.size) for book in row.codebooks]
    if not used:
        return CodesInUse(codec, None, None, enough=False)
    return CodesInUse(codec, used[0], min(used), used[0] > FIRST_CODEBOOK and min(used) > EVERY_CODEBOOK)


def _rival(run: ReferenceRun, kbps: float, compared: Mapping[tuple[str, float, str], AgainstRival]) -> Rival:
    (name, rate), rival = RIVALS[kbps], run.rival(kbps)
    scores = {metric: _float(rival.scores[metric].mean) for metric in QUALITY}
    codecs = []
    for codec in run.codecs:
        row = run.at(codec, kbps)
        metrics = {
            metric: _standing(run.summary, row, metric, compared[codec, kbps, metric], scores[metric])
            for metric in QUALITY
        }
        codecs.append(CodecStanding(codec, row.rising_kbps, metrics))
    return Rival(name, rate, scores, tuple(codecs))


def _standing(summary: Summary, row: Row, metric: str, change: AgainstRival, rival: float | None) -> Standing:
    score, above = _float(row.scores[metric].mean), bool(change.above)
    free = None if above else _unquantized(summary, row, metric)
    if free is None or rival is None:
        return Standing(score, _ranged(change), above, None, None)
    limit: Limit = "network" if free <= rival else "quantizer"
    return Standing(score, _ranged(change), above, limit, free)


def _unquantized(summary: Summary, row: Row, metric: str) -> float | None:
    """None where the run has no ladder."""
    rungs = (one for one in summary.ladder if one.metric == metric and one.codec_id == row.codec_id)
    steps = next((one.steps for one in rungs if one.point == row.point), ())
    return _float(next((step.score for step in steps if step.part == "network"), None))


def _words(row: Row) -> WordCost:
    words = row.scores["delta_wer"]
    if words.mean is None:
        return WordCost(row.codec, row.rising_kbps, None, below=False)
    below = words.high is not None and bool(words.high < MOST_WORDS)
    low, high = (None if end is None else 100 * float(end) for end in (words.low, words.high))
    return WordCost(row.codec, row.rising_kbps, Ranged(100 * float(words.mean), low, high), below)


def _ranged(change: Estimate | AgainstRival) -> Ranged:
    return Ranged(float(change.value), _float(change.low), _float(change.high))


def _float(value: float | None) -> float | None:
    """A plain float of what may be numpy's."""
    return None if value is None else float(value)
