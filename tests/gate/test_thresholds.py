"""`[tool.codecbench.gate]`, and defaults that take at most 40 % of the smallest drop a dataset claims to detect."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis.power import SHARE
from codecbench.errors import UsageError
from codecbench.gate.baseline import Baseline
from codecbench.gate.from_run import as_baseline
from codecbench.gate.thresholds import PRACTICE, Settings, find_thresholds, load_settings
from codecbench.store.ids import Place

BASELINE = as_baseline(made_results([MadeCodec("opus", (6, 12))], speakers=24), "made", {})

CONFIG = """
[tool.codecbench.gate]
level = 0.02
metrics = ["pesq_wb", "wer"]
exact_payload = ["pcm"]

[tool.codecbench.gate.thresholds]
pesq_wb = 0.03

[tool.codecbench.gate.floors]
estoi = 0.5
"opus@6" = { pesq_wb = 1.5 }
"opus:default@6" = { estoi = 0.6 }
"""


@pytest.mark.parametrize("metric", [name for name in PRACTICE if name in BASELINE.metrics])
@pytest.mark.parametrize("tests", [1, 100, 1000])
def test_a_default_is_at_most_forty_per_cent_of_the_claim(metric: str, tests: int) -> None:
    found = find_thresholds(BASELINE, [metric], tests, Settings(), BASELINE.clusters)[metric]
    assert found.claim is not None
    assert found.power is not None
    assert found.value == pytest.approx(SHARE * found.claim, rel=0.01)
    assert found.claim >= PRACTICE[metric].worth
    assert found.power >= 0.949


def test_an_unknown_metric_has_a_threshold_that_says_what_it_is_made_of() -> None:
    found = find_thresholds(BASELINE, ["stoi"], 10, Settings(), BASELINE.clusters)["stoi"]
    assert "spread" not in found.origin
    renamed = find_thresholds(_with_metric("mine"), ["mine"], 10, Settings(), BASELINE.clusters)["mine"]
    assert renamed.value > 0
    assert "noise taken to be 0.7 of the spread between utterances" in renamed.origin


def _with_metric(name: str) -> Baseline:
    rows = [replace(row, metrics={name: row.metrics["stoi"]}) for row in BASELINE.rows]
    return replace(BASELINE, rows=tuple(rows))


def test_the_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(CONFIG)
    settings = load_settings(path)
    assert (settings.level, settings.metrics, settings.exact_payload) == (0.02, ("pesq_wb", "wer"), ("pcm",))
    found = find_thresholds(BASELINE, ["pesq_wb"], 10, settings, BASELINE.clusters)["pesq_wb"]
    assert found.value == 0.03
    assert found.origin.startswith("[tool.codecbench.gate] of ")
    assert settings.floor(Place("opus", "default", "6"), "pesq_wb") == 1.5
    assert settings.floor(Place("opus", "default", "12"), "pesq_wb") is None
    assert settings.floor(Place("opus", "default", "6"), "estoi") == 0.6
    assert settings.floor(Place("pcm", "default", "96"), "estoi") == 0.5


def test_no_table_means_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings(None) == Settings()
    Path("pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert load_settings(None) == Settings()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("treshold = 1", "unknown key 'treshold'; known: level, metrics"),
        ("level = 2", "level must be between 0 and 0.5"),
        ("metrics = 'pesq_wb'", "metrics must be a list of names"),
        ("thresholds = 3", "thresholds must be a table of metric = number"),
        ("thresholds = { pesq_wb = '3' }", "thresholds.pesq_wb must be a number, got '3'"),
        ("thresholds = { pesq_wb = -1 }", "thresholds.pesq_wb must not be negative"),
        ("floors = { 'opus@6' = { pesq_wb = true } }", "floors.opus@6.pesq_wb must be a number, got True"),
        ("]", "cannot be read"),
    ],
)
def test_mistakes(tmp_path: Path, table: str, message: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(f"[tool.codecbench.gate]\n{table}\n")
    with pytest.raises(UsageError) as error:
        load_settings(path)
    assert message in str(error.value)
