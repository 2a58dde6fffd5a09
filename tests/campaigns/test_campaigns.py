"""The short form of the campaigns of docs/reliability.md: nothing crashes, hangs, is taken for right or is executed."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import codecbench, install_plugin

from codecbench.campaigns.recordings import read
from codecbench.campaigns.tally import Attempt, Campaign
from codecbench.plugins import registry

SEED = 20261129
REFERENCE = [name for name in registry().codec_names() if registry().checkpoints(name)[0].track == "reference"]


@pytest.mark.parametrize(
    ("kind", "count", "codecs"),
    [
        ("payloads", 210, "all"),
        ("recordings", 600, "pcm"),
        ("checkpoints", 2 * 14 * len(REFERENCE), ",".join(REFERENCE)),
    ],
)
def test_nothing_unwanted_comes_of_damaged_input(kind: str, count: int, codecs: str) -> None:
    result = codecbench("dev", "campaign", kind, "--count", count, "--seed", SEED, "--codecs", codecs, "--jobs", 2)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{kind}: " in result.stdout
    row = next(line for line in result.stdout.splitlines() if line.startswith("| all"))
    taken, refused, *_ = (int(cell) for cell in row.split("|")[2:-1])
    assert taken
    assert refused


CODECS = """
import ctypes, time
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl
class C:
    def __init__(self, options): pass
    def encode(self, audio, point): return np.round(np.clip(audio.samples[0], -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point):
        if len(payload) % 2: {broken}
        return Audio.mono(np.frombuffer(payload[:len(payload) // 2 * 2], "<i2") / 32767, 16000)
@hookimpl
def codecbench_register_codecs(register): register(CodecCard("frail", 16000, (OperatingPoint(256),)), C)
"""


@pytest.mark.parametrize(
    ("broken", "fate"),
    [("ctypes.string_at(0)", "crash"), ("raise KeyError(1)", "other error"), ("return b''", "wrong")],
)
def test_a_decoder_that_is_frail_is_found_out(tmp_path: Path, broken: str, fate: str) -> None:
    install_plugin(tmp_path, "frail", CODECS.format(broken=broken))
    result = codecbench("dev", "campaign", "payloads", "--count", 40, "--seed", 1, "--codecs", "frail", site=tmp_path)
    assert f"frail, {fate}: " in result.stdout, result.stdout
    assert result.returncode == (fate != "other error")


def test_a_cut_file_that_is_taken_whole_would_be_told() -> None:
    """The check is not blind: half a second of a WAV whose header says half a second, called a second that was cut."""
    import io

    import numpy as np
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, np.zeros(8000), 16000, format="WAV")
    attempt = read("wav", file.getvalue(), 2 * len(file.getvalue()))
    assert isinstance(attempt, Attempt)
    assert attempt.fate == "wrong"


def test_counts_and_the_first_of_each_are_printed() -> None:
    campaign = Campaign("payloads", 7)
    for fate in ("taken", "crash", "crash"):
        campaign.record(Attempt("dac", fate, f"told {fate}"))
    assert campaign.unwanted == 2
    text = campaign.markdown()
    assert text.startswith("payloads: 3 attempts, seed 7\n")
    assert "dac, crash: told crash" in text
