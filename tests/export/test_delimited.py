from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis.tidy import tidy_rows
from codecbench.export import COLUMNS, write_csv

RESULTS = made_results([MadeCodec("opus", (6,))], utterances=3, metrics=["stoi"], abstained={("stoi", "utt-01"): "no"})


def test_every_figure_is_read_back_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    assert write_csv(RESULTS, out) == 3
    with out.open(newline="") as file:
        read = list(csv.DictReader(file))
    assert list(read[0]) == list(COLUMNS)
    for row, told in zip(tidy_rows(RESULTS), read, strict=True):
        assert told["value"] == ("" if row.value is None else repr(row.value))
        assert (told["utterance"], told["reason"]) == (row.utterance, row.reason or "")


def test_a_name_is_no_formula_and_no_second_row(tmp_path: Path) -> None:
    people = tuple(replace(row, speaker="=1+1\nx") for row in RESULTS.utterances)
    write_csv(replace(RESULTS, utterances=people), tmp_path / "a.csv")
    lines = (tmp_path / "a.csv").read_text().splitlines()
    assert len(lines) == 4
    assert "'=1+1\\nx" in lines[1]


def test_what_was_there_stays_where_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "a.csv"
    out.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("codecbench.export.delimited._field", full)
    with pytest.raises(OSError, match="No space"):
        write_csv(RESULTS, out)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert out.read_text() == "before"
