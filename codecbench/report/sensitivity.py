"""The section "What the metrics see": the measured sensitivity of this run's metrics, beside their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codecbench.analysis.speakers import CARD as SPEAKERS
from codecbench.analysis.summary import PRIMARY, Summary
from codecbench.controls.sensitivity.battery import BATTERY, IDENTITY, NULLS, Distortion, Group
from codecbench.controls.sensitivity.listing import MEANINGS, SIGNS
from codecbench.controls.sensitivity.record import FILE, MetricSensitivity, built_in_record, load_record
from codecbench.controls.sensitivity.verdict import NullRange, Reaction, Verdict
from codecbench.errors import UsageError
from codecbench.printing.figures import Style, significant
from codecbench.report.page import Content, Page

OWN_RECORDS = (FILE, "court.json")
"""In a run's folder: verdicts on metrics that codecbench does not ship, by `codecbench sensitivity --out`; the second
is the name of older ones."""
GROUPS: Mapping[Group, str] = {
    "control": "Control", "hardly heard": "Hardly heard: blindness is no fault",
    "sound": "Sound", "voice": "Voice and tempo", "words": "Words",
}  # fmt: skip
MOST_NAMES = 6
SMALLEST = 1e-4
NOT_MEASURED = {SPEAKERS.id: "made from a whole run's scores, not from a signal"}
SHORT: Mapping[Verdict, str] = {"abstains": "n/a", "skipped": "n/a", "failed": "n/a"}


@dataclass(frozen=True)
class SensitivityCell:
    """`text` is the change where it counts; `note` has everything about the cell."""

    verdict: Verdict
    sign: str
    text: str
    note: str


@dataclass(frozen=True)
class SensitivityRow:
    title: str
    cells: tuple[SensitivityCell, ...]


@dataclass(frozen=True)
class SensitivityColumn:
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
    """None where none of the run's metrics was measured and no record in its folder is broken."""
    summary = page.summary
    own, problem = _own_record(page.folder)
    measured, unmeasured = _matching(summary, own)
    if not measured and not problem:
        return None
    return Content(
        {
            "columns": [_column(metric, summary) for metric in measured],
            "groups": [
                (title, [_row(d, measured, summary) for d in BATTERY if d.group == group])
                for group, title in GROUPS.items()
            ],
            "legend": [(verdict, _sign(verdict), MEANINGS[verdict]) for verdict in _verdicts(measured)],
            "blindnesses": blindnesses(measured, summary.primary),
            "nulls": "; ".join(null.title for null in NULLS),
            "unmeasured": unmeasured,
            "problem": problem,
        }
    )


def _own_record(folder: Path) -> tuple[Mapping[str, MetricSensitivity], str]:
    """Of this run's folder, and what is wrong with it: a bad file must not cost the report."""
    path = next((folder / name for name in OWN_RECORDS if (folder / name).is_file()), None)
    if path is None:
        return {}, ""
    try:
        return load_record(path).metrics, ""
    except UsageError as error:
        return {}, str(error)


def _matching(
    summary: Summary, own: Mapping[str, MetricSensitivity]
) -> tuple[list[MetricSensitivity], list[tuple[str, str]]]:
    """Verdicts that hold for this run's figures; and the metrics without, each with the reason."""
    shipped = built_in_record().metrics
    measured: list[MetricSensitivity] = []
    missing: list[tuple[str, str]] = []
    for name in summary.metric_order():
        reasons = []
        for metric in filter(None, (own.get(name), shipped.get(name))):
            reason = _mismatch(metric, summary)
            if not reason:
                measured.append(metric)
                break
            reasons.append(reason)
        else:
            missing.append((name, reasons[0] if reasons else NOT_MEASURED.get(name, "not measured yet")))
    return measured, missing


def _mismatch(metric: MetricSensitivity, summary: Summary) -> str:
    version = summary.metrics[metric.metric].version
    if metric.version != version:
        return f"version {metric.version} was measured, this run has {version}"
    heard = summary.run.get("recognizer") or {}
    label = f"{heard.get('id')} {heard.get('version')}"
    if metric.recognizer is not None and metric.recognizer != label:
        return f"measured with {metric.recognizer}, this run has {label}"
    return ""


