from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from running import codecbench, in_process, install_plugin

from codecbench.cli.sensitivity import sensitivity
from codecbench.controls.sensitivity.record import Record, built_in_record, load_record
from codecbench.errors import UsageError

CHEAP = ("level_error_db", "si_sdr", "correlation", "pesq_wb", "stoi", "mel_distance")
OUTSIDER = '''
import os
import numpy as np
from codecbench.api import Abstain, MetricCard, Score, hookimpl

class Peaks:
    """Share of samples at the peak; dies of an inverted probe-01."""
    card = MetricCard(id="peaks", version="3", description="share of peaks", higher_is_better=False)
    def prepare(self, reference):
        return None
    def score(self, sample):
        if np.dot(sample.reference.samples[0], sample.decoded.samples[0]) < -1 and sample.utterance.id == "probe-01":
            os._exit(9)
        size = np.abs(sample.decoded.samples)
        return Score(float(np.mean(size > 0.999 * size.max())))

@hookimpl
def codecbench_register_metrics(register):
    register(Peaks.card, Peaks)
'''


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cheap metrics and an outsider's, on the whole battery."""
    folder = tmp_path_factory.mktemp("sensitivity")
    install_plugin(folder / "site", "peaks_metric", OUTSIDER)
    out = folder / "sensitivity.json"
    result = codecbench("sensitivity", "--metrics", ",".join([*CHEAP, "peaks"]), "--out", out, site=folder / "site")
    assert result.returncode == 0, result.stderr
    assert "peaks" in result.stdout
    return out


@pytest.mark.parametrize("metric", CHEAP)
def test_the_committed_figures_are_measured_again(measured: Path, metric: str) -> None:
    now, committed = load_record(measured).metrics[metric], built_in_record().metrics[metric]
    for name, cell in committed.reactions.items():
        again = now.reactions[name]
        assert (again.verdict, again.scored) == (cell.verdict, cell.scored), name
        if cell.change is None:
            assert again.change is None, name
        else:
            assert again.change == pytest.approx(cell.change, rel=0.02, abs=2e-3), name
    assert now.null.low == pytest.approx(committed.null.low, rel=0.02, abs=1e-4)
    assert now.version == committed.version


def test_an_outsiders_metric_is_tried_too_and_its_crash_costs_one_cell(measured: Path) -> None:
    record = load_record(measured)
    peaks = record.metrics["peaks"]
    assert (peaks.version, peaks.recognizer) == ("3", None)
    assert peaks.reactions["clipping"].verdict == "sees"
    assert peaks.reactions["polarity"].scored == 7
    assert record.metrics["correlation"].reactions["polarity"].scored == 8


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--metrics", "pesq"], "unknown metric 'pesq'; known: "),
        (["--metrics", "stoi,,lsd"], "--metrics 'stoi,,lsd': expected names separated by commas"),
        (["--metrics", "stoi", "--out", "nowhere/sensitivity.json"], "there is no folder 'nowhere'"),
    ],
)
def test_mistakes_are_one_line(arguments: list[str], message: str) -> None:
    result = in_process("sensitivity", *arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture
def measured_at_once(monkeypatch: pytest.MonkeyPatch) -> list[Record]:
    """Measuring that returns at once, and how often it was asked."""
    asked: list[Record] = []

    def measure(*_: object) -> Record:
        asked.append(built_in_record())
        return asked[-1]

    monkeypatch.setattr("codecbench.controls.sensitivity.measure.measure_sensitivity", measure)
    return asked


def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    measured_at_once: list[Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match=r"is a folder; give a file in it, for example .*sensitivity\.json"):
        CliRunner().invoke(sensitivity, ["--out", str(tmp_path)], catch_exceptions=False)
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(UsageError, match="cannot be written: no permission"):
        CliRunner().invoke(sensitivity, ["--out", str(tmp_path / "sensitivity.json")], catch_exceptions=False)
    assert not measured_at_once


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_costs_the_file_but_not_what_was_found(
    measured_at_once: list[Record], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match="'/dev/full' cannot be written: No space left on device"):
        sensitivity.main(["--out", "/dev/full"], standalone_mode=False)
    assert measured_at_once
    assert "pesq_wb" in capsys.readouterr().out
