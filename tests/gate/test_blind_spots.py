from __future__ import annotations

from dataclasses import replace

from made_runs import MadeCodec, made_results

from codecbench.gate.blind_spots import blind_spots
from codecbench.gate.from_run import as_baseline

RESULTS = made_results([MadeCodec("vocoder", (6, 12))], utterances=4, metrics=["pesq_wb", "stoi", "wer", "delay_ms"])


def test_a_baseline_with_room_to_fall_has_no_blind_spot() -> None:
    assert blind_spots(as_baseline(RESULTS, "run", {})) == []


def test_a_metric_at_its_floor_cannot_gate_there() -> None:
    low = tuple(replace(row, numerator=1.11) if (row.metric, row.point) == ("pesq_wb", "6") else row
                for row in RESULTS.scores)  # fmt: skip
    (line,) = blind_spots(as_baseline(replace(RESULTS, scores=low), "run", {}))
    assert line == (
        "pesq_wb is at its floor of 1.00 (1.11 at vocoder 6): it cannot gate there; give these points a metric that "
        "still has room to fall"
    )
    every = tuple(replace(row, numerator=1.11) if row.metric == "pesq_wb" else row for row in RESULTS.scores)
    (line,) = blind_spots(as_baseline(replace(RESULTS, scores=every), "run", {}))
    assert "1.11 at vocoder 6, 1.11 at vocoder 12): it cannot gate at all" in line


def test_a_metric_that_abstains_everywhere_cannot_gate() -> None:
    silent = tuple(replace(row, status="abstained", reason="no clear peak", numerator=None, denominator=None)
                   if row.metric == "delay_ms" else row for row in RESULTS.scores)  # fmt: skip
    (line,) = blind_spots(as_baseline(replace(RESULTS, scores=silent), "run", {}))
    assert line == "delay_ms has no score at vocoder 6, vocoder 12 (no clear peak): it cannot gate at all"
