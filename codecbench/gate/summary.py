"""The gate's answer for readers: a Markdown comment, GitHub annotations, JSON and the terminal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from math import isfinite
from pathlib import Path
from typing import Any

from tabulate import tabulate

from codecbench.gate.accepting import acceptance, may_be_meant
from codecbench.gate.comparison import BaselineComparison, MetricChange, Verdict
from codecbench.gate.exact import Exact, shown
from codecbench.gate.verdict import Finding, GateOutcome
from codecbench.printing.figures import Style, significant
from codecbench.printing.wording import count, percent, signed, small

ROWS = 30
"""Rows and lines of each kind in the Markdown: GitHub cuts a comment at 65,536 characters. The JSON has them all."""
SCHEMA = 1
SIGNS = {"pass": "✅", "regressed": "❌", "could not measure": "⚠️"}


def as_markdown(outcome: GateOutcome) -> str:
    """A comment for a pull request."""
    comparison = outcome.comparison
    lines = [f"### {SIGNS[outcome.word]} codecbench gate: {outcome.word}", "", _headline(outcome), ""]
    worse = [cell for cell in comparison.cells if cell.verdict == "worse"]
    exact = [figure for figure in comparison.exact if figure.gated and figure.verdict == "worse"]
    table = [_row(comparison, cell) for cell in worse] + [_exact_row(figure) for figure in exact]
    if table:
        lines += [tabulate(table[:ROWS], headers=HEADERS, tablefmt="github", disable_numparse=True), ""]
    tabled = {(cell.place, cell.metric) for cell in worse} | {(figure.place, figure.figure) for figure in exact}
    rest = [f for f in outcome.of("regressed") if (f.place, f.metric) not in tabled or f.cause == "floor"]
    lines += [f"- {escaped(finding.message)}" for finding in rest[:ROWS]]
    lines += [f"- not measured: {escaped(finding.message)}" for finding in outcome.of("could not measure")[:ROWS]]
    hidden = max(0, len(table) - ROWS) + max(0, len(rest) - ROWS) + max(0, len(outcome.of("could not measure")) - ROWS)
    if hidden:
        lines.append(f"- and {hidden} more, in the JSON")
    lines += ["", _counts(comparison)]
    if hint := acceptance(outcome):
        lines += ["", f"Meant? `{hint}`, and commit the file."]
    details = [*_better(comparison), *_changed(comparison), *comparison.notes, *speed_notes(comparison)]
    if details:
        lines += ["", "<details><summary>Notes</summary>", "", *(f"- {escaped(note)}" for note in details[:ROWS]), "",
                  "</details>"]  # fmt: skip
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def as_annotations(outcome: GateOutcome, most: int = 10) -> list[str]:
    """GitHub workflow commands; a step shows at most ten."""
    problems = [*outcome.of("could not measure"), *outcome.of("regressed")]
    lines = [f"::error title={_property(f'codecbench gate: {finding.kind}')}::{workflow_data(finding.message)}"
             for finding in problems[:most]]  # fmt: skip
    if len(problems) > most:
        lines[-1] = f"::error title=codecbench gate::and {len(problems) - most + 1} more reasons; see the summary"
    return lines


def as_json(outcome: GateOutcome) -> dict[str, Any]:
    """Plain JSON values. Extra keys may be added within a schema, none removed."""
    comparison = outcome.comparison
    return {
        "schema": SCHEMA,
        "status": outcome.status,
        "verdict": outcome.word,
        "baseline": comparison.before.source,
        "run": comparison.after.source,
        "level": comparison.level,
        "findings": [_finding(finding) for finding in outcome.findings],
        "cells": [as_cell(cell) for cell in comparison.cells],
        "figures": [as_figure(figure) for figure in comparison.exact],
        "thresholds": {name: dict(vars(threshold)) for name, threshold in comparison.thresholds.items()},
        "notes": [*comparison.notes, *speed_notes(comparison)],
    }


def dumps(document: Any) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def as_text(outcome: GateOutcome, anew: str = "") -> str:
    """For the terminal: every reason on a line, then the counts.

    `anew`: what to type for another baseline where the run's folder does not stay.
    """
    lines = [f"{finding.kind}: {finding.message}" for finding in outcome.findings]
    lines += [f"better: {note}" for note in _better(outcome.comparison)]
    lines += [f"changed: {note}" for note in _changed(outcome.comparison)]
    lines += [f"note: {note}" for note in (*outcome.comparison.notes, *speed_notes(outcome.comparison))]
    lines += [_counts(outcome.comparison), f"codecbench gate: {outcome.word}"]
    if hint := anew if anew and may_be_meant(outcome) else acceptance(outcome):
        lines.append(f"meant? {hint}, and commit the file")
    return "\n".join(lines)


def explain(comparison: BaselineComparison) -> str:
    """Where each threshold comes from, and how likely a drop of the claimed size is to be caught."""
    rows = []
    for metric, threshold in comparison.thresholds.items():
        style = Style.of(comparison.metric(metric))
        rows.append([metric, f"{small(style, threshold.value)} {style.unit}".strip(), small(style, threshold.noise_sd),
                     small(style, threshold.claim), percent(threshold.power), threshold.origin])  # fmt: skip
    headers = ["metric", "threshold", "noise", "claimed drop", "power", "from"]
    text: str = tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True)
    about = (
        f"At most {100 * comparison.level:g} % of unchanged runs fail, over {count(len(comparison.cells), 'test')}. "
        "Noise: SD of one utterance's difference between two runs of an unchanged codec. Power: probability of "
        "reporting the claimed drop, alike on all utterances."
    )
    return f"{text}\n\n{about}"


def speed_notes(comparison: BaselineComparison) -> list[str]:
    """Speeds of two runs are told, never judged: between machines they differ by a quarter without any change."""
    same = comparison.before.machine is not None and comparison.before.machine == comparison.after.machine
    notes = []
    for row in comparison.before.rows:
        now = comparison.after.row(row.place)
        for name in sorted(row.speed.keys() & (now.speed.keys() if now else set())):
            before, after = row.speed[name], now.speed[name] if now else 0.0
            if before > 0 and not 1 / SPEED_NOTE < after / before < SPEED_NOTE:
                where = "not judged: not in one job" if same else "not judged: other machine"
                notes.append(f"{name} of {row.place}: {significant(before)} → {significant(after)} ({where})")
    return notes


SPEED_NOTE = 1.25
HEADERS = ("codec", "kbps", "figure", "before", "after", "loss", "at least", "threshold")


def _row(comparison: BaselineComparison, cell: MetricChange) -> list[str]:
    style = Style.of(comparison.metric(cell.metric))
    unit = f" ({style.unit})" if style.unit else ""
    place = cell.place
    before, after = (style.number(value) for value in (cell.paired.before, cell.paired.after))
    return [place.codec_id.short, place.point, f"{cell.metric}{unit}", before, after,
            f"**{small(style, cell.loss)}**", small(style, cell.bound), small(style, cell.threshold.value)]  # fmt: skip


def _exact_row(figure: Exact) -> list[str]:
    after = "unknown" if figure.after is None else shown(figure.after)
    place = figure.place
    return [place.codec_id.short, place.point, figure.figure, shown(figure.before), after, "", "",
            "exact" if figure.bound is None else f"+{100 * figure.bound:g} %"]  # fmt: skip


def _headline(outcome: GateOutcome) -> str:
    comparison = outcome.comparison
    utterances = {d.utterance for cell in comparison.cells for d in cell.paired.differences}
    places = {cell.place for cell in comparison.cells}
    return (
        f"`{Path(comparison.after.source).name}` against `{Path(comparison.before.source).name}`: "
        f"{count(len(places), 'operating point')}, {count(len(utterances), 'utterance')} of "
        f"`{Path(comparison.after.dataset).name}`."
    )


def _counts(comparison: BaselineComparison) -> str:
    counts = Counter(cell.verdict for cell in comparison.cells)
    order: tuple[Verdict, ...] = ("worse", "better", "same", "cannot tell")
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in order if counts[verdict]) or "none"
    return f"{count(len(comparison.cells), 'comparison')}: {told}."


def _better(comparison: BaselineComparison) -> Iterable[str]:
    for cell in comparison.cells:
        if cell.verdict == "better":
            style = Style.of(comparison.metric(cell.metric))
            change = signed(style, cell.paired.change.value)
            yield f"{cell.place}: {cell.metric} {style.number(cell.paired.after)} ({change})"
    for figure in comparison.exact:
        if figure.verdict == "better":
            yield f"{figure.place}: {figure}"


def _changed(comparison: BaselineComparison) -> Iterable[str]:
    """What is neither a loss nor a gain: nobody has promised it."""
    for figure in comparison.exact:
        if figure.verdict == "changed":
            yield f"{figure.place}: {figure} (not promised: shown only)"


def _finding(finding: Finding) -> dict[str, Any]:
    place = finding.place._asdict() if finding.place else {}
    return {"kind": finding.kind, "message": finding.message, **place, "metric": finding.metric}


def as_cell(cell: MetricChange) -> dict[str, Any]:
    change = cell.paired.change
    return {
        **cell.place._asdict(), "metric": cell.metric, "verdict": cell.verdict, "before": cell.paired.before,
        "after": cell.paired.after, "change": change.value, "low": change.low, "high": change.high, "p": cell.p,
        "loss": cell.loss, "bound": cell.bound if isfinite(cell.bound) else None, "threshold": cell.threshold.value,
        "utterances": len(cell.paired.differences), "speakers": change.clusters, "primary": cell.primary,
    }  # fmt: skip


def as_figure(figure: Exact) -> dict[str, Any]:
    return {**figure.place._asdict(), "figure": figure.figure, "before": figure.before, "after": figure.after,
            "verdict": figure.verdict, "gated": figure.gated}  # fmt: skip


def escaped(text: str) -> str:
    """Plugins and users name things as they like; none of it may turn into markup."""
    for character in "\\`*_<>|[]":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def workflow_data(text: str) -> str:
    """As GitHub takes the text of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")
