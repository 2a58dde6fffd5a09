from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from codecbench.api import Audio, CodecOptions
from codecbench.errors import PayloadError
from codecbench.plugins import registry


def coded(samples: np.ndarray, label: str) -> np.ndarray:
    """Through two instances."""
    entry = registry().codec("pcm")
    point = entry.card.point(label)
    payload = entry.factory(CodecOptions()).encode(Audio.mono(samples, 16000), point)
    return entry.factory(CodecOptions()).decode(payload, point).samples[0]


@settings(max_examples=50, deadline=None)
@given(values=arrays(np.int16, st.integers(1, 200)))
def test_at_16_bit_is_the_identity_on_16_bit_material(values: np.ndarray) -> None:
    samples = values / np.float32(32768)
    np.testing.assert_array_equal(coded(samples, "256"), samples)


@pytest.mark.parametrize("bits", [6, 8, 12, 16])
def test_rounds_to_nearest_and_clips(bits: int) -> None:
    step = 2.0 ** (1 - bits)
    samples = np.array([0.0, 0.4 * step, 0.6 * step, -0.6 * step, 1.5, -1.5, 1.0])
    decoded = coded(samples, f"{16 * bits}")[: len(samples)]
    np.testing.assert_array_equal(decoded / step, [0, 0, 1, -1, 1 / step - 1, -1 / step, 1 / step - 1])


@pytest.mark.parametrize("bits", [6, 8, 12, 16])
def test_noise_is_that_of_a_uniform_quantizer(bits: int) -> None:
    samples = np.random.default_rng(0).uniform(-0.9, 0.9, 16000).astype(np.float32)
    error = coded(samples, f"{16 * bits}")[:16000] - samples
    assert np.mean(error**2) == pytest.approx(2.0 ** (2 - 2 * bits) / 12, rel=0.05)


@pytest.mark.parametrize(("payload", "message"), [
    (b"", "holds no sample"), (b"\x00", "is not a whole number of 12-bit samples"),
    (b"\x00\x00\x00\x01", "is not a whole number of 12-bit samples"),
])  # fmt: skip
def test_what_is_no_payload_is_refused(payload: bytes, message: str) -> None:
    entry = registry().codec("pcm")
    with pytest.raises(PayloadError, match=message):
        entry.factory(CodecOptions()).decode(payload, entry.card.point("192"))
