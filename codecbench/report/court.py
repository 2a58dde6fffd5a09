"""The section "What the metrics see": the court's verdicts on the metrics of this run, beside their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codecbench.analysis.speakers import CARD as SPEAKERS
from codecbench.analysis.summary import PRIMARY, Summary
from codecbench.court.battery import BATTERY, IDENTITY, NULLS, Distortion, Group
from codecbench.court.listing import MEANINGS, SIGNS
from codecbench.court.record import Tried, built_in_record, load_record
from codecbench.court.verdict import Cell, NullRange, Verdict
from codecbench.errors import UsageError
from codecbench.printing.figures import Style, significant
from codecbench.report.page import Content, Page

OWN_RECORD = "court.json"
"""In a run's folder: verdicts on metrics that codecbench does not know, by `codecbench court --out`."""
GROUPS: Mapping[Group, str] = {
    "control": "Control", "hardly heard": "Hardly heard: blindness is no fault",
    "sound": "Sound", "voice": "Voice and tempo", "words": "Words",
}  # fmt: skip
MOST_NAMES = 6
SMALLEST = 1e-4
UNTRIED = {SPEAKERS.id: "made from a whole run's scores, not from a signal"}
SHORT: Mapping[Verdict, str] = {"abstains": "n/a", "skipped": "n/a", "failed": "n/a"}


@dataclass(frozen=True)
class CourtCell:
    """`text` is the change where it counts; `note` tells all of the cell."""

    verdict: Verdict
    sign: str
    text: str
    note: str


@dataclass(frozen=True)
class CourtRow:
    title: str
    cells: tuple[CourtCell, ...]


@dataclass(frozen=True)
class CourtColumn:
    """`reach`: how far inaudible changes move the metric."""

    metric: str
    unit: str
    reach: str


@dataclass(frozen=True)
class Blindness:
    """What some of the run's leading metrics do not see, which ones do, and why it matters."""

    title: str
    blind: str
    seen: str
    matters: str


def section(page: Page) -> Content | None:
    """None where the court has tried none of the run's metrics and there is nothing to say of it."""
    summary = page.summary
    own, problem = _own_record(page.folder)
    tried, untried = _matching(summary, own)
    if not tried and not problem:
        return None
    return Content(
        {
            "columns": [_column(one, summary) for one in tried],
            "groups": [
                (title, [_row(d, tried, summary) for d in BATTERY if d.group == group])
                for group, title in GROUPS.items()
            ],
            "legend": [(verdict, _sign(verdict), MEANINGS[verdict]) for verdict in _found(tried)],
            "blindnesses": blindnesses(tried),
            "nulls": "; ".join(null.title for null in NULLS),
            "untried": untried,
            "problem": problem,
        }
    )


def _own_record(folder: Path) -> tuple[Mapping[str, Tried], str]:
    """Of this run's folder, and what is wrong with it: a bad file must not cost the report."""
    path = folder / OWN_RECORD
    if not path.is_file():
        return {}, ""
    try:
        return load_record(path).tried, ""
    except UsageError as error:
        return {}, str(error)


def _matching(summary: Summary, own: Mapping[str, Tried]) -> tuple[list[Tried], list[tuple[str, str]]]:
    """Verdicts that hold for this run's figures; and the metrics without, each with the reason."""
    known = built_in_record().tried
    found: list[Tried] = []
    missing: list[tuple[str, str]] = []
    for name in summary.metric_order():
        reasons = []
        for one in filter(None, (own.get(name), known.get(name))):
            reason = _mismatch(one, summary)
            if not reason:
                found.append(one)
                break
            reasons.append(reason)
        else:
            missing.append((name, reasons[0] if reasons else UNTRIED.get(name, "not before the court yet")))
    return found, missing


def _mismatch(one: Tried, summary: Summary) -> str:
    version = summary.metrics[one.metric].version
    if one.version != version:
        return f"version {one.version} was tried, this run has {version}"
    heard = summary.run.get("recognizer") or {}
    label = f"{heard.get('id')} {heard.get('version')}"
    if one.recognizer is not None and one.recognizer != label:
        return f"tried with {one.recognizer}, this run has {label}"
    return ""


def _column(one: Tried, summary: Summary) -> CourtColumn:
    style = Style.of(summary.metrics[one.metric])
    return CourtColumn(one.metric, style.unit, _reach(one.null, style))


def _reach(null: NullRange, style: Style) -> str:
    low, high = _number(null.low, style), _number(null.high, style)
    if low == high == "0":
        return "0" if null.low == null.high else f"under {SMALLEST:.4f}"
    return f"±{high.lstrip('+')}" if null.low == -null.high else f"{low} to {high}"


def _row(distortion: Distortion, tried: Sequence[Tried], summary: Summary) -> CourtRow:
    cells = (_cell(one, distortion, Style.of(summary.metrics[one.metric])) for one in tried)
    return CourtRow(distortion.title, tuple(cells))


def _cell(one: Tried, distortion: Distortion, style: Style) -> CourtCell:
    cell = one.cells.get(distortion.id)
    if cell is None:
        return CourtCell("skipped", "", "n/a", f"{one.metric}, {distortion.title}: not tried")
    verdict = cell.verdict
    text = _number(cell.change, style) if verdict in ("sees", "rewards", "partly") and cell.change is not None else ""
    return CourtCell(verdict, _sign(verdict), text or SHORT.get(verdict, ""), _told(one, cell, distortion, style))


def _sign(verdict: Verdict) -> str:
    return "" if verdict in SHORT else SIGNS[verdict]


def _told(one: Tried, cell: Cell, distortion: Distortion, style: Style) -> str:
    parts = [f"{one.metric}, {distortion.title}: {cell.verdict}"]
    if cell.change is None:
        return f"{parts[0]}: {cell.reason}"
    parts.append(f"mean change {_number(cell.change, style)} {style.unit}".rstrip())
    if cell.times is not None and cell.verdict != "blind":
        parts.append(f"{significant(cell.times, 2)} times the largest by an inaudible change")
    parts.append(f"{cell.moved} of {cell.scored} clips beyond those")
    return "; ".join(parts)


def _number(value: float, style: Style) -> str:
    """Sign and two digits, or one below 0.01, on the metric's printed scale."""
    scaled = value * style.factor
    if abs(scaled) < SMALLEST:
        return "0"
    return ("+" if scaled > 0 else "−") + significant(abs(scaled), 2 if abs(scaled) >= 0.01 else 1)


def _found(tried: Sequence[Tried]) -> list[Verdict]:
    verdicts = {cell.verdict for one in tried for cell in one.cells.values()}
    return [verdict for verdict in SIGNS if verdict in verdicts]


def blindnesses(tried: Sequence[Tried]) -> list[Blindness]:
    """One for each distortion that a leading metric of the run is blind to."""
    names = [one.metric for one in tried]
    leading = [name for name in PRIMARY if name in names] or names[:4]
    found = []
    for distortion in BATTERY:
        if distortion.id == IDENTITY:
            continue
        verdicts = {one.metric: one.cells[distortion.id].verdict for one in tried if distortion.id in one.cells}
        blind = [name for name in leading if verdicts.get(name) == "blind"]
        if blind:
            seen = [name for name in names if verdicts.get(name) == "sees"]
            found.append(Blindness(distortion.title, _list(blind), _list(seen), distortion.matters))
    return found


def _list(names: Sequence[str]) -> str:
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[: MOST_NAMES - 1])} and {len(names) - MOST_NAMES + 1} more"
    return ", ".join(names)
