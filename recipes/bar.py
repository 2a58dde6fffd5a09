"""What the trained weights reach on a run over real speech, against what they should.

Four questions: does quality rise with the bitrate, are the codes used, are the codecs better than Opus at 6 kbps and
Codec 2 at 3.2, and how many words do they cost? Where the run has a loss ladder, each codec that is not better is told
by what: its network, where it is not better with the quantizer bypassed either, at no bitrate then; else its quantizer.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from codecbench.analysis.bootstrap import Estimate
from codecbench.analysis.cells import Cells, collect_cells
from codecbench.analysis.paired import pair
from codecbench.analysis.summary import Row, Summary, summarize
from codecbench.errors import UsageError
from codecbench.results import Results
from codecbench.run.store import Store
from recipes.tables import QUALITY, speech_of, table

HIGHEST_KBPS = 6.0
MIDDLE_KBPS = 3.2
RIVALS = {HIGHEST_KBPS: ("opus", 6.0), MIDDLE_KBPS: ("codec2", 3.2)}
FIRST_CODEBOOK, EVERY_CODEBOOK = 0.6, 0.3
MOST_WORDS = 0.05


@dataclass(frozen=True)
class Found:
    """A run with its cells; `codecs` maps a codec of the reference track to its rows by rising bitrate."""

    summary: Summary
    cells: Cells
    codecs: dict[str, list[Row]]

    def at(self, codec: str, kbps: float) -> Row:
        """Its highest point of at most `kbps`. Raises UsageError where it has none."""
        rows = [row for row in self.codecs[codec] if row.nominal_kbps <= kbps]
        if not rows:
            raise UsageError(f"the run has no point of {codec} at {kbps:g} kbps or less")
        return rows[-1]

    def change(self, before: Row, after: Row, metric: str) -> Estimate:
        """After minus before, over the utterances that both have."""
        one, other = (self.cells.values(row.place, metric) for row in (before, after))
        paired = pair(one, other, self.cells.speakers)
        if paired is None:
            raise UsageError(f"{metric}: {before.codec} and {after.codec} have no utterance in common")
        return paired.change


def report(folder: Path) -> str:
    """Markdown, of the run in `folder`.

    Raises:
        UsageError: no run there, or one without the codecs and metrics that this asks about.
    """
    with Store(folder) as store:
        found = _read(store.results())
    parts = [_heading(found.summary), _rising(found), _codes(found)]
    parts += [_against(found, kbps) for kbps in RIVALS]
    parts.append(_words(found))
    return "\n\n".join(parts) + "\n"


def _read(results: Results) -> Found:
    summary = summarize(results)
    if missing := [name for name in (*QUALITY, "delta_wer") if name not in summary.metrics]:
        raise UsageError(f"the run has no {', '.join(missing)}")
    codecs: dict[str, list[Row]] = {}
    for row in summary.rows:
        if row.track == "reference":
            codecs.setdefault(row.codec, []).append(row)
    if not codecs:
        raise UsageError("the run has no codec of the reference track")
    rising = {codec: sorted(rows, key=lambda row: row.nominal_kbps) for codec, rows in codecs.items()}
    return Found(summary, collect_cells(results, QUALITY), rising)


def _heading(summary: Summary) -> str:
    told = "Intervals of 95 %, of paired differences where two are compared."
    return f"{summary.run['dataset']}: {speech_of(summary)}. {told}"


def _rising(found: Found) -> str:
    lines = []
    for codec, rows in found.codecs.items():
        line = [codec, ", ".join(f"{row.nominal_kbps:g}" for row in rows)]
        for metric in QUALITY:
            steps = [found.change(low, high, metric) for low, high in pairwise(rows)]
            line.append(", ".join(f"{row.scores[metric].mean:.3f}" for row in rows))
            least = min(steps, key=lambda step: step.value, default=None)
            line.append(_step(least) if least else "n/a")
        lines.append(line)
    headers = ["codec", "kbps"]
    for title in QUALITY.values():
        headers += [title, "least step"]
    return "**Over the bitrate**\n\n" + table(lines, headers)


def _codes(found: Found) -> str:
    lines = []
    for codec, rows in found.codecs.items():
        used = [book.used / book.size for book in rows[-1].codebooks]
        enough = bool(used) and used[0] > FIRST_CODEBOOK and min(used) > EVERY_CODEBOOK
        shares = [f"{100 * used[0]:.0f} %", f"{100 * min(used):.0f} %"] if used else ["n/a", "n/a"]
        lines.append([codec, *shares, _yes(enough)])
    wanted = f"above {100 * FIRST_CODEBOOK:.0f} and {100 * EVERY_CODEBOOK:.0f} %"
    return "**Codes in use at the highest rate**\n\n" + table(lines, ["codec", "first codebook", "least used", wanted])


def _against(found: Found, kbps: float) -> str:
    name, rate = RIVALS[kbps]
    rival = next((row for row in found.summary.rows if row.codec == name and row.nominal_kbps == rate), None)
    if rival is None:
        raise UsageError(f"the run has no {name} at {rate:g} kbps")
    lines, above = [], dict.fromkeys(QUALITY, 0)
    for codec in found.codecs:
        row = found.at(codec, kbps)
        line = [codec, f"{row.nominal_kbps:g}"]
        for metric in QUALITY:
            change = found.change(rival, row, metric)
            better = change.low is not None and change.low > 0
            above[metric] += better
            told = _yes(better) + ("" if better else _why(found.summary, row, metric, rival.scores[metric].mean))
            line += [f"{row.scores[metric].mean:.3f}", _interval(change), told]
        lines.append(line)
    headers = ["codec", "kbps"]
    for metric, title in QUALITY.items():
        headers += [title, f"minus {name}'s {rival.scores[metric].mean:.3f}", "above"]
    counts = ", ".join(f"{count} of {len(found.codecs)} on {QUALITY[metric]}" for metric, count in above.items())
    title = f"**Against {name} at {rate:g} kbps: above it {counts}**"
    return f"{title}\n\n" + table(lines, headers)


def _why(summary: Summary, row: Row, metric: str, rival: float | None) -> str:
    """What keeps a codec from being better than `rival`; empty where the run has no ladder."""
    rungs = (one for one in summary.ladder if one.metric == metric and (one.codec, one.checkpoint) == row.place[:2])
    steps = next((one.steps for one in rungs if one.point == row.point), ())
    free = next((step.score for step in steps if step.part == "network"), None)
    if free is None or rival is None:
        return ""
    return f": {'network' if free <= rival else 'quantizer'} ({free:.3f} without quantizer)"


def _words(found: Found) -> str:
    lines, few = [], 0
    for codec in found.codecs:
        row = found.at(codec, HIGHEST_KBPS)
        words = row.scores["delta_wer"]
        if words.mean is None:
            lines.append([codec, f"{row.nominal_kbps:g}", "n/a", "n/a"])
            continue
        few += words.mean < MOST_WORDS
        spread = "" if words.low is None or words.high is None else f" [{100 * words.low:.1f}, {100 * words.high:.1f}]"
        lines.append([codec, f"{row.nominal_kbps:g}", f"{100 * words.mean:.1f}{spread}", _yes(words.mean < MOST_WORDS)])
    title = f"**Words: ΔWER below {100 * MOST_WORDS:.0f} points for {few} of {len(found.codecs)}**"
    return f"{title}\n\n" + table(lines, ["codec", "kbps", "ΔWER in points", "below"])


def _interval(change: Estimate) -> str:
    if change.low is None or change.high is None:
        return f"{change.value:+.3f}"
    return f"{change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}]"


def _step(least: Estimate) -> str:
    return f"{_interval(least)}{', falls' if (least.high or 0.0) < 0 else ''}"


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"
