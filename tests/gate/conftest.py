"""One real run of the reference EnCodec and of copies with one thing wrong, shared by the tests of this folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import soundfile
from filelock import FileLock
from running import command_line, install_plugin

from codecbench.datasets import load_dataset
from codecbench.gate.baseline import Baseline
from codecbench.gate.loading import load_baseline
from codecbench.plugins import registry

METRICS = "pesq_wb,estoi,si_sdr,lsd,delay_ms,level_error_db,correlation"
CODECS = (
    "subject", "codebook", "six_bits", "resampler", "shift", "gain", "polarity", "tail", "side_channel", "half",
    "threads", "machine",
)  # fmt: skip


@pytest.fixture(scope="session")
def altered(tmp_path_factory: pytest.TempPathFactory) -> Baseline:
    """The run, made once: the workers of pytest-xdist share it."""
    pytest.importorskip("torch")
    pytest.importorskip("pesq")
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    out = shared / "altered-run"
    with FileLock(shared / "altered.lock"):
        if not (out / "summary.json").is_file():
            _run(shared / "altered-site", out)
    return load_baseline(out)


def _clips(folder: Path) -> Path:
    """A manifest of the middle two seconds of eight utterances, of eight speakers."""
    folder.mkdir()
    lines = ["id\tpath\tspeaker"]
    for utterance in load_dataset("probe", registry()).utterances[:8]:
        samples, rate = soundfile.read(utterance.path)
        start = (len(samples) - 2 * rate) // 2
        soundfile.write(folder / f"{utterance.id}.wav", samples[start : start + 2 * rate], rate)
        lines.append(f"{utterance.id}\t{utterance.id}.wav\t{utterance.speaker}")
    manifest = folder / "manifest.tsv"
    manifest.write_text("\n".join(lines) + "\n")
    return manifest


def _run(site: Path, out: Path) -> None:
    install_plugin(site, "altered_codecs", Path(__file__).with_name("altered_codecs.py").read_text())
    command, environment = command_line(
        site, "run", "--codecs", ",".join(CODECS), "--dataset", _clips(site / "clips"), "--metrics", METRICS,
        "--cost", "none", "--keep-audio", "none", "--jobs", 1, "--out", out,
    )  # fmt: skip
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 3, result.stderr  # the cut tail fails, nothing else may
