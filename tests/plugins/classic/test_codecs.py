"""What all classical codecs promise: exact rates, bytes alone, any length, no surprise from a bad payload."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from built_codecs import built as fresh
from codecbench_classic.table import ROWS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codecbench.api import Audio, PayloadError
from codecbench.cost.signals import speech_like
from codecbench.plugins import registry

SPECS = tuple(row.card.spec for row in ROWS if row.checkpoint != "all")
"""`all` has the default's points and the others of the same kind."""
CASES = [
    pytest.param(spec, point, id=f"{spec.removesuffix(':default')}-{point.label}")
    for spec in SPECS
    for point in registry().codec(spec).card.points
]
CONSTANT = [
    case for case in CASES if case.values[1].nominal_kbps is not None and case.values[0] not in ("aac:default",)
]
"""AAC's nominal bitrate is an average."""


def card_of(name):
    return registry().codec(name).card


def speech(name, seconds):
    rate = card_of(name).sample_rate
    return speech_like(round(seconds * rate), rate, 7)


def test_registered_without_loading_any_codec_library():
    code = "import sys, codecbench_classic; sys.exit(str({'torch', 'av', 'pycodec2', 'scipy'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stderr.strip() == "set()"


@pytest.mark.parametrize(("name", "point"), CONSTANT)
def test_rate_is_nominal(name, point):
    """Of the samples and what follows them until they have left the codec: a frame and its look-ahead at most."""
    card, audio = card_of(name), speech(name, 6.5)
    bits = 8 * len(fresh(name).encode(audio, point))
    per_sample = 1000 * point.nominal_kbps / card.sample_rate
    extra = card.frame_at(point) + card.lookahead_at(point)
    assert 0 <= bits - per_sample * audio.length <= per_sample * extra + 7


@pytest.mark.parametrize(("name", "point"), CONSTANT)
def test_steady_state_rate_is_exactly_nominal(name, point):
    """Two lengths that differ by whole frames differ by exactly that many frames' bits (whole bytes: 40 frames)."""
    rate, codec = card_of(name).sample_rate, fresh(name)
    step = 40 * card_of(name).frame_at(point)
    short, long = (speech_like(length, rate, 7) for length in (rate, rate + step))
    extra = 8 * (len(codec.encode(long, point)) - len(codec.encode(short, point)))
    assert extra == pytest.approx(1000 * point.nominal_kbps * step / rate, abs=1e-6)


@pytest.mark.parametrize(("name", "point"), CASES)
def test_decoding_is_the_same_on_other_instances_and_again(name, point):
    audio = speech(name, 0.7)
    codec = fresh(name)
    payload = codec.encode(audio, point)
    first = fresh(name).decode(payload, point)
    assert fresh(name).encode(audio, point) == payload == codec.encode(audio, point)
    for again in (fresh(name), codec, codec):
        np.testing.assert_array_equal(again.decode(payload, point).samples, first.samples)


@pytest.mark.parametrize("name", SPECS)
def test_decoding_is_the_same_in_another_process(name):
    audio, point = speech(name, 0.4), card_of(name).points[0]
    payload = fresh(name).encode(audio, point)
    here = fresh(name).decode(payload, point).samples.tobytes()
    code = (
        "import sys, hashlib; from codecbench.plugins import registry; from codecbench.api import CodecOptions;"
        f"entry = registry().codec('{name}'); codec = entry.factory(CodecOptions.of(entry.card));"
        f"decoded = codec.decode(bytes.fromhex('{payload.hex()}'), entry.card.points[0]);"
        "sys.stdout.write(decoded.samples.tobytes().hex())"
    )
    there = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert bytes.fromhex(there) == here


@pytest.mark.parametrize(("name", "point"), CASES)
@pytest.mark.parametrize("length", [1, 2, 3, 319, 320, 321, 961])
def test_any_length_comes_back_with_at_most_a_little_padding(name, point, length):
    card = card_of(name)
    audio = speech_like(length, card.sample_rate, 1)
    decoded = fresh(name).decode(fresh(name).encode(audio, point), point)
    assert (decoded.sample_rate, decoded.channels) == (card.sample_rate, 1)
    assert length <= decoded.length <= length + card.frame_at(point) + card.lookahead_at(point)
    assert np.isfinite(decoded.samples).all()


@pytest.mark.parametrize("name", SPECS)
def test_a_minute(name):
    card = card_of(name)
    audio = Audio.mono(np.tile(speech(name, 3).samples[0], 20), card.sample_rate)
    point = card.points[-1]
    assert fresh(name).decode(fresh(name).encode(audio, point), point).length >= audio.length


@pytest.mark.parametrize(("name", "point"), CASES)
def test_silence_and_clipping(name, point):
    rate = card_of(name).sample_rate
    silence = fresh(name).decode(fresh(name).encode(Audio.mono(np.zeros(rate), rate), point), point)
    assert np.abs(silence.samples).max() < 0.01
    square = np.where(np.arange(rate) // 40 % 2, 2.0, -2.0)
    clipped = fresh(name).decode(fresh(name).encode(Audio.mono(square, rate), point), point)
    assert np.isfinite(clipped.samples).all()


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize(
    ("samples", "rate", "message"),
    [
        (np.zeros((1, 100)), 11025, "11025 Hz"),
        (np.zeros((2, 100)), None, "2 channels"),
        (np.zeros((1, 0)), None, "no sample"),
        (np.array([[0.0, np.nan]]), None, "NaN"),
    ],
)
def test_input_that_does_not_fit_is_refused(name, samples, rate, message):
    card = card_of(name)
    with pytest.raises(ValueError, match=message):
        fresh(name).encode(Audio(samples, rate or card.sample_rate), card.points[0])


@pytest.mark.parametrize(("name", "point"), CASES)
def test_empty_and_truncated_payloads(name, point):
    codec = fresh(name)
    payload = codec.encode(speech(name, 0.5), point)
    with pytest.raises(PayloadError):
        codec.decode(b"", point)
    for cut in range(1, 9):
        try:
            decoded = codec.decode(payload[:-cut], point)
        except PayloadError:
            continue
        assert decoded.length <= codec.decode(payload, point).length


@pytest.mark.parametrize("name", SPECS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_garbage_is_refused_or_decoded_to_the_length_it_states(name, data):
    card = card_of(name)
    point = data.draw(st.sampled_from(card.points))
    payload = data.draw(st.binary(max_size=400))
    try:
        decoded = fresh(name).decode(payload, point)
    except PayloadError:
        return
    assert decoded.samples.dtype == np.float32
    assert np.isfinite(decoded.samples).all()
    if point.nominal_kbps is not None and name != "aac:default":
        samples = 8 * len(payload) / 1000 / point.nominal_kbps * card.sample_rate
        assert samples - card.frame - card.lookahead <= decoded.length <= samples + 7
