"""Frozen scores: the cheap metrics give what was recorded; what differs is named, with the libraries that do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from running import codecbench, in_process, install_plugin

from codecbench.cli.dev.frozen import lines
from codecbench.controls.frozen import (
    SIGNALS,
    FrozenMetric,
    FrozenScores,
    compare,
    read_frozen,
    write_frozen,
)
from codecbench.plugins import OWN, registry

CHEAP = (
    "stoi", "estoi", "si_sdr", "correlation", "mel_distance", "lsd", "delay_ms", "level_error_db", "mcd", "edge_start",
    "edge_end", "edge_inside", "drift_ppm",
)  # fmt: skip
RECORDED = FrozenScores(
    {"numpy": "2.4.6", "torch": "2.13.0"},
    {"one": FrozenMetric("1", {"identity": 1.0, "noise": 2000.0}, {"gaps": "abstained"}), "two": FrozenMetric("1", {})},
)


def test_cheap_metrics_give_the_recorded_scores_or_a_library_differs() -> None:
    """Where a library is of another version than recorded, a difference is no fault of the metrics: it is named."""
    pytest.importorskip("pystoi")
    told = codecbench("dev", "frozen", "--metrics", ",".join(CHEAP))
    if told.returncode:
        assert "libraries of other versions: " in told.stdout, told.stdout + told.stderr
    else:
        assert told.stdout.startswith(f"{len(CHEAP)} metrics give the recorded scores: stoi, ")


def test_every_metric_that_codecbench_ships_is_recorded_in_its_version() -> None:
    """But for those whose weights are the user's, or that run in an environment of their own."""
    cards = [entry.card for entry in registry().metrics.values() if entry.distribution == OWN]
    own = {card.id: card.version for card in cards if card.weights is None and card.environment is None}
    recorded = read_frozen()
    assert {name: one.version for name, one in recorded.metrics.items()} == own
    for name, one in recorded.metrics.items():
        assert {*one.values, *one.without} == set(SIGNALS), name
        assert "failed" not in one.without.values(), name


def test_a_difference_beyond_a_millionth_is_named_with_the_libraries_that_differ() -> None:
    one = FrozenMetric("1", {"identity": 1.00001, "noise": 2000.001}, {"gaps": "abstained"})
    found = compare(FrozenScores({"numpy": "2.5.0", "torch": "2.13.0"}, {"one": one}), RECORDED)
    assert [(d.metric, d.signal, d.here, d.recorded) for d in found.differences] == [
        ("one", "identity", "1.00001", "1")
    ]
    assert lines(found) == [
        "0 metrics give the recorded scores: none",
        "one differs: identity 1.00001, recorded 1",
        "libraries of other versions: numpy 2.5.0 (recorded: 2.4.6)",
    ]


def test_a_score_that_became_an_abstention_differs() -> None:
    one = FrozenMetric("1", {"identity": 1.0}, {"gaps": "abstained", "noise": "failed"})
    (difference,) = compare(FrozenScores(RECORDED.libraries, {"one": one}), RECORDED).differences
    assert (difference.signal, difference.here, difference.recorded) == ("noise", "failed", "2000")


def test_another_version_of_a_metric_and_one_that_is_not_here_are_no_difference() -> None:
    here = FrozenScores(
        RECORDED.libraries, {"one": replace(RECORDED.metrics["one"], version="2"), "new": FrozenMetric("1", {})},
        {"two": "needs a package"},
    )  # fmt: skip
    assert lines(compare(here, RECORDED)) == [
        "0 metrics give the recorded scores: none",
        "not recorded in this version, so not compared: one, new",
        "not compared: two: needs a package",
        "all libraries are as recorded",
    ]


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    assert read_frozen(write_frozen(RECORDED, tmp_path / "frozen.json")) == RECORDED


def test_a_metric_that_lacks_its_package_is_not_compared(tmp_path: Path) -> None:
    source = """
from codecbench.api import MetricCard, Unavailable, hookimpl

def missing(): raise Unavailable("needs a package")

@hookimpl
def codecbench_register_metrics(register): register(MetricCard("lacking", "1", "a test"), missing)
"""
    install_plugin(tmp_path / "site", "lacking_plugin", source)
    told = codecbench("dev", "frozen", "--metrics", "lacking", site=tmp_path / "site")
    assert told.returncode == 0
    assert "not compared: lacking: needs a package" in told.stdout


@pytest.mark.parametrize(("arguments", "said"), [
    (("--write", "--metrics", "stoi"), "--write records all metrics at once"),
    (("--metrics", "nothing_like_it"), "nothing_like_it"),
])  # fmt: skip
def test_mistakes_are_one_line(arguments: tuple[str, ...], said: str) -> None:
    told = in_process("dev", "frozen", *arguments)
    assert told.returncode == 2
    assert said in told.stderr
    assert "Traceback" not in told.stderr
