"""Files for the Hugging Face Hub, read back as the Hub reads them."""

from __future__ import annotations

import csv
import datetime
import io
from dataclasses import replace

import pytest
import yaml
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.errors import UsageError
from codecbench.export.hub import hub_files

RESULTS = made_results(
    [MadeCodec("opus", (6, 12)), MadeCodec("pcm", (256,), card={"self_check": True})],
    metrics=["stoi", "wer", "delay_ms"],
)
SUMMARY = summarize(RESULTS)
FILES = {file.path.as_posix(): file.text for file in hub_files(RESULTS, SUMMARY, "who/bench", "https://example.org/r")}


def test_a_file_for_each_operating_point_of_what_is_compared() -> None:
    models = sorted(path for path in FILES if path.startswith("models/"))
    assert models == [f"models/opus/default/.eval_results/codecbench_{point}.yaml" for point in ("12", "6")]


def test_entries_have_what_the_hub_asks_for() -> None:
    entries = yaml.safe_load(FILES["models/opus/default/.eval_results/codecbench_6.yaml"])
    (row,) = [row for row in SUMMARY.rows if row.codec == "opus" and row.point == "6"]
    assert [entry["dataset"] for entry in entries] == [
        {"id": "who/bench", "task_id": "wer"}, {"id": "who/bench", "task_id": "stoi"},
    ]  # fmt: skip
    values = {entry["dataset"]["task_id"]: entry["value"] for entry in entries}
    assert values["stoi"] == pytest.approx(row.scores["stoi"].mean, rel=1e-5)
    assert values["wer"] == pytest.approx(100 * (row.scores["wer"].mean or 0), rel=1e-5)
    for entry in entries:
        datetime.date.fromisoformat(entry["date"])
        assert entry["source"]["url"] == "https://example.org/r"
        for told in (
            "6 kbps nominal",
            "kbps measured",
            "95 % interval",
            "24 of 24 utterances, 8 speakers",
            "condition wb",
        ):
            assert told in entry["notes"]


def test_the_benchmarks_repository() -> None:
    _, header, body = FILES["dataset/README.md"].split("---\n", 2)
    card = yaml.safe_load(header)
    tasks = yaml.safe_load(FILES["dataset/eval.yaml"])["tasks"]
    assert {task["id"] for task in tasks} == {"stoi", "wer"}
    assert all(f"| {name} |" in body for name in ("stoi", "wer"))
    assert card["configs"][0]["data_files"][0]["path"] == "utterances.csv"
    assert (card["language"], card["size_categories"]) == (["en"], ["n<1K"])
    listed = list(csv.DictReader(io.StringIO(FILES["dataset/utterances.csv"])))
    assert [row["sha256"] for row in listed] == [row.sha256 for row in RESULTS.utterances]


def test_huggingface_hub_takes_the_card() -> None:
    hub = pytest.importorskip("huggingface_hub")
    card = hub.DatasetCard(FILES["dataset/README.md"])
    assert card.data.pretty_name.startswith("codecbench: ")


@pytest.mark.parametrize("name", ["bench", "who/", "a/b/c", "who/bench x", "../x"])
def test_a_repository_is_owner_and_name(name: str) -> None:
    with pytest.raises(UsageError, match="expected owner/name"):
        hub_files(RESULTS, SUMMARY, name)


def test_without_a_figure_there_is_nothing_to_say() -> None:
    with pytest.raises(UsageError, match="nothing to export"):
        hub_files(RESULTS, replace(SUMMARY, rows=()), "who/bench")
