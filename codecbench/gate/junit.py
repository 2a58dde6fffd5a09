"""The gate's answer as JUnit XML, which GitLab, Jenkins and most others show: a test case for each thing compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # nosec B405 - written, never read

from codecbench.gate.comparison import MetricChange
from codecbench.gate.exact import Exact
from codecbench.gate.speed_verdict import SpeedOutcome
from codecbench.gate.verdict import Finding, GateOutcome, Kind
from codecbench.store.ids import Place

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ENDS: dict[Kind, Literal["failure", "error"]] = {"regressed": "failure", "could not measure": "error"}
"""A loss is a test that failed; what could not be measured is one that broke."""


@dataclass(frozen=True)
class _Case:
    """A test case: `group` is a codec at a point, `name` a figure. `findings` say why it is red."""

    group: str
    name: str
    findings: tuple[tuple[Kind, str], ...] = ()
    told: str = ""


def as_junit(outcome: GateOutcome | None, speed: SpeedOutcome | None = None) -> str:
    """XML of one test suite; a suite of the speed beside it where it was timed."""
    root = Element("testsuites", name="codecbench gate")
    if outcome is not None:
        _suite(root, "codecbench gate", _cases(outcome))
    if speed is not None:
        _suite(root, "codecbench gate: speed", _speed_cases(speed))
    indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _cases(outcome: GateOutcome) -> list[_Case]:
    """What was compared, each with the findings about it, then the findings about anything else."""
    comparison = outcome.comparison
    compared: dict[tuple[Place, str], list[str]] = {}  # a delay is compared as a metric and as an exact figure
    for cell in comparison.cells:
        compared.setdefault((cell.place, cell.metric), []).append(_cell(cell))
    for figure in comparison.exact:
        if figure.gated:
            compared.setdefault((figure.place, figure.figure), []).append(_figure(figure))
    of: dict[tuple[Place | None, str | None], list[Finding]] = {}
    for finding in outcome.findings:
        of.setdefault((finding.place, finding.metric), []).append(finding)
    cases = [
        _Case(str(place), name, _told(of.pop((place, name), ())), "; ".join(told))
        for (place, name), told in compared.items()
    ]
    rest = [finding for findings in of.values() for finding in findings]
    for finding in rest:
        what = finding.metric or finding.message.partition(":")[0]
        cases.append(_Case("run" if finding.place is None else str(finding.place), what, _told([finding])))
    return cases


def _speed_cases(speed: SpeedOutcome) -> list[_Case]:
    if speed.reason:
        return [_Case(str(speed.after), "speed", (("could not measure", speed.reason),))]
    return [
        _Case(
            str(speed.after), f"{timing.stage} speed",
            (("regressed", f"against {speed.before}: {timing}"),) if timing.slower else (), f"{timing.word}: {timing}",
        )
        for timing in speed.timings
    ]  # fmt: skip


def _told(findings: Iterable[Finding]) -> tuple[tuple[Kind, str], ...]:
    return tuple((finding.kind, finding.message) for finding in findings)


def _cell(cell: MetricChange) -> str:
    return f"{cell.verdict}: {cell.paired.before:.6g} → {cell.paired.after:.6g}"


def _figure(figure: Exact) -> str:
    return f"{figure.verdict}: {figure}"


def _suite(root: Element, name: str, cases: Sequence[_Case]) -> None:
    """Counts are of test cases; a case that failed in two ways is one, and an error goes before a failure."""
    worst = [{kind for kind, _ in case.findings} for case in cases]
    errors = sum("could not measure" in kinds for kinds in worst)
    failures = sum(kinds == {"regressed"} for kinds in worst)
    suite = SubElement(
        root, "testsuite", name=name, tests=str(len(cases)), failures=str(failures), errors=str(errors), skipped="0",
        time="0",
    )  # fmt: skip
    for case in cases:
        element = SubElement(suite, "testcase", classname=_clean(case.group), name=_clean(case.name), time="0")
        if case.findings:
            kind = max((kind for kind, _ in case.findings), key=lambda one: one == "could not measure")
            text = "\n".join(message for _, message in case.findings)
            red = SubElement(element, ENDS[kind], message=_clean(case.findings[0][1]), type=kind)
            red.text = _clean(text)
        elif case.told:
            SubElement(element, "system-out").text = _clean(case.told)


def _clean(text: str) -> str:
    """XML has no place for control characters, whatever a plugin names its things."""
    return NOT_XML.sub("\ufffd", text)
