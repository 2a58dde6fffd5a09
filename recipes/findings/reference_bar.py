"""What the trained weights reach on a run over real speech, against what they should.

Four questions: does quality rise with the bitrate, are the codes used, are the codecs better than Opus at 6 kbps and
Codec 2 at 3.2, and how many words do they cost? What is asked of rivals is one family, codec × metric × rival: its
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
from codecbench.store.rows import Results
from recipes.findings.rivals import HIGHEST_KBPS, RIVALS, AgainstRival, ReferenceRun, against_rivals
from recipes.findings.tables import QUALITY, speech_of, table

FIRST_CODEBOOK, EVERY_CODEBOOK = 0.6, 0.3
MOST_WORDS = 0.05


def report(folder: Path) -> str:
    """Markdown, of the run in `folder`.

    Raises:
        UsageError: no run there, or one without the codecs and metrics that this asks about.
    """
    with Store(folder) as store:
        found = _read(store.results())
    compared = against_rivals(found)
    parts = [_heading(found.summary, len(compared)), _rising(found), _codes(found)]
    parts += [_against(found, kbps, compared) for kbps in RIVALS]
    parts.append(_words(found))
    return "\n\n".join(parts) + "\n"


def _read(results: Results) -> ReferenceRun:
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
    rising = {codec: sorted(rows, key=lambda row: row.nominal_kbps) for codec, rows in codecs.items()}
    return ReferenceRun(findings, rising)


def _heading(summary: Summary, comparisons: int) -> str:
    told = (
        "Intervals of 95 %, of paired differences where two are compared. Those against Opus and Codec 2 are "
        f"simultaneous: the chance of any wrong *above* among all {comparisons} comparisons (codec, metric, rival) is "
        "at most 5 % (max-T over sign flips of speakers)."
    )
    return f"{summary.run['dataset']}: {speech_of(summary)}. {told}"


def _rising(found: ReferenceRun) -> str:
    lines = []
    for codec, rows in found.codecs.items():
        line = [codec, ", ".join(f"{row.nominal_kbps:g}" for row in rows)]
        for metric in QUALITY:
            steps = [found.paired(low, high, metric).change for low, high in pairwise(rows)]
            line.append(", ".join(f"{row.scores[metric].mean:.3f}" for row in rows))
            least = min(steps, key=lambda step: step.value, default=None)
            line.append(_step(least) if least else "n/a")
        lines.append(line)
    headers = ["codec", "kbps"]
    for metric in QUALITY:
        headers += [found.summary.metrics[metric].title, "least step"]
    return "**Over the bitrate**\n\n" + table(lines, headers)


def _codes(found: ReferenceRun) -> str:
    lines = []
    for codec, rows in found.codecs.items():
        used = [book.used / book.size for book in rows[-1].codebooks]
        enough = bool(used) and used[0] > FIRST_CODEBOOK and min(used) > EVERY_CODEBOOK
        shares = [f"{100 * used[0]:.0f} %", f"{100 * min(used):.0f} %"] if used else ["n/a", "n/a"]
        lines.append([codec, *shares, _yes(enough)])
    wanted = f"above {100 * FIRST_CODEBOOK:.0f} and {100 * EVERY_CODEBOOK:.0f} %"
    return "**Codes in use at the highest rate**\n\n" + table(lines, ["codec", "first codebook", "least used", wanted])


def _against(found: ReferenceRun, kbps: float, compared: Mapping[tuple[str, float, str], AgainstRival]) -> str:
    (name, rate), rival = RIVALS[kbps], found.rival(kbps)
    lines, above = [], dict.fromkeys(QUALITY, 0)
    for codec in found.codecs:
        row = found.at(codec, kbps)
        line = [codec, f"{row.nominal_kbps:g}"]
        for metric in QUALITY:
            change = compared[codec, kbps, metric]
            above[metric] += change.above
            why = "" if change.above else _why(found.summary, row, metric, rival.scores[metric].mean)
            line += [f"{row.scores[metric].mean:.3f}", _interval(change), f"{_yes(change.above)}{why}"]
        lines.append(line)
    headers = ["codec", "kbps"]
    titles = {metric: found.summary.metrics[metric].title for metric in QUALITY}
    for metric, title in titles.items():
        headers += [title, f"minus {name}'s {rival.scores[metric].mean:.3f}", "above"]
    counts = ", ".join(f"{count} of {len(found.codecs)} on {titles[metric]}" for metric, count in above.items())
    title = f"**Against {name} at {rate:g} kbps: above it {counts}**"
    return f"{title}\n\n" + table(lines, headers)


def _why(summary: Summary, row: Row, metric: str, rival: float | None) -> str:
    """What keeps a codec from being better than `rival`; empty where the run has no ladder."""
    rungs = (one for one in summary.ladder if one.metric == metric and one.codec_id == row.codec_id)
    steps = next((one.steps for one in rungs if one.point == row.point), ())
    free = next((step.score for step in steps if step.part == "network"), None)
    if free is None or rival is None:
        return ""
    return f": {'network' if free <= rival else 'quantizer'} ({free:.3f} without quantizer)"


def _words(found: ReferenceRun) -> str:
    lines, few = [], 0
    for codec in found.codecs:
        row = found.at(codec, HIGHEST_KBPS)
        words = row.scores["delta_wer"]
        if words.mean is None:
            lines.append([codec, f"{row.nominal_kbps:g}", "n/a", "n/a"])
            continue
        shown = words.high is not None and words.high < MOST_WORDS
        few += shown
        spread = "" if words.low is None or words.high is None else f" [{100 * words.low:.1f}, {100 * words.high:.1f}]"
        lines.append([codec, f"{row.nominal_kbps:g}", f"{100 * words.mean:.1f}{spread}", _yes(shown)])
    title = f"**Words: ΔWER shown to be below {100 * MOST_WORDS:.0f} points for {few} of {len(found.codecs)}**"
    told = "*Below* is said where the upper end of the interval is."
    return f"{title}\n\n{table(lines, ['codec', 'kbps', 'ΔWER in points', 'below'])}\n\n{told}"


def _interval(change: Estimate | AgainstRival) -> str:
    if change.low is None or change.high is None:
        return f"{change.value:+.3f}"
    return f"{change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}]"


def _step(least: Estimate) -> str:
    return f"{_interval(least)}{', falls' if (least.high or 0.0) < 0 else ''}"


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"
