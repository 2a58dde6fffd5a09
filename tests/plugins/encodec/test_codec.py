"""EnCodec with random weights: rates, lengths, alignment, hostile payloads. None of it depends on training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from codecbench_encodec import FACEBOOK_24KHZ, REFERENCE, build
from codecbench_encodec.codec import Encodec
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.api import Audio, CodecOptions, OperatingPoint
from codecbench.errors import PayloadError

POINTS = REFERENCE.points


@pytest.fixture(scope="module")
def codec() -> Encodec:
    return Encodec(REFERENCE, CodecOptions("reference", seed=1))


def noise(samples: int, seed: int = 0, channels: int = 1, rate: int = 16000) -> Audio:
    samples_ = 0.1 * np.random.default_rng(seed).standard_normal((channels, samples))
    return Audio(samples_.astype(np.float32), rate)


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.label)
def test_measured_rate_equals_nominal(codec: Encodec, point: OperatingPoint) -> None:
    payload = codec.encode(noise(32000), point)
    assert 8 * len(payload) / 2.0 == 1000 * point.nominal_kbps


@pytest.mark.parametrize("point", FACEBOOK_24KHZ.points, ids=lambda point: point.label)
def test_the_points_codebooks_are_in_the_payload_not_the_models_default(point: OperatingPoint) -> None:
    codec = build(CodecOptions("facebook-24khz"))
    payload = codec.encode(noise(3200, rate=24000), point)
    assert len(codec.codes(payload, point)) == point.settings["codebooks"]
    assert 8 * len(payload) == 10 * 10 * point.settings["codebooks"]


@pytest.mark.parametrize("samples", [1, 2, 7, 319, 320, 321, 639, 641, 1000, 4801, 9999, 15999, 16000])
def test_any_length_comes_back_at_least_as_long(codec: Encodec, samples: int) -> None:
    for point in (POINTS[0], POINTS[-1]):
        decoded = codec.decode(codec.encode(noise(samples), point), point)
        assert decoded.sample_rate == 16000
        assert samples <= decoded.length < samples + 320
        assert np.isfinite(decoded.samples).all()


def test_output_is_in_place_and_needs_no_future_frame(codec: Encodec) -> None:
    """A change at sample m changes outputs from the start of m's own frame on, and none before."""
    before, first = noise(16000), []
    for m in (3200, 3200 + 160, 3519):
        after = before.samples.copy()
        after[:, m:] = noise(16000, seed=2).samples[:, m:]
        point = POINTS[-1]
        a, b = (codec.decode(codec.encode(x, point), point).samples[0] for x in (before, Audio(after, 16000)))
        first.append(int(np.argmax(a != b)))
    assert first[0] == 3200
    assert first == [3200 if place < 3520 else 3520 for place in first]  # one sample may be too little to flip a code


def test_coding_twice_gives_the_same_bytes_and_bits(codec: Encodec) -> None:
    other = Encodec(REFERENCE, CodecOptions("reference", seed=1))
    audio = noise(7000)
    for point in POINTS:
        payload = codec.encode(audio, point)
        assert payload == codec.encode(audio, point) == other.encode(audio, point)
        decoded = [c.decode(payload, point).samples for c in (codec, codec, other)]
        assert np.array_equal(decoded[0], decoded[1])
        assert np.array_equal(decoded[0], decoded[2])


def test_codes_survive_the_payload(codec: Encodec) -> None:
    point = POINTS[-1]
    audio = noise(5000)
    codes = codec.encode_codes(torch.from_numpy(audio.samples)[None], point)
    assert np.array_equal(codes[0].numpy(), codec.codes(codec.encode(audio, point), point))
    assert len(np.unique(codes)) > 10


def test_lower_points_are_prefixes_of_higher_ones(codec: Encodec) -> None:
    audio = noise(5000)
    low, high = (codec.codes(codec.encode(audio, point), point) for point in (POINTS[0], POINTS[-1]))
    assert np.array_equal(low, high[: len(low)])


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_damaged_payload_is_refused_or_decodes(codec: Encodec, data: st.DataObject) -> None:
    point = data.draw(st.sampled_from(POINTS))
    payload = bytearray(codec.encode(noise(1600), point))
    if data.draw(st.booleans()):
        payload = payload[: data.draw(st.integers(0, len(payload) - 1))]
    else:
        bit = data.draw(st.integers(0, 8 * len(payload) - 1))
        payload[bit // 8] ^= 0x80 >> bit % 8
    try:
        decoded = codec.decode(bytes(payload), point)
    except PayloadError:
        return
    assert decoded.length == 320 * (8 * len(payload) // (10 * point.settings["codebooks"]))
    assert np.isfinite(decoded.samples).all()


def test_stages_run_apart_and_together_make_the_codec(codec: Encodec) -> None:
    stages = codec.stages(noise(3200), POINTS[-1])
    assert list(stages) == ["encoder", "quantizer", "decoder"]
    shapes = {name: tuple(stage().shape) for name, stage in stages.items()}
    assert shapes == {"encoder": (1, 128, 10), "quantizer": (1, 12, 10), "decoder": (1, 1, 3200)}
    assert codec.parameters() == 2_896_370


def test_a_silent_signal_is_coded(codec: Encodec) -> None:
    silence = Audio(np.zeros((1, 1600), np.float32), 16000)
    assert codec.decode(codec.encode(silence, POINTS[0]), POINTS[0]).length == 1600


def test_random_weights_follow_the_seed() -> None:
    codecs = [Encodec(replace(REFERENCE), CodecOptions("reference", seed=seed)) for seed in (1, 2)]
    payloads = [codec.encode(noise(1600), POINTS[-1]) for codec in codecs]
    assert payloads[0] != payloads[1]
