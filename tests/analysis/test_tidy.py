from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.analysis.tidy import tidy_rows
from codecbench.store.originals import KEY

RESULTS = made_results(
    [MadeCodec("opus", (6,)), MadeCodec("books", (1.5,), codebooks=True, fails={"utt-02": "it broke"})],
    utterances=4, metrics=["stoi", "wer"], abstained={("stoi", "utt-01"): "silence"},
)  # fmt: skip


def test_a_row_for_each_cell_and_metric_also_where_there_is_no_figure() -> None:
    rows = list(tidy_rows(RESULTS))
    assert len(rows) == 2 * 4 * 2
    (abstained,) = [row for row in rows if (row.codec, row.utterance, row.metric) == ("opus", "utt-01", "stoi")]
    assert (abstained.status, abstained.reason, abstained.value) == ("abstained", "silence", None)
    broken = [row for row in rows if (row.codec, row.utterance) == ("books", "utt-02")]
    assert [(row.status, row.value, row.measured_kbps) for row in broken] == [("failed", None, None)] * 2


def test_rates_are_the_cells_own() -> None:
    cells = {(row.codec, row.utterance): row for row in tidy_rows(RESULTS)}
    for coding in RESULTS.codings:
        row = cells[coding.codec, coding.utterance]
        assert row.key == coding.key
        if coding.status == "ok" and coding.payload_bytes and coding.seconds:
            assert row.measured_kbps == pytest.approx(8e-3 * coding.payload_bytes / coding.seconds)
    assert cells["opus", "utt-00"].tokens_per_s is None
    assert cells["books", "utt-00"].tokens_per_s is not None


def test_their_mean_over_utterances_is_the_summarys() -> None:
    for point in summarize(RESULTS).rows:
        mine = [row for row in tidy_rows(RESULTS) if (row.codec, row.metric) == (point.codec, "stoi")]
        values = [row.value for row in mine if row.value is not None]
        assert sum(values) / len(values) == pytest.approx(point.scores["stoi"].mean)


def test_the_originals_own_score_stands_beside() -> None:
    first = replace(RESULTS.scores[0], detail={KEY: {"numerator": 3.0, "denominator": 2.0}})
    silent = replace(RESULTS.scores[1], detail={KEY: {"reason": "silence"}})
    rows = list(tidy_rows(replace(RESULTS, scores=(first, silent))))
    assert [row.original_value for row in rows] == [1.5, None]


def test_the_language_is_what_the_manifest_says() -> None:
    utterances = tuple(replace(row, extra={"language": "pt-BR"}) for row in RESULTS.utterances)
    assert {row.language for row in tidy_rows(RESULTS)} == {"en"}
    assert {row.language for row in tidy_rows(replace(RESULTS, utterances=utterances))} == {"pt"}
