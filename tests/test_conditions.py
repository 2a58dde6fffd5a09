from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.api import Audio
from codecbench.audio import resample
from codecbench.conditions import SourceRecording, bandwidth_hz, narrow, reference_for

STEREO = 0.1 * np.random.default_rng(0).standard_normal((2, 48000)).astype(np.float32)


def test_a_recording_is_what_its_condition_makes_of_it(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", STEREO.T, 44100, subtype="PCM_24")
    wide, full = (SourceRecording(tmp_path / "a.flac", name).signal() for name in ("wb", "fb"))
    assert (wide.sample_rate, wide.channels) == (16000, 1)
    assert (full.sample_rate, full.samples.shape) == (44100, STEREO.shape)
    assert reference_for(full, 2) is full
    assert reference_for(full, 1).channels == 1


@settings(deadline=None, max_examples=20)
@given(cut=st.integers(2, 20), rate=st.sampled_from([44100, 48000]), gain=st.floats(1e-3, 1.0))
def test_the_band_of_filtered_noise_is_found_at_any_level(cut: int, rate: int, gain: float) -> None:
    filtered = scipy.signal.sosfilt(
        scipy.signal.ellip(12, 0.5, 100, 1000.0 * cut, fs=rate, output="sos"), STEREO.astype(np.float64)
    )
    found = bandwidth_hz(Audio(gain * filtered, rate))
    assert 1000 * cut - 500 <= found <= 1000 * cut + 1500


def test_what_was_upsampled_keeps_its_band() -> None:
    narrowband = resample(Audio(STEREO[:1], 16000), 48000)
    assert 7500 <= bandwidth_hz(narrowband) <= 8500
    assert bandwidth_hz(Audio(np.zeros((1, 9600)), 48000)) == 0.0
    assert bandwidth_hz(Audio(np.zeros((1, 1)), 48000)) == 0.0


@pytest.mark.parametrize(
    ("bandwidth", "rate", "tells"),
    [(8000, 16000, True), (8000, 24000, False), (11500, 24000, True), (19500, 48000, True), (19000, 48000, False),
     (19500, 44100, True), (0, 16000, False)],
)  # fmt: skip
def test_it_has_to_reach_what_the_codec_codes_or_what_is_heard(bandwidth: float, rate: int, tells: bool) -> None:
    assert (narrow(bandwidth, rate, rate) is None) == tells


def test_it_has_to_reach_what_the_codec_adds() -> None:
    """Of a codec that puts out a higher rate than it takes, the recording is what the added band is held against."""
    assert narrow(11500, 16000, 24000) is None
    why = narrow(8000, 16000, 24000)
    assert why is not None
    assert "reaches 8 kHz, the codec puts out up to 12 kHz: nothing up there could be right or wrong" in why
    assert narrow(8000, 16000, 8000) is None