def _column(metric: MetricSensitivity, summary: Summary) -> SensitivityColumn:
    style = Style.of(summary.metrics[metric.metric])
    return SensitivityColumn(metric.metric, style.unit, _reach(metric.null, style))


def _reach(null: NullRange, style: Style) -> str:
    low, high = _number(null.low, style), _number(null.high, style)
    if low == high == "0":
        return "0" if null.low == null.high else f"under {SMALLEST:.4f}"
    return f"±{high.lstrip('+')}" if null.low == -null.high else f"{low} to {high}"


def _row(distortion: Distortion, measured: Sequence[MetricSensitivity], summary: Summary) -> SensitivityRow:
    cells = (_cell(metric, distortion, Style.of(summary.metrics[metric.metric])) for metric in measured)
    return SensitivityRow(distortion.title, tuple(cells))


def _cell(metric: MetricSensitivity, distortion: Distortion, style: Style) -> SensitivityCell:
    reaction = metric.reactions.get(distortion.id)
    if reaction is None:
        return SensitivityCell("skipped", "", "n/a", f"{metric.metric}, {distortion.title}: not measured")
    verdict = reaction.verdict
    text = (
        _number(reaction.change, style)
        if verdict in ("sees", "rewards", "partly") and reaction.change is not None
        else ""
    )
    return SensitivityCell(
        verdict, _sign(verdict), text or SHORT.get(verdict, ""), _note(metric, reaction, distortion, style)
    )


def _sign(verdict: Verdict) -> str:
    return "" if verdict in SHORT else SIGNS[verdict]


def _note(metric: MetricSensitivity, reaction: Reaction, distortion: Distortion, style: Style) -> str:
    parts = [f"{metric.metric}, {distortion.title}: {reaction.verdict}"]
    if reaction.change is None:
        return f"{parts[0]}: {reaction.reason}"
    parts.append(f"mean change {_number(reaction.change, style)} {style.unit}".rstrip())
    if reaction.times is not None and reaction.verdict != "blind":
        parts.append(f"{significant(reaction.times, 2)} times the largest by an inaudible change")
    parts.append(f"{reaction.moved} of {reaction.scored} clips beyond those")
    return "; ".join(parts)


def _number(value: float, style: Style) -> str:
    """Sign and two digits, or one below 0.01, on the metric's printed scale."""
    scaled = value * style.factor
    if abs(scaled) < SMALLEST:
        return "0"
    return ("+" if scaled > 0 else "−") + significant(abs(scaled), 2 if abs(scaled) >= 0.01 else 1)


def _verdicts(measured: Sequence[MetricSensitivity]) -> list[Verdict]:
    verdicts = {reaction.verdict for metric in measured for reaction in metric.reactions.values()}
    return [verdict for verdict in SIGNS if verdict in verdicts]


def blindnesses(measured: Sequence[MetricSensitivity], primary: Sequence[str] = PRIMARY) -> list[Blindness]:
    """One for each distortion that a leading metric of the run is blind to."""
    names = [metric.metric for metric in measured]
    leading = [name for name in primary if name in names] or names[:4]
    unseen = []
    for distortion in BATTERY:
        if distortion.id == IDENTITY:
            continue
        verdicts = {
            metric.metric: metric.reactions[distortion.id].verdict
            for metric in measured
            if distortion.id in metric.reactions
        }
        blind = [name for name in leading if verdicts.get(name) == "blind"]
        if blind:
            seen = [name for name in names if verdicts.get(name) == "sees"]
            unseen.append(Blindness(distortion.title, _list(blind), _list(seen), distortion.matters))
    return unseen


def _list(names: Sequence[str]) -> str:
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[: MOST_NAMES - 1])} and {len(names) - MOST_NAMES + 1} more"
    return ", ".join(names)
