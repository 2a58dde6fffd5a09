"""What CI shows: a Markdown comment that fits, annotations that cannot be broken out of, JSON, and `--explain`."""

from __future__ import annotations

import json
from dataclasses import replace

from made_runs import MadeCodec, made_results

from codecbench.gate import summary
from codecbench.gate.comparison import compare
from codecbench.gate.from_run import as_baseline
from codecbench.gate.matching import Unmeasured
from codecbench.gate.thresholds import Settings
from codecbench.gate.verdict import GateOutcome, judge
from codecbench.store.ids import Place
from codecbench.store.rows import StoredResults

RESULTS = made_results([MadeCodec("opus", (6, 12)), MadeCodec("encodec", (1.5, 3, 6), checkpoint="reference")])


def outcome(results: StoredResults, settings: Settings | None = None) -> GateOutcome:
    chosen = settings or Settings()
    return judge(compare(as_baseline(RESULTS, "main.json", {}), as_baseline(results, "runs/new", {}), chosen), chosen)


def dropped(amount: float) -> StoredResults:
    low = tuple(replace(row, numerator=(row.numerator or 0) - amount) if row.metric in ("pesq_wb", "estoi") else row
                for row in RESULTS.scores)  # fmt: skip
    bigger = tuple(replace(row, payload_bytes=(row.payload_bytes or 0) + 32) if row.codec == "opus" else row
                   for row in RESULTS.codings)  # fmt: skip
    return replace(RESULTS, scores=low, codings=bigger)


def test_a_pass_is_short() -> None:
    text = summary.as_markdown(outcome(RESULTS))
    assert text.startswith("### ✅ codecbench gate: pass\n")
    assert "`new` against `main.json`: 5 operating points, 24 utterances of `probe`." in text
    assert "40 comparisons: 40 same." in text
    assert len(text.splitlines()) < 10
    assert summary.as_annotations(outcome(RESULTS)) == []


def test_a_regression_is_a_table_that_fits_a_comment() -> None:
    text = summary.as_markdown(outcome(dropped(0.3)))
    assert text.startswith("### ❌ codecbench gate: regressed\n")
    assert "| encodec | 1.5    | pesq_wb (MOS-LQO)" in text
    assert "| exact" in text
    assert "12 worse" not in text
    assert "10 worse, 30 same" in text
    many = tuple(Unmeasured(f"thing {i}", "it is not there" * 20) for i in range(5000))
    found = outcome(dropped(0.3))
    crowded = judge(replace(found.comparison, unmeasured=many), Settings())
    assert len(summary.as_markdown(crowded)) < 65536
    assert "and 4970 more, in the JSON" in summary.as_markdown(crowded)


def test_floors_are_told_beside_the_table() -> None:
    text = summary.as_markdown(outcome(dropped(0.3), Settings(floors={("", "pesq_wb"): 4.5})))
    assert "is below its floor of 4.50" in text


def test_annotations_are_at_most_ten_and_cannot_be_broken_out_of() -> None:
    found = outcome(dropped(0.3))
    lines = summary.as_annotations(found)
    assert len(lines) == 10
    assert lines[-1].startswith("::error title=codecbench gate::and ")
    evil = judge(replace(found.comparison, unmeasured=(Unmeasured("a\n::error::b", "50 %\r"),)), Settings())
    assert summary.as_annotations(evil)[0] == (
        "::error title=codecbench gate%3A could not measure::a%0A::error::b: 50 %25%0D"
    )


def test_names_cannot_turn_into_markup() -> None:
    found = outcome(RESULTS)
    evil = judge(replace(found.comparison, unmeasured=(Unmeasured("<script>", "[x](http://y) | `a`"),)), Settings())
    text = summary.as_markdown(evil)
    assert "<script>" not in text
    assert "[x](" not in text


def test_json_is_plain_and_complete() -> None:
    found = outcome(dropped(0.3))
    document = json.loads(summary.dumps(summary.as_json(found)))
    assert (document["schema"], document["status"], document["verdict"]) == (1, 1, "regressed")
    assert len(document["cells"]) == 40
    cell = next(cell for cell in document["cells"] if cell["verdict"] == "worse")
    assert cell["loss"] > cell["bound"] > 0
    assert cell["loss"] > cell["threshold"]
    assert {finding["kind"] for finding in document["findings"]} == {"regressed"}


def test_explain_names_every_threshold_its_origin_and_power() -> None:
    found = outcome(RESULTS)
    text = summary.explain(found.comparison)
    for metric in found.comparison.thresholds:
        assert f"\n{metric}" in text
    assert "what this dataset can detect" in text
    assert "At most 1 % of unchanged runs fail, over 40 tests." in text


def test_what_is_not_promised_is_a_change_and_no_gain() -> None:
    place = Place("opus", "default", "6")
    before = as_baseline(RESULTS, "main.json", {place: "0" * 64})
    now = as_baseline(RESULTS, "runs/new", {place: "f" * 64})
    told = judge(compare(before, now, Settings()), Settings())
    (line,) = (line for line in summary.as_text(told).splitlines() if "payload_sha256" in line)
    assert line.startswith("changed: opus at 6 kbps: payload_sha256 000000000000 → ffffffffffff (not promised")
    assert "better:" not in summary.as_text(told)
    assert "(not promised: shown only)" in summary.as_markdown(told)
    assert told.status == 0
