"""A codec that reads 16 kHz and writes 24: its output is scored, cut and timed as any other's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from running import codecbench, read_summary

from codecbench.api import Audio, CodecCard, OperatingPoint
from codecbench.audio import resample
from codecbench.cost.latency import measure_latency
from codecbench.store import Store

SOURCE = '''
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl
from codecbench.audio import resample

class Up:
    """16-bit PCM at 16 kHz, decoded to the rate `rate`."""
    def __init__(self, rate, late=0):
        self.rate, self.late = rate, late

    def encode(self, audio, point):
        assert audio.sample_rate == 16000
        return np.round(32767 * audio.samples[0].clip(-1, 1)).astype("<i2").tobytes()

    def decode(self, payload, point):
        samples = np.frombuffer(payload, "<i2").astype(np.float32) / 32767
        out = resample(Audio.mono(samples, 16000), self.rate).samples[0]
        return Audio.mono(np.concatenate([np.zeros(self.late, np.float32), out]), self.rate)

@hookimpl
def codecbench_register_codecs(register):
    points = (OperatingPoint(256.0),)
    about = dict(frame=320, description="PCM, resampled", licence="MIT", output_sample_rate=24000)
    register(CodecCard("up", 16000, points, **about), lambda options: Up(24000))
    register(CodecCard("late", 16000, points, **about), lambda options: Up(24000, 240))
    register(CodecCard("other", 16000, points, **about), lambda options: Up(16000))
'''


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> Path:
    folder = tmp_path_factory.mktemp("rates")
    (folder / "rates.py").write_text(SOURCE)
    done = codecbench(
        "run", "--codecs", folder / "rates.py", "--dataset", clips, "--metrics", "si_sdr,delay_ms", "--cost", "none",
        "--limit", 2, "--out", folder / "run",
    )  # fmt: skip
    assert done.returncode == 3, done.stderr  # one of the three returns another rate than its card says: it ran nowhere
    return folder / "run"


def test_the_output_is_as_long_and_as_good_as_at_one_rate(run: Path) -> None:
    rows = {row["codec"]: row for row in read_summary(run)["rows"]}
    assert rows["up"]["scores"]["si_sdr"]["mean"] > 50
    assert rows["up"]["warnings"] == []
    with Store(run) as store:
        codings = [row for row in store.results().codings if row.codec == "up"]
    assert [(row.missing, row.surplus) for row in codings] == [(0, 0)] * 2


def test_a_delay_is_counted_at_the_outputs_rate(run: Path) -> None:
    row = next(row for row in read_summary(run)["rows"] if row["codec"] == "late")
    assert row["delay_ms"] == pytest.approx(10.0, abs=0.05)
    assert row["scores"]["si_sdr"]["mean"] > 25  # taken out before it is scored


def test_another_rate_than_the_cards_is_one_line(run: Path) -> None:
    (group,) = read_summary(run)["failures"]
    assert group["reason"].endswith("decode returned 16000 Hz, its card says 24000 Hz")


class Up:
    """Frames of 320 samples at 16 kHz, rounded to 12 bits, then resampled."""

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        padded = np.pad(audio.samples[0], (0, -audio.length % 320))
        # Each sample carries a trace of its frame's last one: it waits for it.
        waited = padded.reshape(-1, 320) + 0.01 * padded.reshape(-1, 320)[:, -1:]
        return np.round(2047 * waited.clip(-1, 1)).astype("<i2").tobytes()

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        samples = np.frombuffer(payload, "<i2").astype(np.float32) / 2047
        return Audio.mono(np.repeat(samples, 3)[::2], 24000)


def test_latency_is_counted_on_the_inputs_time_line() -> None:
    card = CodecCard("up", 16000, (OperatingPoint(192.0),), frame=320, output_sample_rate=24000)
    latency = measure_latency(Up(), card, card.points[0], positions=(0, 1, 318, 319))
    assert latency.delay_ms == pytest.approx(0.0, abs=0.1)
    assert latency.total_ms == pytest.approx(20.0, abs=0.13)  # a frame, and up to a sample of rounding


def test_lengths_of_the_output_are_rounded_up() -> None:
    card = CodecCard("up", 16000, (OperatingPoint(1.0),), output_sample_rate=24000)
    assert [card.decoded_length(samples) for samples in (0, 1, 2, 3, 16000)] == [0, 2, 3, 5, 24000]
    assert resample(Audio.mono(np.zeros(3), 16000), 24000).length == 5
