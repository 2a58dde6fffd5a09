"""Real regressions of the reference EnCodec are caught and named, and leave what they do not touch `same`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from codecbench.gate.baseline import Baseline
from codecbench.gate.comparison import compare
from codecbench.gate.thresholds import Settings
from codecbench.gate.verdict import GateOutcome, judge
from codecbench.store.ids import Place

ALL = {"pesq_wb", "estoi", "si_sdr", "lsd", "delay_ms", "level_error_db", "correlation"}


@dataclass(frozen=True)
class Regression:
    """`named` must be among the findings, `same` must be untouched; `point` is where it happens."""

    codec: str
    named: set[str]
    same: set[str]
    point: str = "6"


REGRESSIONS = (
    Regression("codebook", {"si_sdr", "estoi"}, set(), "1"),
    Regression("six_bits", {"lsd"}, {"measured_kbps", "delay_ms"}),
    Regression("resampler", {"lsd"}, {"measured_kbps", "delay_ms"}),
    Regression("shift", {"delay_ms", "si_sdr", "correlation"}, {"pesq_wb", "estoi", "level_error_db", "measured_kbps"}),
    Regression("gain", {"level_error_db"}, {"pesq_wb", "estoi", "si_sdr", "delay_ms", "correlation", "measured_kbps"}),
    Regression("polarity", {"correlation"}, ALL - {"correlation"} | {"measured_kbps", "payload_sha256"}),
    Regression("side_channel", {"measured_kbps"}, ALL),
)


def as_if_before(run: Baseline, codec: str) -> Baseline:
    """The unaltered subject under the name of `codec`, at the points that `codec` has."""
    points = {row.place.point for row in run.rows if row.place.codec == codec}
    rows = tuple(
        replace(row, place=Place(codec, "default", row.place.point))
        for row in run.rows
        if row.place.codec == "subject" and row.place.point in points
    )
    return replace(run, rows=rows, source="before")


def gate(run: Baseline, codec: str) -> GateOutcome:
    return judge(compare(as_if_before(run, codec), run, Settings()), Settings())


def verdicts(outcome: GateOutcome, point: str) -> dict[str, set[str]]:
    """By metric or figure; `delay_ms` is both."""
    found: dict[str, set[str]] = {}
    for cell in outcome.comparison.cells:
        if cell.place.point == point:
            found.setdefault(cell.metric, set()).add(cell.verdict)
    for figure in outcome.comparison.exact:
        if figure.place.point == point:
            found.setdefault(figure.figure, set()).add(figure.verdict)
    return found


@pytest.mark.parametrize("regression", REGRESSIONS, ids=lambda regression: regression.codec)
def test_a_regression_is_named_and_the_rest_is_same(altered: Baseline, regression: Regression) -> None:
    outcome = gate(altered, regression.codec)
    assert outcome.status == 1
    findings = {(f.place.codec, f.place.point, f.metric) for f in outcome.findings if f.place}
    assert {(regression.codec, regression.point, name) for name in regression.named} <= findings
    assert {point for _, point, _ in findings} == {regression.point}
    found = verdicts(outcome, regression.point)
    assert {name: found[name] for name in regression.same} == {name: {"same"} for name in regression.same}


def test_a_dropped_codebook_leaves_the_other_point_same(altered: Baseline) -> None:
    assert set.union(*verdicts(gate(altered, "codebook"), "6").values()) == {"same"}


def test_a_cut_tail_fails_the_cells(altered: Baseline) -> None:
    outcome = gate(altered, "tail")
    assert outcome.status == 1
    (finding,) = [f for f in outcome.findings if "probe-01" in f.message]
    assert finding.message.startswith("tail at 6 kbps: pesq_wb, estoi, si_sdr, ")
    assert "decode: ValueError: decode returned " in finding.message


@pytest.mark.parametrize("codec", ["half", "threads", "machine"])
def test_what_is_no_regression_passes(altered: Baseline, codec: str) -> None:
    outcome = gate(altered, codec)
    assert outcome.status == 0, outcome.findings
    assert {cell.verdict for cell in outcome.comparison.cells} == {"same"}
