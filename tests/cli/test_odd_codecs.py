"""What a run says of a codec that is not what it is called: rate, level and weights."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from running import codecbench, install_plugin, read_summary

CODEC = """
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, WeightsFile, hookimpl

class Loud:
    def __init__(self, options): pass
    def encode(self, audio, point): return np.round(np.clip(audio.samples[0], -1, 1) * 127).astype("i1").tobytes()
    def decode(self, payload, point):
        samples = np.frombuffer(payload, "i1") / 127
        return Audio.mono((samples * 1.5 / max(0.1, np.quantile(np.abs(samples), 0.9))).astype("float32"), 16000)

@hookimpl
def codecbench_register_codecs(register):
    weights = WeightsFile("right.bin", url="https://example.org/right.bin", sha256="{sha256}")
    card = CodecCard("loud", 16000, (OperatingPoint(256),), "v1", track="published", weights=weights)
    register(card, Loud)
"""


def test_it_is_in_the_runs_output_its_table_and_its_report(tmp_path: Path, clips: Path) -> None:
    site, out = tmp_path / "site", tmp_path / "run"
    right, wrong = tmp_path / "right.bin", tmp_path / "wrong.bin"
    right.write_bytes(b"published")
    wrong.write_bytes(b"somebody's")
    install_plugin(site, "loud_plugin", CODEC.format(sha256=hashlib.sha256(b"published").hexdigest()))

    def run(weights: Path) -> tuple[str, str]:
        result = codecbench(
            "run", "--codecs", "loud", "--dataset", clips, "--metrics", "si_sdr", "--cost", "none", "--weights",
            f"loud={weights}", "--out", out, site=site,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        return " ".join(result.stdout.split()), " ".join(result.stderr.split())

    table, notes = run(wrong)
    assert re.search(r"loud:v1: its weights \(sha256 \w{12}\) are not those that its card pins \(\w{12}\)", notes)
    assert "loud:v1‖" in table
    assert "‖ The weights are not those that the codec's card pins by sha256" in table
    assert "Measured more than 10 % off the nominal kbps: loud:v1 at 256 (128.0)." in table
    assert "Over 1 % of decoded samples beyond full scale, and clipped: loud:v1 at 256 (3 utterances)." in table
    assert "loud:v1 at 256 kbps decodes 3 utterances" in notes
    (row,) = read_summary(out)["rows"]
    assert row["other_weights"] is True
    assert "measured 128 kbps, -50 % of the nominal 256" in row["warnings"]
    assert codecbench("report", out, site=site).returncode == 0
    page = (out / "report.html").read_text()
    assert "not those of its card or plugin" in page
    assert "measured 128 kbps, -50 % of the nominal 256" in page
    assert "loud:v1‖" in page
    table, notes = run(right)
    assert "‖" not in table
    assert "pins" not in notes
