"""A typing mistake in pyproject.toml does not leave the gate off."""

from __future__ import annotations

import re

import pytest
from made_runs import MadeCodec, made_results

from codecbench.errors import UsageError
from codecbench.gate.from_run import as_baseline
from codecbench.gate.known_names import refuse_unknown_names
from codecbench.gate.thresholds import Settings, parse_settings

SIDE = as_baseline(made_results([MadeCodec("mono40", (6, 12)), MadeCodec("encodec", (3,), checkpoint="mine")]), "m", {})


def settings(**table: object) -> Settings:
    return parse_settings(table, "[tool.codecbench.gate] of pyproject.toml")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"thresholds": {"pesq": 0.03}}, "thresholds: there is no metric 'pesq'; known: "),
        ({"floors": {"estio": 0.5}}, "floors: there is no metric 'estio'; known: "),
        ({"floors": {"mono40": {"estio": 0.5}}}, "floors: there is no metric 'estio'; known: "),
        ({"floors": {"mono41": {"estoi": 0.5}}}, "floors: there is no codec 'mono41'; known: "),
        ({"floors": {"mono40@1": {"estoi": 0.5}}}, "floors: there is no operating point of mono40 '1'; known: 12, 6"),
        ({"floors": {"encodec:mine@6": {"estoi": 0.5}}}, "there is no operating point of encodec:mine '6'; known: 3"),
        ({"exact_payload": ["mono41"]}, "exact_payload: there is no codec 'mono41'; known: "),
        ({"metrics": ["pesq"]}, "metrics: there is no metric 'pesq'; known: "),
        ({"floors": {"opus@7": {"estoi": 0.5}}}, "floors: there is no operating point of opus '7'; known: 12, "),
    ],
)
def test_what_nobody_knows_is_refused(table: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)) as refused:
        refuse_unknown_names(settings(**table), SIDE)
    assert str(refused.value).startswith("[tool.codecbench.gate] of pyproject.toml: ")


def test_what_the_command_line_asks_for_is_known_too() -> None:
    with pytest.raises(UsageError, match=r"^--metrics: there is no metric 'pesq'; known: .*pesq_wb"):
        refuse_unknown_names(settings(metrics=["estoi"]).with_metrics(["estoi", "pesq"]), SIDE)
    with pytest.raises(UsageError, match=r"^--codecs: there is no codec 'mono41'; known: .*mono40"):
        refuse_unknown_names(Settings(), SIDE, codecs=["mono40", "mono41"])


def test_what_another_baseline_of_the_project_may_have_is_known() -> None:
    known = settings(
        thresholds={"pesq_wb": 0.03, "speaker_similarity": 0.1},
        floors={"estoi": 0.5, "mono40@6": {"pesq_wb": 2.0}, "opus": {"stoi": 0.5}},
        exact_payload=["encodec", "encodec:mine", "codec2"],
    )
    refuse_unknown_names(known, SIDE)
    refuse_unknown_names(Settings(), SIDE)
