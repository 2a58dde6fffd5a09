from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results, store_results

from codecbench.errors import UsageError
from codecbench.gate.document import as_text, write_document
from codecbench.gate.from_run import as_baseline, read_run


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


def shuffled(rows: tuple) -> tuple:  # type: ignore[type-arg]
    return tuple(random.Random(1).sample(rows, len(rows)))


def test_a_run_that_had_not_begun_is_no_baseline(tmp_path: Path) -> None:
    folder = store_results(made_results(utterances=2, meta={"revision": None}), tmp_path / "run")
    with pytest.raises(UsageError, match="contains no results yet: the run stopped before it started"):
        read_run(folder)


def test_another_recognizer_or_machine_is_another_digest() -> None:
    plain = as_baseline(made_results(utterances=2), "a", {})
    other = as_baseline(made_results(utterances=2, meta={"recognizer": {"id": "x"}}), "a", {})
    deaf = as_baseline(made_results(utterances=2, meta={"recognizer": None}), "a", {})
    assert plain.machine == other.machine
    assert len({plain.recognizer, other.recognizer, deaf.recognizer}) == 3
    assert deaf.recognizer is None
    late = as_baseline(made_results(utterances=2, meta={"finished": None}), "a", {})
    assert (plain.finished, late.finished) == (True, False)


def test_no_correction_is_a_delay_of_nothing_only_where_one_was_seen() -> None:
    """Fixed by the first utterances alone: the others' own delays are not known, and need not be."""
    results = made_results([MadeCodec("opus", (6,))])
    for applied, clear, expected in ((0.002, 16, 2.0), (0.0, 8, 0.0), (0.0, 7, None), (None, 16, None)):
        rows = [
            replace(row, applied_delay_s=applied, delay_s=0.002 if number < clear else None)
            for number, row in enumerate(results.codings)
        ]
        (row,) = as_baseline(replace(results, codings=tuple(rows)), "run", {}).rows
        assert row.figures.get("delay_ms") == expected
