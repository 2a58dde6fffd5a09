"""EnCodec 48 kHz: stereo, segments, and the scale of each as side information in the payload."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import torch
from codecbench_encodec import FACEBOOK_48KHZ, build
from codecbench_encodec.codec import SegmentedEncodec, overlap_add
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.api import Audio, CodecOptions
from codecbench.entropy import side_bytes
from codecbench.errors import PayloadError

POINT = FACEBOOK_48KHZ.points[0]
FULL = 4 + 150 * 2 * 10 // 8


@pytest.fixture(scope="module")
def codec() -> SegmentedEncodec:
    built = build(CodecOptions("facebook-48khz"))
    assert isinstance(built, SegmentedEncodec)
    return built


def stereo(samples: int, level: float = 0.1) -> Audio:
    signal = level * np.random.default_rng(0).standard_normal((2, samples))
    return Audio(signal.astype(np.float32), 48000)


@pytest.mark.parametrize(
    ("samples", "size"),
    [
        (1, 4 + 3),
        (320, 4 + 3),
        (321, 4 + 5),
        (47520, 4 + -(-149 * 20 // 8)),
        (48000, FULL + 4 + 5),
        (95040, FULL + 4 + -(-149 * 20 // 8)),
        (95041, FULL + FULL + 4 + 3),  # the second segment ends with the signal, yet is not the last
        (95200, FULL + FULL + 4 + 3),
    ],
)
def test_payload_is_a_scale_and_the_codes_of_each_segment(codec: SegmentedEncodec, samples: int, size: int) -> None:
    payload = codec.encode(stereo(samples), POINT)
    assert len(payload) == size
    decoded = codec.decode(payload, POINT)
    assert decoded.channels == 2
    assert samples <= decoded.length < samples + 480
    assert np.isfinite(decoded.samples).all()


@pytest.mark.parametrize("point", FACEBOOK_48KHZ.points, ids=lambda point: point.label)
@pytest.mark.parametrize(("samples", "segments"), [(321, 1), (47520, 1), (95040, 2), (95041, 3), (96000, 3)])
def test_the_scales_are_the_side_information(codec: SegmentedEncodec, samples: int, segments: int, point) -> None:
    payload = codec.encode(stereo(samples), point)
    assert side_bytes(payload, codec.codes(payload, point), codec.codebook_sizes(point)) == 4 * segments


@pytest.mark.parametrize("point", FACEBOOK_48KHZ.points, ids=lambda point: point.label)
def test_every_point_has_its_codebooks(codec: SegmentedEncodec, point) -> None:
    payload = codec.encode(stereo(3200), point)
    assert codec.codes(payload, point).shape == (point.settings["codebooks"], 10)
    assert len(payload) == 4 + -(-10 * 10 * point.settings["codebooks"] // 8)


def test_the_scale_is_the_level_of_the_mean_of_both_channels(codec: SegmentedEncodec) -> None:
    audio = stereo(9600)
    written = struct.unpack(">f", codec.encode(audio, POINT)[:4])[0]
    assert written == pytest.approx(np.sqrt(np.mean(audio.samples.mean(0) ** 2)), rel=1e-5)


def test_level_travels_in_the_payload_to_another_instance(codec: SegmentedEncodec) -> None:
    other = build(CodecOptions("facebook-48khz"))
    quiet, loud = (codec.encode(stereo(9600, level), POINT) for level in (0.01, 0.16))
    assert quiet[4:] == loud[4:]  # the same codes: the level is in the scale alone
    ratio = other.decode(loud, POINT).samples / other.decode(quiet, POINT).samples
    assert ratio == pytest.approx(16.0, rel=1e-3)


def test_other_scale_bytes_give_another_level(codec: SegmentedEncodec) -> None:
    payload = codec.encode(stereo(9600), POINT)
    scale = struct.unpack(">f", payload[:4])[0]
    doubled = struct.pack(">f", 2 * scale) + payload[4:]
    assert np.allclose(codec.decode(doubled, POINT).samples, 2 * codec.decode(payload, POINT).samples, rtol=1e-5)


@pytest.mark.parametrize("scale", [float("nan"), float("inf"), 0.0, -1.0, 1e9])
def test_an_impossible_scale_is_refused(codec: SegmentedEncodec, scale: float) -> None:
    payload = codec.encode(stereo(3200), POINT)
    with pytest.raises(PayloadError, match="cannot be a segment's scale"):
        codec.decode(struct.pack(">f", scale) + payload[4:], POINT)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_damaged_payload_is_refused_or_decodes(codec: SegmentedEncodec, data: st.DataObject) -> None:
    payload = bytearray(codec.encode(stereo(3200), POINT))
    if data.draw(st.booleans()):
        payload = payload[: data.draw(st.integers(0, len(payload) - 1))]
    else:
        bit = data.draw(st.integers(0, 8 * len(payload) - 1))
        payload[bit // 8] ^= 0x80 >> bit % 8
    try:
        decoded = codec.decode(bytes(payload), POINT)
    except PayloadError:
        return
    assert decoded.length == 320 * (8 * (len(payload) - 4) // 20)
    assert np.isfinite(decoded.samples).all()


def test_segments_that_agree_are_joined_without_a_trace() -> None:
    signal = torch.randn(2, 1000)
    segments = [signal[:, start : start + 100] for start in range(0, 1000, 90)]
    assert torch.allclose(overlap_add(segments, 90), signal, atol=1e-6)


def test_segments_that_differ_are_cross_faded_in_a_straight_line() -> None:
    joined = overlap_add([torch.zeros(1, 100), torch.ones(1, 100)], 90)[0]
    assert joined.shape == (190,)
    assert torch.equal(joined[:90], torch.zeros(90))
    assert torch.allclose(joined[90:100], torch.arange(1, 11) / 11, atol=1e-6)
    assert torch.allclose(joined[100:], torch.ones(90))


def test_stages_cover_all_segments(codec: SegmentedEncodec) -> None:
    stages = codec.stages(stereo(50000), POINT)
    assert [tuple(part.shape) for part in stages["encoder"]()] == [(1, 128, 150), (1, 128, 8)]
