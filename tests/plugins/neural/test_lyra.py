"""Lyra v2 with the release's models: scores and codes as measured from its own files (../shared/facts/codecs.md)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import soundfile
from codecbench_neural.cards import LYRA
from codecbench_neural.lyra import Lyra
from pesq import pesq
from pystoi import stoi

from codecbench.api import Audio, CodecOptions, PayloadError, Unavailable

WANTED = {
    ("sample1", "3.2"): (2.452, 0.9145, "63740a08be7d"),
    ("sample1", "6"): (3.355, 0.9403, "61eb06cb365a"),
    ("sample1", "9.2"): (3.457, 0.9456, "346faf7ac925"),
    ("sample2", "3.2"): (2.521, 0.9028, "d58fafef86f6"),
    ("sample2", "6"): (2.895, 0.9270, "c196b8f2be71"),
    ("sample2", "9.2"): (3.216, 0.9389, "f9c314e0aad8"),
}
"""PESQ-WB, STOI, and the sha256 of the codes [frames, codebooks] of the whole frames as 8-bit integers."""


@pytest.fixture(scope="module")
def lyra(shared: Path) -> Lyra:
    return Lyra(LYRA, CodecOptions("v2", shared / "weights" / "lyra_v2" / "soundstream_encoder.tflite"))


@pytest.mark.parametrize(("name", "label"), WANTED)
def test_scores_and_codes_reproduce(lyra: Lyra, shared: Path, name: str, label: str) -> None:
    samples, rate = soundfile.read(shared / "weights" / "lyra_v2" / f"{name}_16kHz.wav", dtype="float32")
    samples = samples[: len(samples) // 320 * 320]
    point = LYRA.point(label)
    payload = lyra.encode(Audio.mono(samples, rate), point)
    assert 8 * len(payload) / (len(samples) / rate) == pytest.approx(1000 * float(label), rel=1e-3)
    decoded = lyra.decode(payload, point).samples[0]
    codes = np.stack(list(lyra.codes(payload, point))).T.astype(np.int8)
    scores = pesq(rate, samples, decoded, "wb"), stoi(samples, decoded, rate)
    wanted = WANTED[name, label]
    assert scores == (pytest.approx(wanted[0], abs=6e-4), pytest.approx(wanted[1], abs=6e-5))
    assert hashlib.sha256(np.ascontiguousarray(codes).tobytes()).hexdigest().startswith(wanted[2])


def test_an_utterance_leaves_nothing_to_the_next(lyra: Lyra) -> None:
    audio = Audio.mono(np.random.default_rng(0).normal(0, 0.1, 4000), 16000)
    first, again = (lyra.encode(audio, LYRA.points[0]) for _ in range(2))
    assert first == again
    decoded = [lyra.decode(first, LYRA.points[0]).samples for _ in range(2)]
    assert np.array_equal(*decoded)


def test_a_payload_without_a_frame_is_refused(lyra: Lyra) -> None:
    with pytest.raises(PayloadError, match=r"lyra:v2 at 3\.2 kbps: the payload holds no frame"):
        lyra.decode(b"", LYRA.points[0])


def test_random_weights_are_refused_in_one_line() -> None:
    with pytest.raises(Unavailable, match="cannot be drawn at random; `codecbench weights pull lyra:v2`"):
        Lyra(LYRA, CodecOptions("v2"))
