"""The parts of every neural codec that the loss ladder scores."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import soundfile
from codecbench_encodec.codec import SegmentedEncodec

from codecbench.api import Audio, Codec, CodecCard, CodecOptions, Ladder
from codecbench.audio import resample
from codecbench.plugins import registry
from codecbench.weights import resolve

TRANSFORM = ("eulerodec", "ibpcodec", "vocodec")
WAVEFORM = ("encodec", "dac", "facodec", "ladiff")
SAMPLES = 40123
"""No multiple of anybody's frame."""


@cache
def loaded(name: str) -> tuple[Codec, CodecCard]:
    entry = registry().codec(name)
    return entry.factory(CodecOptions(entry.card.checkpoint, resolve(entry.card), seed=3)), entry.card


@cache
def speech() -> Audio:
    probe = Path(str(files("codecbench.datasets") / "speech" / "probe"))
    samples, rate = soundfile.read(sorted(probe.rglob("*.flac"))[0], dtype="float32")
    return Audio.mono(resample(Audio.mono(samples, rate), 16000).samples[0, :SAMPLES], 16000)


def turned(name: str, stage: str, audio: Audio | None = None) -> Audio | None:
    codec, _ = loaded(name)
    assert isinstance(codec, Ladder)
    return codec.bypass(audio or speech(), stage)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", TRANSFORM)
def test_a_front_end_loses_nearly_nothing(name: str) -> None:
    pesq = pytest.importorskip("pesq").pesq
    audio = turned(name, "front_end")
    assert audio is not None
    assert audio.sample_rate == 16000
    decoded = audio.samples[0, :SAMPLES]
    assert pesq(16000, speech().samples[0], decoded, "wb") > 4.4
    assert np.abs(decoded - speech().samples[0]).max() < 1e-3


@pytest.mark.parametrize("name", WAVEFORM)
def test_a_waveform_codec_has_no_front_end(name: str) -> None:
    assert turned(name, "front_end") is None


@pytest.mark.parametrize("name", [*TRANSFORM, *WAVEFORM])
def test_the_network_alone_is_deterministic_and_decodes_to_the_codecs_length(name: str) -> None:
    codec, card = loaded(name)
    before = speech().samples.copy()
    first, second = turned(name, "network"), turned(name, "network")
    assert first is not None
    assert second is not None
    assert np.array_equal(first.samples, second.samples)
    assert np.array_equal(before, speech().samples)
    assert np.isfinite(first.samples).all()
    point = card.points[-1]
    decoded = codec.decode(codec.encode(speech(), point), point)
    assert (first.samples.shape, first.sample_rate) == (decoded.samples.shape, decoded.sample_rate)


@pytest.mark.parametrize("name", [*TRANSFORM, *WAVEFORM])
def test_without_rounding_it_is_no_worse(name: str) -> None:
    """The highest rate against the network alone, in PESQ: 0.05 is for chance."""
    pesq = pytest.importorskip("pesq").pesq
    codec, card = loaded(name)
    point = card.points[-1]
    network = turned(name, "network")
    assert network is not None
    signals = (codec.decode(codec.encode(speech(), point), point), network)
    coded, alone = (pesq(16000, speech().samples[0], signal.samples[0, :SAMPLES], "wb") for signal in signals)
    assert alone > coded - 0.05


@pytest.mark.parametrize("name", [*TRANSFORM, *WAVEFORM])
def test_silence_stays_finite(name: str) -> None:
    for stage in ("front_end", "network"):
        audio = turned(name, stage, Audio.mono(np.zeros(5000), 16000))
        assert audio is None or np.isfinite(audio.samples).all()


def test_segments_are_joined_as_decoding_joins_them() -> None:
    """The 48 kHz model without weights: level and cross-fade are those of decode."""
    entry = registry().codec("encodec:facebook-48khz")
    codec = entry.factory(CodecOptions("facebook-48khz"))
    assert isinstance(codec, SegmentedEncodec)
    signal = np.random.default_rng(0).normal(0, 0.1, (2, 60000)).astype(np.float32)
    audio, point = Audio(signal, 48000), entry.card.points[0]
    alone = codec.bypass(audio, "network")
    assert alone is not None
    assert alone.samples.shape == codec.decode(codec.encode(audio, point), point).samples.shape
    assert codec.bypass(audio, "front_end") is None
