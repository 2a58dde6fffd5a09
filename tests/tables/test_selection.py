"""Columns by name and by preset, and the papers' figures that go with them."""

from __future__ import annotations

import pytest
from made_runs import MadeCodec, made_results, realistic

from codecbench.analysis import summarize
from codecbench.errors import UsageError
from codecbench.published import published
from codecbench.tables.published import published_block
from codecbench.tables.selection import chosen_columns, preset_columns


def test_an_unknown_column_names_those_that_exist() -> None:
    with pytest.raises(UsageError, match="unknown column 'pesk'; known: measured_kbps, pesq_wb, estoi, wer"):
        chosen_columns(summarize(realistic()), ["pesq_wb", "pesk"])
    with pytest.raises(UsageError, match="column 'wer' is listed twice"):
        chosen_columns(summarize(realistic()), ["wer", "pesq_wb", "wer"])


def test_presets_keep_to_what_the_run_has() -> None:
    summary = summarize(realistic())
    assert [column.id for column in preset_columns(summary, "hallucination")] == ["measured_kbps", "wer"]
    assert [column.id for column in preset_columns(summary, "codec")][:5] == [
        "measured_kbps", "pesq_wb", "estoi", "wer", "speaker_similarity",
    ]  # fmt: skip
    few = summarize(made_results(utterances=2, metrics=["stoi"]))
    with pytest.raises(UsageError, match="no metric of the preset 'hallucination'"):
        preset_columns(few, "hallucination")


def test_published_figures_of_the_runs_codecs_rates_and_columns() -> None:
    summary = summarize(made_results([MadeCodec("encodec", (1.5, 6)), MadeCodec("vocodec", (1,))], utterances=2))
    block = published_block(published(), summary, chosen_columns(summary, ["pesq_wb", "wer", "latency_ms"]))
    assert block is not None
    assert {row.name.partition(":")[0] for row in block.rows} == {"encodec"}
    assert {float(row.point) for row in block.rows} <= {1.5, 3, 6}
    (row,) = [row for row in block.rows if row.point == "1.5"]
    assert row.cells == ("1.56", "", "")  # the digits of the paper, on the column's scale
    assert "WER, % (recognizer unknown) 5.44 of encodec:facebook-24khz at 1.5" in dict(block.sources)[row.source]
    assert any("not checked against the paper" in text for _, text in block.sources)
    assert published_block(published(), summary, chosen_columns(summary, ["cer"])) is None
