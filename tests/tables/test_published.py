from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.published import PublishedFigure, PublishedSource
from codecbench.tables.columns import all_columns
from codecbench.tables.published import describe, published_block

SOURCE = PublishedSource("a", "A paper", "https://example.org", "speech", "16 kHz", "PESQ wide band", False)
FIGURE = PublishedFigure("opus", None, 6.0, "pesq", 2.5, SOURCE)


def test_rows_by_source_and_place_and_only_columns_that_are_shown() -> None:
    summary = summarize(made_results([MadeCodec("opus", (6, 12))], utterances=2))
    columns = [all_columns(summary)[name] for name in ("pesq_wb", "wer")]
    other = replace(SOURCE, id="b", reference="Another")
    figures = [
        FIGURE, replace(FIGURE, metric="wer", value=0.1), replace(FIGURE, metric="estoi", value=0.9),
        replace(FIGURE, checkpoint="own", kbps=12.0, value=3.0, source=other),
    ]  # fmt: skip
    block = published_block(figures, summary, columns)
    assert block is not None
    assert [(row.name, row.point, row.source, row.cells) for row in block.rows] == [
        ("opus", "6", "a", ("2.5", "10")), ("opus:own", "12", "b", ("3", "")),
    ]  # fmt: skip
    assert [letter for letter, _ in block.sources] == ["a", "b"]
    assert published_block(figures[2:3], summary, columns) is None


@pytest.mark.parametrize(("value", "text"), [
    (14_851_810.0, "14.85181 M"), (1.5e9, "1.5 G"), (999.0, "999"), (2e12, "2 T"), (1000.0, "1 k"),
])  # fmt: skip
def test_no_digit_is_added_and_none_is_lost(value: float, text: str) -> None:
    summary = summarize(made_results(utterances=2))
    figure = replace(FIGURE, metric="parameters", value=value)
    block = published_block([figure], summary, [all_columns(summary)["parameters"]])
    assert block is not None
    assert block.rows[0].cells == (text,)


def test_what_was_not_checked_says_so() -> None:
    assert describe(SOURCE) == "A paper (https://example.org). On speech; 16 kHz; PESQ wide band."
    assert "not checked against the paper" in describe(replace(SOURCE, secondary=True))
