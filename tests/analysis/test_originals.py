from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from made_runs import MadeCodec, made_results, with_card
from running import codecbench, install_plugin, read_summary

from codecbench.analysis import summarize
from codecbench.store.originals import KEY, OriginalScore

LEVEL = """
import numpy as np
from codecbench.api import Abstain, MetricCard, Score, hookimpl

CARD = MetricCard("loudness", "1", "a test", title="loud", unit="dB", higher_is_better=True, needs_reference=False)

class Loudness:
    def prepare(self, reference): return None
    def score(self, sample):
        if sample.utterance.id == "clip2": raise Abstain("not this one")
        return Score(10 * float(np.log10(np.mean(np.square(sample.decoded.samples)))))

@hookimpl
def codecbench_register_metrics(register): register(CARD, Loudness)
"""
BROKEN = 'CARD = MetricCard("x", "1", "", needs_reference=False, uses_recognizer=True)'


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> Path:
    folder = tmp_path_factory.mktemp("originals")
    install_plugin(folder / "site", "loudness_plugin", LEVEL)
    more = ",distill_mos" if find_spec("distillmos") else ""
    result = codecbench(
        "run", "--codecs", "opus", "--bitrates", "6", "--dataset", clips, "--cost", "none",
        "--metrics", f"loudness,si_sdr{more}", "--out", folder / "run", site=folder / "site",
    )  # fmt: skip
    assert "original" in result.stdout, result.stdout + result.stderr
    return folder


def test_the_originals_are_scored_and_the_change_is_paired(run: Path) -> None:
    summary = read_summary(run / "run")
    (row,) = summary["rows"]
    original, change = summary["originals"]["loudness"], row["changes"]["loudness"]
    assert (original["n"], row["scores"]["loudness"]["n"], change["n"]) == (2, 2, 2)
    assert row["scores"]["loudness"]["mean"] - original["mean"] == pytest.approx(change["mean"])
    assert set(summary["originals"]) == set(row["changes"])
    assert "si_sdr" not in summary["originals"]
    assert summary["metrics"]["loudness"]["needs_reference"] is False
    assert "needs_reference" not in summary["metrics"]["si_sdr"]


@pytest.mark.parametrize("how", ["text", "markdown", "csv", "latex"])
def test_every_table_has_a_row_of_the_originals(run: Path, how: str) -> None:
    shown = codecbench("table", run / "run", "--format", how, site=run / "site")
    mean = read_summary(run / "run")["originals"]["loudness"]["mean"]
    line = next(line for line in shown.stdout.splitlines() if "original" in line and f"{abs(mean):.2f}" in line)
    assert "n/a" not in line
    assert "Not this" not in line
    without = codecbench("table", run / "run", "--format", how, "--metrics", "si_sdr", site=run / "site").stdout
    assert "the row original" not in without


def test_the_report_has_it_without_a_codecs_colour(run: Path) -> None:
    report = (run / "run" / "report.html").read_text()
    assert "<bdi>original</bdi>" in report
    assert 'data-marker="-1"' not in report


def test_a_recognizers_metric_has_its_floor_instead(run: Path, tmp_path: Path, clips: Path) -> None:
    source = LEVEL.replace("CARD =", "OLD =").replace("class Loud", f"{BROKEN}\n\nclass Loud")
    install_plugin(tmp_path / "site", "wrong_plugin", source)
    told = codecbench("list", "metrics", site=tmp_path / "site")
    assert "needs_reference=False is not possible with uses_recognizer=True" in told.stdout + told.stderr


def made(**originals: Any) -> Any:
    """Scores of two codecs by a metric that needs no reference; `originals` by utterance."""
    results = with_card(
        made_results([MadeCodec("a", (6,)), MadeCodec("b", (6,))], metrics=["si_sdr"], utterances=4),
        "si_sdr", needs_reference=False,
    )  # fmt: skip
    rows = [
        replace(row, detail={KEY: originals[row.utterance.replace("-", "_")].to_json()})
        if row.utterance.replace("-", "_") in originals else row
        for row in results.scores
    ]  # fmt: skip
    return replace(results, scores=tuple(rows))


def test_each_original_counts_once_and_one_without_a_score_is_no_zero() -> None:
    found = summarize(
        made(utt_00=OriginalScore(4.0, 1.0), utt_01=OriginalScore(2.0, 1.0), utt_02=OriginalScore(reason="silent"))
    )
    original = found.originals["si_sdr"]
    assert (original.mean, original.n, original.abstained, original.planned) == (3.0, 2, 1, 3)
    assert [row.changes["si_sdr"].n for row in found.rows] == [2, 2]


def test_a_run_without_such_metrics_is_as_before() -> None:
    found = summarize(made_results(metrics=["si_sdr"]))
    assert not found.originals
    assert not any(row.changes for row in found.rows)


@pytest.mark.parametrize("score", [OriginalScore(3.0, 2.0), OriginalScore(reason="silent")])
def test_it_comes_back_from_a_detail_as_it_went(score: OriginalScore) -> None:
    assert OriginalScore.from_detail(json.loads(json.dumps({KEY: score.to_json(), "windows": 3}))) == score
    assert OriginalScore.from_detail({"windows": 3}) is None
