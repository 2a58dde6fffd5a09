"""What each classical codec does to a signal: transparency, alignment, quality in a plausible place."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
import soxr
from scipy.signal import correlate

from codecbench.api import Audio, CodecOptions
from codecbench.cost.signals import speech_like
from codecbench.plugins import registry


def coded(name, audio, label):
    entry = registry().codec(name)
    point = entry.card.point(label)
    payload = entry.factory(CodecOptions()).encode(audio, point)
    return entry.factory(CodecOptions()).decode(payload, point)


def lag(reference, decoded, reach):
    """Samples by which `decoded` trails `reference`, in ±reach."""
    full = correlate(decoded[: len(reference)], reference, "full", method="fft")
    centre = len(reference) - 1
    return int(np.argmax(full[centre - reach : centre + reach + 1])) - reach


@pytest.mark.parametrize("label", ["6", "8", "12", "16", "24", "32"])
def test_opus_is_aligned_and_keeps_the_tail(label):
    pytest.importorskip("av")
    audio = speech_like(48000 * 2 + 123, 48000, 5)
    decoded = coded("opus", audio, label)
    assert abs(lag(audio.samples[0], decoded.samples[0], 960)) <= 10  # 0.2 ms at 48 kHz
    tail = slice(audio.length - 480, audio.length)
    assert np.linalg.norm(decoded.samples[0][tail]) > 0.3 * np.linalg.norm(audio.samples[0][tail])


@pytest.mark.parametrize("label", ["0.7", "1.2", "1.3", "1.4", "1.6", "2.4", "3.2"])
def test_codec2_is_aligned_by_its_envelope(label):
    pytest.importorskip("pycodec2")
    audio = speech_like(8000 * 6, 8000, 5)
    decoded = coded("codec2", audio, label)
    window = np.hanning(80)
    envelopes = [np.convolve(np.abs(signal), window, "same") for signal in (audio.samples[0], decoded.samples[0])]
    assert abs(lag(*(envelope - envelope.mean() for envelope in envelopes), 400)) <= 40  # 5 ms at 8 kHz


def test_codec2_shares_no_state_with_pycodec2():
    """libcodec2's noise generator is a static variable: another user of the library must not move ours."""
    pycodec2 = pytest.importorskip("pycodec2")
    audio = speech_like(8000, 8000, 5)
    before = coded("codec2", audio, "2.4").samples
    other = pycodec2.Codec2(2400)
    for _ in range(20):
        other.decode(b"\x5a\x93\x11\x87\x3c\xee")
    np.testing.assert_array_equal(coded("codec2", audio, "2.4").samples, before)


def real_speech(shared):
    path = next(iter(sorted((shared / "data" / "eval" / "flac16").glob("*.flac"))))
    return soundfile.read(path, dtype="float32")[0]


def pesq_wb(samples, name, label):
    pesq = pytest.importorskip("pesq")
    rate = registry().codec(name).card.sample_rate
    audio = Audio.mono(soxr.resample(samples, 16000, rate, "VHQ"), rate)
    decoded = soxr.resample(coded(name, audio, label).samples[0], rate, 16000, "VHQ")
    return pesq.pesq(16000, samples, np.pad(decoded, (0, len(samples)))[: len(samples)], "wb")


def test_opus_quality_on_real_speech(shared):
    pytest.importorskip("av")
    speech = real_speech(shared)
    low, high = pesq_wb(speech, "opus", "6"), pesq_wb(speech, "opus", "32")
    assert high > 3.8
    assert low < high - 1


def test_pcm_quality_on_real_speech(shared):
    assert pesq_wb(real_speech(shared), "pcm", "256") > 4.6
