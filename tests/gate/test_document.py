from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import made_results

from codecbench.analysis.paired import Value
from codecbench.errors import UsageError
from codecbench.gate.document import as_text, read_document, write_document
from codecbench.gate.from_run import as_baseline
from codecbench.store.ids import Place

GOLDEN = Path(__file__).with_name("golden")


OPUS = Place("opus", "default", "6")


def test_the_golden_file_is_read() -> None:
    found = read_document(GOLDEN / "schema1.json")
    assert (found.dataset, found.condition, found.recognizer) == ("probe", "wb", "0123456789abcdef")
    assert found.clusters == {"utt-00": "v0", "utt-01": "v1"}
    row = found.row(OPUS)
    assert row is not None
    assert row.metrics["pesq_wb"].values == {"utt-00": Value(2.5), "utt-01": Value(2.75)}
    assert row.figures["latency_ms"] == 26.5
    assert row.payloads is not None
    assert row.payloads.sizes["utt-01"] == 2265


def test_the_golden_file_is_written_as_it_was() -> None:
    """Should this fail, the layout has changed: raise SCHEMA, keep a reader and a golden file of the old one."""
    path = GOLDEN / "schema1.json"
    assert as_text(read_document(path)) == path.read_text()


def test_a_cluster_is_written_where_speakers_share_it_and_read_again(tmp_path: Path) -> None:
    results = made_results(speakers=4, meta={"dataset_synthetic": False})
    texts = {"v0": "Please call Stella.", "v3": "please call stella"}
    read = tuple(replace(row, transcript=texts.get(row.speaker, row.id)) for row in results.utterances)
    run = as_baseline(replace(results, utterances=read), "made", {})
    assert set(run.clusters.values()) == {"v0", "v1", "v2"}
    write_document(run, tmp_path / "b.json")
    assert read_document(tmp_path / "b.json").utterances == run.utterances
    text = as_text(run)
    assert re.search(r'"utt-00": \["v0", 2\.0, "", "[0-9a-f]{12}"\],', text)  # its cluster is its speaker
    assert re.search(r'"utt-03": \["v3", 2\.0, "v0", "[0-9a-f]{12}"\],', text)
    older = {name: replace(facts, revision="") for name, facts in run.utterances.items()}
    text = as_text(replace(run, utterances=older))
    assert '"utt-00": ["v0", 2.0],' in text
    assert '"utt-03": ["v3", 2.0, "v0"],' in text


def test_what_is_optional_may_be_absent() -> None:
    found = read_document(GOLDEN / "schema1-minimal.json")
    assert list(found.utterances) == ["utt-00", "utt-01"]
    row = found.row(OPUS)
    assert row is not None
    assert row.metrics["wer"].values["utt-00"] == Value(1, 8)
    assert (row.figures, row.payloads, row.speed) == ({}, None, {})


def test_a_changed_score_is_a_changed_line() -> None:
    results = made_results()
    score = next(row for row in results.scores if row.metric == "estoi")
    changed = replace(score, numerator=0.123456)
    other = replace(results, scores=tuple(changed if row is score else row for row in results.scores))
    texts = [as_text(as_baseline(rows, "made", {})).splitlines() for rows in (results, other)]
    different = [a for a, b in zip(*texts, strict=True) if a != b]
    assert len(different) == 1
    assert different[0].strip().startswith('"estoi": {"version": "1", "scores": {"utt-00": ')


def test_where_it_cannot_be_written_nothing_is_left(tmp_path: Path) -> None:
    run = read_document(GOLDEN / "schema1.json")
    with pytest.raises(UsageError, match=r"is a folder; give a file in it, for example .*main\.json"):
        write_document(run, tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written: "):
        write_document(run, tmp_path / "file" / "b.json")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
