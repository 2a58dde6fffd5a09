from __future__ import annotations

from dataclasses import replace

import pytest

from codecbench.gate.speed import Clock, Side, Timing
from codecbench.gate.speed_verdict import SpeedOutcome, as_markdown, with_speed


@pytest.mark.parametrize(("reason", "status", "word"), [("", 1, "regressed"), ("died", 3, "could not measure")])
def test_the_gates_json_is_of_quality_and_speed(reason: str, status: int, word: str) -> None:
    clock = Clock((1.0,), (2.0,), 2.0, 0.001)
    timings = (Timing("encode", clock, clock, slower=True),)
    speed = SpeedOutcome(Side("a:default"), Side("b:default"), () if reason else timings, reason)
    found = with_speed({"schema": 1, "status": 0, "verdict": "pass", "cells": ["kept"]}, speed)
    assert (found["status"], found["verdict"], found["cells"]) == (status, word, ["kept"])
    assert (found["speed"]["verdict"], found["speed"]["reason"]) == (word, reason or None)
    assert with_speed({"status": 3}, replace(speed, timings=(), reason=""))["status"] == 3


def test_one_slower_stage_is_a_regression_and_each_has_its_line() -> None:
    clock = Clock((1.0,), (2.0,), 2.0, 0.001)
    timings = (Timing("encode", clock, clock, slower=False), Timing("decode", clock, clock, slower=True))
    outcome = SpeedOutcome(Side("a:default"), Side("b:default"), timings)
    assert outcome.status == 1
    assert [line.partition(":")[0] for line in outcome.lines] == ["same", "regressed"]
    assert as_markdown(outcome).count("\n- ") == 2


def test_what_fails_is_annotated_and_nothing_else() -> None:
    slow, fast = Clock((1.0,), (2.0,), 2.0, 0.001), Clock((2.0,), (0.25,), 0.125, 1.0, 1e-6)
    timings = (Timing("encode", fast, fast, slower=False, faster=True), Timing("decode", slow, slow, slower=True))
    outcome = SpeedOutcome(Side("a:default"), Side("b:default"), timings)
    (line,) = outcome.annotations
    assert line.startswith("::error title=codecbench gate::regressed: b:default against a:default: decode RTF 1 → 2")
    assert SpeedOutcome(Side("a"), Side("b"), timings[:1]).annotations == []
    (unmeasured,) = SpeedOutcome(Side("a"), Side("b"), reason="died\nof 100 %").annotations
    assert unmeasured == "::error title=codecbench gate::could not measure: died%0Aof 100 %25"


def test_a_faster_stage_says_so_with_the_probability_of_being_faster() -> None:
    clock = Clock((2.0,), (0.25,), 0.125, 1.0, 1e-6)
    outcome = SpeedOutcome(Side("a"), Side("b"), (Timing("encode", clock, clock, slower=False, faster=True),))
    (line,) = outcome.lines
    assert line.startswith("faster: b against a: encode RTF 2 → 0.25, factor 0.12 (p = 1e-06), CPU time 0.12 (p = ")
    assert outcome.status == 0
    assert with_speed({}, outcome)["speed"]["stages"][0]["faster"] is True


def test_what_was_not_measured_has_its_reason_alone() -> None:
    outcome = SpeedOutcome(Side("a:default"), Side("b:default"), reason="decode: no luck")
    assert (outcome.status, outcome.lines) == (3, ["could not measure: decode: no luck"])
