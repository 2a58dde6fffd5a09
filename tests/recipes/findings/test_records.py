"""Records of findings: the committed ones are what was printed, and what is no record is one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_runs import made_results

from codecbench.analysis import summarize
from codecbench.cli.files import check_record, save_record
from codecbench.controls.hallucination.table import ControlTable
from codecbench.errors import UsageError
from recipes.findings.answers import Answer
from recipes.findings.bar_tables import bar_markdown
from recipes.findings.bars import Bar
from recipes.findings.ceiling import Ceiling
from recipes.findings.records import Measured, Ranged, read

REPORTS = Path(__file__).parents[3] / "reports"
CONTROLS = ("hallucination-controls", "hallucination-controls-probe")


def printed(name: str) -> str:
    return (REPORTS / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CONTROLS)
def test_the_printed_controls_are_the_record(name: str) -> None:
    assert read(ControlTable, REPORTS / f"{name}.json").markdown() == printed(name)


def test_the_other_printed_tables_are_their_records() -> None:
    assert read(Answer, REPORTS / "hallucination-answer.json").markdown() == printed("hallucination-answer")
    assert read(Ceiling, REPORTS / "reference-ceiling.json").markdown() == printed("reference-ceiling")
    assert bar_markdown(read(Bar, REPORTS / "reference-bar.json")) == printed("reference-bar")


def test_what_is_saved_is_read_back(tmp_path: Path) -> None:
    bar = read(Bar, REPORTS / "reference-bar.json")
    save_record(tmp_path / "bar.md", "text\n", bar)
    assert read(Bar, tmp_path / "bar.json") == bar
    assert (tmp_path / "bar.md").read_text() == "text\n"
    with pytest.raises(UsageError, match="give the name of the Markdown file"):
        check_record(tmp_path / "bar.json", "bar.md")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"seconds": 1.0}, "fields that differ: seconds"),
        ({"speakers": "8"}, "'8' is no int"),
        ({"minutes": None}, "None is no float"),
    ],
)
def test_what_is_no_record_is_one_line(tmp_path: Path, change: dict[str, object], reason: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(vars(Measured("a", 1, 1, 1.0, synthetic=False)) | change))
    with pytest.raises(UsageError, match=reason):
        read(Measured, path)
    with pytest.raises(UsageError, match="cannot be read as Measured"):
        read(Measured, tmp_path / "none.json")


def test_an_interval_is_printed_where_there_is_one() -> None:
    assert Ranged(0.5, 0.25, 1.0).text(".2f") == "0.50 [0.25, 1.00]"
    assert Ranged(0.5, None, None).text("+.1f") == "+0.5"


def test_whose_speech_it_is() -> None:
    summary = summarize(made_results(utterances=24, speakers=8, metrics=["stoi"]))
    assert str(Measured.of(summary)) == "24 utterances of 8 speakers, 1.2 minutes of synthetic speech"
    real = summarize(made_results(utterances=2, metrics=["stoi"], meta={"dataset_synthetic": False}))
    assert str(Measured.of(real)).endswith(" minutes of speech")
