from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.published import PublishedFigure, PublishedSource
from codecbench.tables.build import plain_table
from codecbench.tables.columns import all_columns
from codecbench.tables.latex import as_latex
from codecbench.tables.markdown import as_markdown
from codecbench.tables.published import describe, published_block
from codecbench.tables.terminal import as_text

SOURCE = PublishedSource(
    "a", "A paper", "https://example.org", "speech", "16 kHz", "as is", False, "wide", "whisper-tiny.en"
)
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
    assert describe(SOURCE) == "A paper (https://example.org). On speech; 16 kHz; as is."
    assert "not checked against the paper" in describe(replace(SOURCE, secondary=True))


def test_another_convention_is_told_with_its_source_and_stands_in_no_column() -> None:
    summary = summarize(made_results([MadeCodec("opus", (6, 12))], utterances=2))
    columns = [all_columns(summary)[name] for name in ("pesq_wb", "wer", "speaker_similarity")]
    other = replace(SOURCE, pesq_band="unknown", wer_recognizer="whisper-large", similarity_encoder="unknown")
    figures = [
        replace(FIGURE, source=other), replace(FIGURE, metric="wer", value=0.0544, source=other),
        replace(FIGURE, metric="speaker_similarity", value=0.42, source=other),
    ]  # fmt: skip
    block = published_block(figures, summary, columns)
    assert block is not None
    assert block.rows == ()
    ((_, text),) = block.sources
    assert text.endswith(
        "opus: unknown. Published, other convention, in no column: PESQ (band unknown) 2.5 of opus at 6; "
        "WER, % (recognizer whisper-large) 5.44 of opus at 6; speaker similarity (encoder unknown) 0.42 of opus at 6."
    )
    table = replace(plain_table(summary, columns), published=block)
    for printed in (as_text(table), as_markdown(table), as_latex(table)):
        assert "other convention" in " ".join(printed.split())
