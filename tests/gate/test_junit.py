"""JUnit XML as CI systems read it: counts that are those of its cases, and nothing that XML cannot hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

from made_runs import MadeCodec, made_results

from codecbench.gate.comparison import compare
from codecbench.gate.from_run import as_baseline
from codecbench.gate.junit import as_junit
from codecbench.gate.matching import Unmeasured
from codecbench.gate.speed import Clock, Side, Timing
from codecbench.gate.speed_verdict import SpeedOutcome
from codecbench.gate.thresholds import Settings
from codecbench.gate.verdict import GateOutcome, judge
from codecbench.store.rows import StoredResults

RESULTS = made_results([MadeCodec("opus", (6, 12)), MadeCodec("encodec", (3,), checkpoint="reference")])
WORSE = replace(RESULTS, scores=tuple(
    replace(row, numerator=(row.numerator or 0) - 0.3) if row.metric == "pesq_wb" else row for row in RESULTS.scores
))  # fmt: skip


def gated(results: StoredResults, settings: Settings | None = None) -> GateOutcome:
    chosen = settings or Settings()
    before, after = as_baseline(RESULTS, "main.json", {}), as_baseline(results, "run", {}, Path("run"))
    return judge(compare(before, after, chosen), chosen)


def suites(text: str) -> list[Element]:
    found = fromstring(text.encode())
    assert found.tag == "testsuites"
    for suite in found:
        cases = suite.findall("testcase")
        assert int(suite.attrib["tests"]) == len(cases)
        for kind in ("failure", "error"):
            assert int(suite.attrib[f"{kind}s"]) == len(suite.findall(f"testcase/{kind}"))
        assert len({(case.attrib["classname"], case.attrib["name"]) for case in cases}) == len(cases)
    return list(found)


def test_a_pass_is_a_case_for_each_figure() -> None:
    (suite,) = suites(as_junit(gated(RESULTS)))
    assert (suite.attrib["failures"], suite.attrib["errors"]) == ("0", "0")
    cases = {(case.attrib["classname"], case.attrib["name"]) for case in suite}
    assert ("opus at 6 kbps", "pesq_wb") in cases
    assert ("encodec at 3 kbps", "measured_kbps") in cases


def test_a_loss_is_a_failure_with_its_reasons() -> None:
    outcome = gated(WORSE, Settings(floors={("", "pesq_wb"): 4.5}))
    (suite,) = suites(as_junit(outcome))
    assert suite.attrib["failures"] == "3"
    failure = suite.find("testcase[@name='pesq_wb']/failure")
    assert failure is not None
    assert failure.text is not None
    assert "a loss of 0.30" in failure.attrib["message"]
    assert "is below its floor of 4.50" in failure.text  # both reasons stand in one case


def test_what_was_not_measured_is_an_error_and_control_characters_do_no_harm() -> None:
    found = gated(RESULTS)
    evil = (Unmeasured("a\x00<b>&", "\x1b[31mgone"), Unmeasured("codec 'x'", "it is not in the baseline"))
    (suite,) = suites(as_junit(judge(replace(found.comparison, unmeasured=evil), Settings())))
    assert suite.attrib["errors"] == "2"
    assert {case.attrib["classname"] for case in suite.findall("testcase[error]")} == {"run"}


def test_speed_is_a_suite_of_its_own() -> None:
    slow, same = Clock((1.0,), (2.0,), 2.0, 0.001), Clock((1.0,), (1.0,), 1.0, 0.5)
    timings = (Timing("encode", same, same, slower=False), Timing("decode", slow, slow, slower=True))
    _, speed = suites(as_junit(gated(RESULTS), SpeedOutcome(Side("a"), Side("b"), timings)))
    assert (speed.attrib["tests"], speed.attrib["failures"]) == ("2", "1")
    (alone,) = suites(as_junit(None, SpeedOutcome(Side("a"), Side("b"), reason="its process died")))
    assert alone.attrib["errors"] == "1"
