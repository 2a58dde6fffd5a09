"""Codecbench's own codecs look the same in every figure and report; others take what a run leaves free."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.analysis.series import ORDER, number
from codecbench.plugins import registry
from codecbench.report.charts import chart_data
from codecbench.store.ids import CodecId

OWN = tuple(CodecId(name, "default" if name in ("pcm", "opus", "codec2") else "reference") for name in ORDER)


@pytest.mark.parametrize("codecs", [OWN, OWN[::-1], OWN[4:7]])
def test_the_order_of_the_run_does_not_matter(codecs: Sequence[CodecId]) -> None:
    assert number(codecs) == {one: ORDER.index(one.codec) for one in codecs}


def test_all_of_codecbenchs_own_codecs_have_a_number() -> None:
    assert {entry.card.name for entry in registry().codecs.values()} >= set(ORDER)


def test_strangers_and_further_checkpoints_take_what_is_free_in_the_order_of_the_run() -> None:
    places = [("mine", "default"), ("encodec", "facebook-24khz"), ("encodec", "reference"), ("encodec", "default")]
    assert list(number(CodecId(*place) for place in places).values()) == [0, 1, 4, 2]


def test_the_report_draws_by_the_same_numbers() -> None:
    summary = summarize(made_results([MadeCodec("mine", (6,)), MadeCodec("vocodec", (6,), checkpoint="reference")]))
    assert list(summary.series.values()) == [0, 9]
    data = chart_data(summary)
    assert data["series"] == {0: "mine", 9: "vocodec (reference)"}
    assert [point["series"] for point in data["points"]] == [0, 9]
