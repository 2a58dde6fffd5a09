"""What all three classical codecs promise: exact rates, bytes alone, any length, no surprise from a bad payload."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codecbench.api import Audio, CodecOptions, PayloadError
from codecbench.cost.signals import speech_like
from codecbench.plugins import registry

NEEDS = {"pcm": "numpy", "opus": "av", "codec2": "pycodec2"}
CASES = [
    pytest.param(name, point, id=f"{name}-{point.label}")
    for name in NEEDS
    for point in registry().codec(name).card.points
]


def entry(name):
    pytest.importorskip(NEEDS[name])
    return registry().codec(name)


def fresh(name):
    return entry(name).factory(CodecOptions())


def speech(name, seconds):
    rate = entry(name).card.sample_rate
    return speech_like(round(seconds * rate), rate, 7)


def test_registered_without_loading_any_codec_library():
    code = "import sys, codecbench_classic; sys.exit(str({'torch', 'av', 'pycodec2', 'scipy'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stderr.strip() == "set()"


@pytest.mark.parametrize(("name", "point"), CASES)
def test_rate_is_nominal(name, point):
    """Within 1 % from 3 s on; PCM exactly, but for the last byte's padding."""
    audio = speech(name, 6.5)
    bits = 8 * len(fresh(name).encode(audio, point))
    nominal = 1000 * point.nominal_kbps * audio.seconds
    if name == "pcm":
        assert 0 <= bits - nominal <= 7
    else:
        assert bits == pytest.approx(nominal, rel=0.01)
    assert bits - nominal >= 0  # never a rate that the decoder could not live on


@pytest.mark.parametrize(("name", "point"), CASES)
def test_steady_state_rate_is_exactly_nominal(name, point):
    """Two lengths that differ by whole frames differ by exactly that many frames' bits (whole bytes: 40 frames)."""
    rate = entry(name).card.sample_rate
    step = 40 * 960 * rate // 48000 * 2
    codec = fresh(name)
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


@pytest.mark.parametrize("name", ["opus", "codec2"])
def test_decoding_is_the_same_in_another_process(name):
    audio, point = speech(name, 0.4), entry(name).card.points[0]
    payload = fresh(name).encode(audio, point)
    here = fresh(name).decode(payload, point).samples.tobytes()
    code = (
        "import sys, hashlib; from codecbench.plugins import registry; from codecbench.api import CodecOptions;"
        f"entry = registry().codec('{name}'); codec = entry.factory(CodecOptions());"
        f"decoded = codec.decode(bytes.fromhex('{payload.hex()}'), entry.card.points[0]);"
        "sys.stdout.write(decoded.samples.tobytes().hex())"
    )
    there = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert bytes.fromhex(there) == here


@pytest.mark.parametrize(("name", "point"), CASES)
@pytest.mark.parametrize("length", [1, 2, 3, 319, 320, 321, 961])
def test_any_length_comes_back_with_at_most_a_little_padding(name, point, length):
    card = entry(name).card
    audio = speech_like(length, card.sample_rate, 1)
    decoded = fresh(name).decode(fresh(name).encode(audio, point), point)
    assert (decoded.sample_rate, decoded.channels) == (card.sample_rate, 1)
    assert length <= decoded.length <= length + card.frame_at(point) + card.lookahead_at(point)
    assert np.isfinite(decoded.samples).all()


@pytest.mark.parametrize("name", NEEDS)
def test_a_minute(name):
    card = entry(name).card
    audio = Audio.mono(np.tile(speech(name, 3).samples[0], 20), card.sample_rate)
    point = card.points[-1]
    assert fresh(name).decode(fresh(name).encode(audio, point), point).length >= audio.length


@pytest.mark.parametrize(("name", "point"), CASES)
def test_silence_and_clipping(name, point):
    rate = entry(name).card.sample_rate
    silence = fresh(name).decode(fresh(name).encode(Audio.mono(np.zeros(rate), rate), point), point)
    assert np.abs(silence.samples).max() < 0.01
    square = np.where(np.arange(rate) // 40 % 2, 2.0, -2.0)
    clipped = fresh(name).decode(fresh(name).encode(Audio.mono(square, rate), point), point)
    assert np.isfinite(clipped.samples).all()


@pytest.mark.parametrize("name", NEEDS)
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
    card = entry(name).card
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


@pytest.mark.parametrize("name", NEEDS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_garbage_is_refused_or_decoded_to_the_length_it_states(name, data):
    card = entry(name).card
    point = data.draw(st.sampled_from(card.points))
    payload = data.draw(st.binary(max_size=400))
    try:
        decoded = fresh(name).decode(payload, point)
    except PayloadError:
        return
    seconds = 8 * len(payload) / 1000 / point.nominal_kbps
    assert decoded.length <= seconds * card.sample_rate + 7
    assert decoded.length >= seconds * card.sample_rate - card.frame - card.lookahead
    assert decoded.samples.dtype == np.float32


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere a file must be loaded from a folder")
def test_a_killed_process_leaves_no_copy_of_libcodec2(tmp_path):
    pytest.importorskip("pycodec2")
    code = """
import os, signal, numpy
from codecbench.api import Audio, CodecOptions
from codecbench.plugins import registry
entry = registry().codec("codec2")
codec = entry.factory(CodecOptions())
codec.encode(Audio.mono(numpy.zeros(8000), 8000), entry.card.point("3.2"))
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not list(tmp_path.iterdir())
