from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from codecbench_vocoded import CARD
from codecbench_vocoded.codec import CODEC2, NarrowCodec2, VocodedCodec2

from codecbench.api import Audio, CodecOptions, OperatingPoint, PayloadError
from codecbench.audio import resample, source_signal
from codecbench.plugins import registry
from codecbench.weights import resolve

pytest.importorskip("pycodec2")


@pytest.fixture(scope="module")
def codec() -> VocodedCodec2:
    return VocodedCodec2(CARD, CodecOptions(CARD.checkpoint, resolve(CARD)))


@pytest.fixture(scope="module")
def speech() -> Audio:
    return source_signal(Path(str(files("codecbench.datasets") / "speech" / "probe" / "probe-01.flac")))


@pytest.mark.parametrize("point", CARD.points, ids=str)
def test_the_payload_is_codec_2_s_own(codec: VocodedCodec2, speech: Audio, point: OperatingPoint) -> None:
    own = next(one for one in CODEC2.card.points if one.settings["mode"] == point.settings["mode"])
    assert own.nominal_kbps == point.nominal_kbps
    narrow = CODEC2.build(CodecOptions()).encode(resample(speech, 8000), own)
    assert codec.encode(speech, point) == narrow
    decoded = codec.decode(narrow, point)
    assert decoded.sample_rate == 16000
    assert speech.length <= decoded.length <= speech.length + 640
    again = codec.decode(narrow, point)
    assert np.array_equal(decoded.samples, again.samples)


def test_it_says_what_codec_2_says_and_has_a_band_above(codec: VocodedCodec2, speech: Audio) -> None:
    """As loud in speech as the original within 3 dB, and 30 dB above what a narrow band leaves over 4.5 kHz."""
    point = CARD.points[-1]
    payload = codec.encode(speech, point)
    decoded = codec.decode(payload, point).samples[0][: speech.length]
    assert 20 * np.log10(np.std(decoded) / np.std(speech.samples)) == pytest.approx(0.0, abs=3.0)
    narrow = resample(Audio.mono(NarrowCodec2().decode(payload, point), 8000), 16000).samples[0]
    high = [float(np.abs(np.fft.rfft(x))[int(len(x) * 4500 / 16000) :].std()) for x in (decoded, narrow)]
    assert 20 * np.log10(high[0] / high[1]) > 30


def test_payloads_of_nothing_and_of_another_mode_are_refused(codec: VocodedCodec2, speech: Audio) -> None:
    low, high = CARD.points[0], CARD.points[-1]
    payload = codec.encode(speech, high)
    with pytest.raises(PayloadError):
        codec.decode(b"", low)
    with pytest.raises(PayloadError):
        codec.decode(payload[:-3], high)
    silence = Audio.mono(np.zeros(100), 16000)
    assert codec.decode(codec.encode(silence, low), low).length >= 100


def test_it_runs_by_name_alone() -> None:
    assert registry().codec("vocoded").card.on_request
