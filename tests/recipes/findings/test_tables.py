from __future__ import annotations

from made_runs import made_results

from codecbench.analysis import summarize
from recipes.findings.tables import speech_of, table


def test_cells_are_printed_as_they_are_written() -> None:
    lines = table([["a", "0.10"], ["b", "1e3"]], ["codec", "figure"]).splitlines()
    assert lines[2:] == ["| a       | 0.10     |", "| b       | 1e3      |"]


def test_whose_speech_it_is() -> None:
    summary = summarize(made_results(utterances=24, speakers=8, metrics=["stoi"]))
    assert speech_of(summary) == "24 utterances of 8 speakers, 1.2 minutes of synthetic speech"
    real = summarize(made_results(utterances=2, metrics=["stoi"], meta={"dataset_synthetic": False}))
    assert speech_of(real).endswith(" minutes of speech")
