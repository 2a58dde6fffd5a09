"""The matrix as text: a row for each distortion, a column for each metric; or, of a few metrics, every figure."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_letters

from tabulate import tabulate

from codecbench.controls.sensitivity.battery import BATTERY
from codecbench.controls.sensitivity.record import MetricSensitivity, Record
from codecbench.controls.sensitivity.verdict import Reaction, Verdict

SIGNS: Mapping[Verdict, str] = {
    "sees": "●", "rewards": "▲", "partly": "◐", "blind": "○", "abstains": "–", "skipped": "?", "failed": "!",
}  # fmt: skip
MEANINGS: Mapping[Verdict, str] = {
    "sees": "sees it: at least half of the clips change by more than under any inaudible change",
    "rewards": "calls it better: as above, in its better direction",
    "partly": "sees it in a quarter of the clips or more, but in fewer than half",
    "blind": "blind to it",
    "abstains": "declines to give a figure, and says why",
    "skipped": "cannot run here",
    "failed": "failed",
}
SMALLEST = 1e-4
FEW = 3
"""Up to this many metrics are listed with all figures."""


def as_text(record: Record) -> str:
    if len(record.metrics) <= FEW:
        return "\n\n".join(_listed(metric) for metric in record.metrics.values())
    tops = [ascii_letters[index % 52] for index in range(len(record.metrics))]
    width = max(len(distortion.title) for distortion in BATTERY)
    matrix = [f"{'':{width}}  {' '.join(tops)}"]
    matrix += [f"{distortion.title:{width}}  {' '.join(_row(distortion.id, record))}" for distortion in BATTERY]
    key = [f"  {top}  {name}" for top, name in zip(tops, record.metrics, strict=True)]
    verdicts = {reaction.verdict for metric in record.metrics.values() for reaction in metric.reactions.values()}
    signs = [f"  {SIGNS[verdict]}  {MEANINGS[verdict]}" for verdict in SIGNS if verdict in verdicts]
    return "\n".join([*matrix, "", *key, "", *signs])


def _row(distortion: str, record: Record) -> list[str]:
    return [SIGNS[metric.reactions[distortion].verdict] for metric in record.metrics.values()]


def _listed(metric: MetricSensitivity) -> str:
    titles = {distortion.id: distortion.title for distortion in BATTERY}
    rows = [[titles[name], reaction.verdict, *_figures(reaction)] for name, reaction in metric.reactions.items()]
    head = f"{metric.metric} {metric.version}, on {metric.dataset}; inaudible changes move it by "
    table = tabulate(rows, headers=["distortion", "verdict", "change", "× null", "clips", ""], disable_numparse=True)
    return f"{head}{metric.null.low:.3g} to {metric.null.high:.3g}\n{table}"


def _figures(reaction: Reaction) -> tuple[str, str, str, str]:
    """Change in the metric's unit, the same in units of the largest inaudible change, clips, and why there is none."""
    change = "n/a" if reaction.change is None else _short(reaction.change, "+.3g")
    times = "n/a" if reaction.times is None else _short(reaction.times, ".3g")
    return change, times, f"{reaction.moved} of {reaction.scored}", reaction.reason


def _short(value: float, form: str) -> str:
    return "0" if abs(value) < SMALLEST else format(value, form)
