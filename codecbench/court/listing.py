"""The matrix as text: a row for each distortion, a column for each metric; or, of a few metrics, every figure."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_letters

from tabulate import tabulate

from codecbench.court.battery import BATTERY
from codecbench.court.record import Record, Tried
from codecbench.court.verdict import Cell, Verdict

SIGNS: Mapping[Verdict, str] = {
    "sees": "●", "rewards": "▲", "partly": "◐", "blind": "○", "abstains": "–", "skipped": "?", "failed": "!",
}  # fmt: skip
MEANINGS: Mapping[Verdict, str] = {
    "sees": "sees it: at least half of the clips change by more than under any inaudible change",
    "rewards": "calls it better: as above, in its better direction",
    "partly": "sees it in a quarter of the clips or more, but in fewer than half",
    "blind": "blind to it",
    "abstains": "gives no figure, and says why",
    "skipped": "cannot run here",
    "failed": "failed",
}
SMALLEST = 1e-4
FEW = 3
"""So many metrics at most are listed with all figures."""


def as_text(record: Record) -> str:
    if len(record.tried) <= FEW:
        return "\n\n".join(_listed(one) for one in record.tried.values())
    tops = [ascii_letters[index % 52] for index in range(len(record.tried))]
    width = max(len(distortion.title) for distortion in BATTERY)
    matrix = [f"{'':{width}}  {' '.join(tops)}"]
    matrix += [f"{distortion.title:{width}}  {' '.join(_row(distortion.id, record))}" for distortion in BATTERY]
    key = [f"  {top}  {name}" for top, name in zip(tops, record.tried, strict=True)]
    found = {cell.verdict for one in record.tried.values() for cell in one.cells.values()}
    signs = [f"  {SIGNS[verdict]}  {MEANINGS[verdict]}" for verdict in SIGNS if verdict in found]
    return "\n".join([*matrix, "", *key, "", *signs])


def _row(distortion: str, record: Record) -> list[str]:
    return [SIGNS[one.cells[distortion].verdict] for one in record.tried.values()]


def _listed(one: Tried) -> str:
    titles = {distortion.id: distortion.title for distortion in BATTERY}
    rows = [[titles[name], cell.verdict, *_figures(cell)] for name, cell in one.cells.items()]
    head = f"{one.metric} {one.version}, on {one.dataset}; inaudible changes move it by {one.null.low:.3g} to "
    table = tabulate(rows, headers=["distortion", "verdict", "change", "× null", "clips", ""], disable_numparse=True)
    return f"{head}{one.null.high:.3g}\n{table}"


def _figures(cell: Cell) -> tuple[str, str, str, str]:
    """Change in the metric's unit, the same in units of the largest inaudible change, clips, and why there is none."""
    change = "n/a" if cell.change is None else _short(cell.change, "+.3g")
    times = "n/a" if cell.times is None else _short(cell.times, ".3g")
    return change, times, f"{cell.moved} of {cell.scored}", cell.reason


def _short(value: float, form: str) -> str:
    return "0" if abs(value) < SMALLEST else format(value, form)
