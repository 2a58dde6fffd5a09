"""What `reference-bar` found, as Markdown."""

from __future__ import annotations

from recipes.findings.bars import Bar, Rival, Standing
from recipes.findings.records import Ranged
from recipes.findings.tables import table

FIRST_CODEBOOK, EVERY_CODEBOOK = 0.6, 0.3
MOST_WORDS = 0.05


def bar_markdown(bar: Bar) -> str:
    """All tables, below what they are of."""
    parts = [_heading(bar), _rising(bar), _codes(bar), *(_against(bar, rival) for rival in bar.rivals), _words(bar)]
    return "\n\n".join(parts) + "\n"


def _heading(bar: Bar) -> str:
    return (
        f"{bar.speech.dataset}: {bar.speech}. Intervals of 95 %, of paired differences where two are compared. Those "
        f"against Opus and Codec 2 are simultaneous: the chance of any wrong *above* among all {bar.comparisons} "
        "comparisons (codec, metric, rival) is at most 5 % (max-T over sign flips of speakers, a family per metric)."
    )


def _rising(bar: Bar) -> str:
    lines = []
    for one in bar.rising:
        line = [one.codec, ", ".join(f"{kbps:g}" for kbps in one.kbps)]
        for metric in bar.titles:
            rise = one.metrics[metric]
            line += [", ".join(map(_score, rise.scores)), _step(rise.least_step)]
        lines.append(line)
    headers = ["codec", "kbps"]
    for title in bar.titles.values():
        headers += [title, "least step"]
    return "**Over the bitrate**\n\n" + table(lines, headers)


def _codes(bar: Bar) -> str:
    lines = [
        [one.codec, *("n/a" if share is None else f"{100 * share:.0f} %" for share in (one.first, one.least)),
         _yes(one.enough)]
        for one in bar.codes
    ]  # fmt: skip
    wanted = f"above {100 * FIRST_CODEBOOK:.0f} and {100 * EVERY_CODEBOOK:.0f} %"
    return "**Codes in use at the highest rate**\n\n" + table(lines, ["codec", "first codebook", "least used", wanted])


def _against(bar: Bar, rival: Rival) -> str:
    lines = []
    for one in rival.codecs:
        line = [one.codec, f"{one.kbps:g}"]
        for metric in bar.titles:
            standing = one.metrics[metric]
            line += [_score(standing.score), standing.difference.text("+.3f"), _yes(standing.above) + _why(standing)]
        lines.append(line)
    headers = ["codec", "kbps"]
    for metric, title in bar.titles.items():
        headers += [title, f"minus {rival.codec}'s {_score(rival.scores[metric])}", "above"]
    of = len(rival.codecs)
    counts = ", ".join(f"{rival.above(metric)} of {of} on {title}" for metric, title in bar.titles.items())
    title = f"**Against {rival.codec} at {rival.kbps:g} kbps: above it {counts}**"
    return f"{title}\n\n" + table(lines, headers)


def _words(bar: Bar) -> str:
    lines = [
        [one.codec, f"{one.kbps:g}", "n/a" if one.points is None else one.points.text(".1f"),
         "n/a" if one.points is None else _yes(one.below)]
        for one in bar.words
    ]  # fmt: skip
    few = sum(one.below for one in bar.words)
    title = f"**Words: ΔWER shown to be below {100 * MOST_WORDS:.0f} points for {few} of {len(bar.words)}**"
    told = "*Below* is said where the upper end of the interval is."
    return f"{title}\n\n{table(lines, ['codec', 'kbps', 'ΔWER in points', 'below'])}\n\n{told}"


def _why(standing: Standing) -> str:
    if standing.limit is None:
        return ""
    return f": {standing.limit} ({_score(standing.unquantized)} without quantizer)"


def _step(least: Ranged | None) -> str:
    if least is None:
        return "n/a"
    return least.text("+.3f") + (", falls" if (least.high or 0.0) < 0 else "")


def _score(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3f}"


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"
