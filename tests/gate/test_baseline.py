"""Baselines: written and read back equal, small and diffable, and every schema ever written is read for ever."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results, store_results

from codecbench.analysis.paired import Value
from codecbench.errors import UsageError
from codecbench.gate.document import as_text, read_document, write_document
from codecbench.gate.from_run import as_baseline, read_run
from codecbench.gate.loading import load_baseline
from codecbench.store.ids import Place

GOLDEN = Path(__file__).with_name("golden")
OPUS = Place("opus", "default", "6")


def test_the_golden_file_is_read() -> None:
    found = read_document(GOLDEN / "schema1.json")
    assert (found.dataset, found.condition, found.recognizer) == ("probe", "wb", "0123456789abcdef")
    assert found.speakers == {"utt-00": "v0", "utt-01": "v1"}
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


def test_what_is_optional_may_be_absent() -> None:
    found = read_document(GOLDEN / "schema1-minimal.json")
    assert list(found.utterances) == ["utt-00", "utt-01"]
    row = found.row(OPUS)
    assert row is not None
    assert row.metrics["wer"].values["utt-00"] == Value(1, 8)
    assert (row.figures, row.payloads, row.speed) == ({}, None, {})


def test_a_run_and_its_file_are_equal(tmp_path: Path) -> None:
    codecs = [MadeCodec("opus", (6, 12)), MadeCodec("dac", (0.5, 10), codebooks=True, card={"parameters": 74_175_906})]
    run = read_run(store_results(made_results(codecs), tmp_path / "run"))
    write_document(run, tmp_path / "deep" / "b.json")
    read = load_baseline(tmp_path / "deep" / "b.json")
    by_place = lambda baseline: sorted(baseline.rows, key=lambda row: row.place)  # noqa: E731
    assert by_place(read) == by_place(run)
    assert read.utterances == run.utterances
    assert read.metrics == run.metrics
    assert (read.recognizer, read.machine, read.revision) == (run.recognizer, run.machine, run.revision)
    assert [row.place.point for row in read.rows] == ["0.5", "10", "6", "12"]


def test_a_changed_score_is_a_changed_line() -> None:
    results = made_results()
    score = next(row for row in results.scores if row.metric == "estoi")
    changed = replace(score, numerator=0.123456)
    other = replace(results, scores=tuple(changed if row is score else row for row in results.scores))
    texts = [as_text(as_baseline(rows, "made", {})).splitlines() for rows in (results, other)]
    different = [a for a, b in zip(*texts, strict=True) if a != b]
    assert len(different) == 1
    assert different[0].strip().startswith('"estoi": {"version": "1", "scores": {"utt-00": ')


def test_the_order_of_the_run_does_not_show() -> None:
    results = made_results([MadeCodec("opus", (6, 12)), MadeCodec("pcm", (96,))])
    mixed = replace(results, codings=shuffled(results.codings), scores=shuffled(results.scores),
                    utterances=shuffled(results.utterances))  # fmt: skip
    assert as_text(as_baseline(mixed, "made", {})) == as_text(as_baseline(results, "made", {}))


def test_scores_that_are_not_ok_are_no_numbers(tmp_path: Path) -> None:
    codec = MadeCodec("opus", (6,), fails={"utt-03": "decode: it crashed"})
    run = as_baseline(made_results([codec], abstained={("pesq_wb", "utt-07"): "silence"}), "made", {})
    found = run.rows[0].metrics["pesq_wb"]
    assert {"utt-03", "utt-07"}.isdisjoint(found.values)
    assert (found.missing["utt-03"].status, found.missing["utt-07"].status) == ("failed", "abstained")
    write_document(run, tmp_path / "b.json")
    document = json.loads((tmp_path / "b.json").read_text())
    assert "utt-03" not in document["rows"][0]["metrics"]["pesq_wb"]["scores"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read"),
        ("[]", "has schema None, this codecbench reads 1; update codecbench"),
        ('{"schema": 7}', "has schema 7, this codecbench reads 1"),
        ('{"schema": 1, "rows": []}', "is damaged (no 'dataset')"),
        ('{"schema": 1, "dataset": {"id": "a", "revision": "b"}, "rows": [{"codec": "x"}]}', "is damaged (no "),
        (
            '{"schema": 1, "dataset": {"id": "a", "revision": "b"}, "rows": [{"codec": "x", "checkpoint": "y", '
            '"point": "1", "metrics": {"m": {"version": "1", "scores": {"u": "high"}}}}]}',
            "a score must be a number or [numerator, denominator], got 'high'",
        ),
    ],
)  # fmt: skip
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        load_baseline(path)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_neither_run_nor_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither a run's folder nor a baseline; write one: codecbench baseline write"):
        load_baseline(tmp_path / "nowhere.json")
    with pytest.raises(UsageError, match="holds no run"):
        load_baseline(tmp_path)


def shuffled(rows: tuple) -> tuple:  # type: ignore[type-arg]
    return tuple(random.Random(1).sample(rows, len(rows)))
