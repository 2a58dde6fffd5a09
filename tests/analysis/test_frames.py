from __future__ import annotations

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.analysis.frames import score_frame, summary_frame
from codecbench.errors import UsageError

pandas = pytest.importorskip("pandas")
RESULTS = made_results(
    [MadeCodec("opus", (6, 12))], utterances=4, metrics=["stoi", "wer"], abstained={("stoi", "utt-01"): "silence"}
)


def test_what_is_not_there_is_nan_with_its_reason() -> None:
    frame = score_frame(RESULTS)
    assert len(frame) == len(RESULTS.scores)
    (row,) = frame[(frame.utterance == "utt-01") & (frame.metric == "stoi") & (frame.point == "6")].itertuples()
    assert (row.status, row.reason) == ("abstained", "silence")
    assert pandas.isna(row.value)
    assert frame.value.dtype == float


def test_a_rates_corpus_figure_is_a_quotient_of_sums() -> None:
    summary = summarize(RESULTS)
    wer = score_frame(RESULTS).query("metric == 'wer' and point == '6'")
    told = summary_frame(summary).query("metric == 'wer' and point == '6'").iloc[0]
    assert told["mean"] == pytest.approx(wer.numerator.sum() / wer.denominator.sum())


def test_without_pandas_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(UsageError, match=r"data frames need pandas .*: pip install 'codecbench\[pandas\]'"):
        score_frame(RESULTS)
