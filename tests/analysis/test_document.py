from __future__ import annotations

import json
from typing import Any

import pytest
from made_runs import MadeCodec, made_results, realistic, with_card

from codecbench.analysis import as_json, summarize
from codecbench.store.rows import SkipRow, StoredResults


def document(results: StoredResults) -> dict[str, Any]:
    text = json.dumps(as_json(summarize(results)), allow_nan=False)
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def test_schema_1() -> None:
    found = document(realistic())
    assert found["schema"] == 1
    assert found["run"].keys() >= {"computed", "reused", "failed", "skipped", "abstained", "dataset", "revision"}
    assert found["floor"].keys() == {"wer", "cer"}
    for row in found["rows"]:
        assert row.keys() >= {
            "codec", "checkpoint", "track", "point", "nominal_kbps", "measured_kbps", "scores", "cost",
        }  # fmt: skip
        assert row["cost"].keys() >= {
            "parameters", "encoder_macs_per_s", "decoder_macs_per_s", "rtf_encode", "rtf_decode", "latency_ms",
        }  # fmt: skip
        for score in row["scores"].values():
            assert score.keys() >= {"mean", "low", "high", "n", "failed"}
    assert found["skipped"][0].keys() >= {"codec", "point", "reason"}
    assert found["run"]["synthetic"] is True


def test_null_has_a_reason_beside_it() -> None:
    everyone = {("pesq_wb", f"utt-{i:02d}"): "no active speech" for i in range(24)}
    found = document(made_results(abstained=everyone, metrics=["pesq_wb"]))
    for row in found["rows"]:
        assert row["scores"]["pesq_wb"]["mean"] is None
        assert "no active speech" in row["scores"]["pesq_wb"]["reason"]
        assert row["reasons"]["entropy_kbps"] == "not a token codec"
        for name, value in row["cost"].items():
            assert value is not None or row["cost"]["reasons"][name]
    assert found["floor"]["wer"] is None
    assert found["floor_reasons"]["wer"] == "wer was not scored"


def test_nothing_but_failures_is_still_a_document() -> None:
    dead = MadeCodec("dead", (6,), fails={f"utt-{i:02d}": "it raised" for i in range(24)})
    found = document(made_results([dead], skips=[SkipRow("gone", "x", None, "no weights")], meta={"tally": None}))
    assert found["rows"] == []
    assert found["failures"][0]["reason"] == "it raised"
    assert found["skipped"] == [{"codec": "gone", "checkpoint": "x", "point": None, "reason": "no weights"}]
    assert found["run"]["computed"] is None


@pytest.mark.parametrize("utterances", [1, 2])
def test_very_few_utterances(utterances: int) -> None:
    score = document(made_results(utterances=utterances))["rows"][0]["scores"]["pesq_wb"]
    assert score["n"] == utterances
    assert (score["low"] is None) == (utterances == 1)
    assert utterances > 1 or score["reason"] == "one utterance has no interval"


def test_infinite_bounds_of_a_plugin_do_not_spoil_the_document() -> None:
    results = with_card(made_results(metrics=["si_sdr"]), "si_sdr", high=float("inf"))
    assert document(results)["metrics"]["si_sdr"]["high"] is None
