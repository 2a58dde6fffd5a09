from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.analysis.floor import find_floor


def test_floor_is_over_the_utterances_scored_whatever_the_codec() -> None:
    results = made_results([MadeCodec("a", (6,), fails={"utt-03": "no"}), MadeCodec("b", (6,), fails={"utt-04": "no"})])
    words = sum(len((row.transcript or "").split()) for row in results.utterances)
    floor = summarize(results).floor["wer"]
    assert floor.n == 24
    assert floor.value == pytest.approx(3 / words)  # the originals of utt-03, -13 and -23 have one error each
    assert summarize(made_results(metrics=["stoi"])).floor["wer"].reason == "wer was not scored"


def test_scores_of_an_older_layout_are_no_floor_of_0() -> None:
    rows = [replace(row, detail={}) for row in made_results(metrics=["wer"], utterances=3).scores]
    found = find_floor("wer", rows)
    assert (found.value, found.reason) == (None, "its scores do not tell")
    skipped = [replace(row, status="skipped", reason="no recognizer") for row in rows]
    assert find_floor("wer", skipped).reason == "no recognizer"
