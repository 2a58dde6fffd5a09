"""What follows from results is worked out once, and the same whoever asks."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
from made_runs import realistic

from codecbench.analysis import Findings, cells, speakers, summarize
from codecbench.analysis import findings as findings_module
from codecbench.analysis.cells import collect_cells
from codecbench.analysis.paired import Value, pair
from codecbench.analysis.significance import PairedTest, max_t
from codecbench.tables.build import build_table, plain_table
from codecbench.tables.columns import all_columns


def test_each_finding_is_worked_out_once_and_the_speakers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def counted(module: ModuleType, name: str) -> None:
        function = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given: (calls.append(name), function(*given))[1])

    counted(speakers, "judge_speakers")
    counted(findings_module, "pair_originals")
    for module in (findings_module, cells):
        counted(module, "find_voices")
    findings = Findings(realistic(8))
    columns = list(all_columns(findings.summary).values())
    build_table(findings, columns)
    assert findings.rivals is findings.rivals
    assert findings.cells is findings.cells
    assert sorted(calls) == ["find_voices", "judge_speakers", "pair_originals"]


def test_they_are_those_of_the_rows() -> None:
    results = realistic(8)
    findings = Findings(results)
    assert findings.summary.rows == summarize(results).rows
    assert findings.cells == collect_cells(findings.results, findings.results.metrics)
    assert set(findings.rivals.metrics) <= set(findings.summary.metrics)


def test_a_plain_table_marks_nothing() -> None:
    findings = Findings(realistic(8))
    columns = list(all_columns(findings.summary).values())
    plain = plain_table(findings.summary, columns)
    assert plain.comparison is None
    compared = build_table(findings, columns)
    bare = tuple(replace(group, rows=tuple(_unmarked(row) for row in group.rows)) for group in compared.groups)
    assert plain.groups == bare


def _unmarked(row: object) -> object:
    return replace(row, cells=tuple(replace(cell, mark=None) for cell in row.cells))


def test_simultaneous_intervals_are_around_each_change() -> None:
    draw = np.random.default_rng(3).normal
    people = {f"u{n}": f"s{n % 12}" for n in range(48)}
    tests = []
    for shift in (0.0, 1.0):
        before = {name: Value(float(draw())) for name in people}
        after = {name: Value(value.numerator + shift + float(draw(0, 0.1))) for name, value in before.items()}
        paired = pair(before, after, people)
        assert paired is not None
        tests.append(PairedTest(paired, two_sided=True))
    family = max_t(tests)
    for test, interval, error in zip(tests, family.intervals(0.05), family.errors, strict=True):
        reach = family.critical(0.05) * float(error)
        assert interval.change == test.paired.change.value
        assert (interval.low, interval.high) == (interval.change - reach, interval.change + reach)
    assert max_t([]).intervals(0.05) == ()
