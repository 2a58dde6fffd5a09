from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results

from codecbench.gate import summary
from codecbench.gate.accepting import acceptance
from codecbench.gate.baseline import Baseline
from codecbench.gate.comparison import compare
from codecbench.gate.from_run import as_baseline
from codecbench.gate.matching import Scope
from codecbench.gate.thresholds import Settings
from codecbench.gate.verdict import GateOutcome, judge
from codecbench.store.ids import Place

RESULTS = made_results([MadeCodec("opus", (6,)), MadeCodec("encodec", (3,), checkpoint="reference")])
FILE = as_baseline(RESULTS, "baselines/main.json", {})
WORSE = replace(RESULTS, scores=tuple(
    replace(row, numerator=(row.numerator or 0) - 0.3) if row.metric == "pesq_wb" else row for row in RESULTS.scores
))  # fmt: skip


def gated(before: Baseline, after: Baseline, scope: Scope | None = None) -> GateOutcome:
    return judge(compare(before, after, Settings(), scope), Settings())


def run(source: str = "run") -> Baseline:
    return as_baseline(WORSE, source, {}, Path(source))


def test_a_red_gate_ends_with_what_to_type_where_it_was_meant() -> None:
    outcome = gated(FILE, run("my runs/new"))
    command = "codecbench baseline write 'my runs/new' --out baselines/main.json"
    assert acceptance(outcome) == command
    assert summary.as_text(outcome).splitlines()[-1] == f"meant? {command}, and commit the file"
    assert f"Meant? `{command}`, and commit the file." in summary.as_markdown(outcome)


def test_the_new_baseline_holds_what_the_old_one_did() -> None:
    rows = tuple(replace(row, metrics={"pesq_wb": row.metrics["pesq_wb"]}) for row in FILE.rows[:1])
    outcome = gated(replace(FILE, rows=rows), run())
    assert acceptance(outcome).endswith(" --codecs opus:default --metrics pesq_wb")


def test_a_floor_that_is_crossed_says_where_it_is_set() -> None:
    settings = Settings(floors={("opus", "pesq_wb"): 4.99}, source="[tool.codecbench.gate] of pyproject.toml")
    outcome = judge(compare(FILE, as_baseline(RESULTS, "run", {}, Path("run")), settings), settings)
    (finding,) = outcome.findings
    assert finding.message.endswith(" is below its floor of 4.99 (floors in [tool.codecbench.gate] of pyproject.toml)")
    assert acceptance(outcome) == ""  # another baseline would change nothing
    lost = judge(compare(FILE, run(), settings), settings)
    assert {finding.cause for finding in lost.findings} == {"loss", "floor"}
    assert acceptance(lost)


@pytest.mark.parametrize("case", ["passes", "a run's folder", "a part", "not measured", "cells that fail"])
def test_there_is_nothing_to_type(case: str) -> None:
    after, before, scope = run(), FILE, None
    if case == "passes":
        after = as_baseline(RESULTS, "run", {}, Path("run"))
    elif case == "a run's folder":
        before = as_baseline(RESULTS, "old", {}, Path("old"))
    elif case == "a part":
        after, scope = replace(after, rows=after.rows[:1]), Scope(subset=True)
    elif case == "cells that fail":
        lost = {"status": "failed", "reason": "boom", "numerator": None, "denominator": None}
        scores = (replace(row, **lost) if row.codec == "opus" else row for row in WORSE.scores)
        results = replace(WORSE, scores=tuple(scores))
        after = as_baseline(results, "run", {}, Path("run"))
    else:
        after = replace(after, rows=tuple(row for row in after.rows if row.place != Place("opus", "default", "6")))
    outcome = gated(before, after, scope)
    assert acceptance(outcome) == ""
    assert "meant?" not in summary.as_text(outcome).lower()
