from __future__ import annotations

import numpy as np
import pytest
from codecbench_predictive.checkpoint import drawn
from codecbench_predictive.coding import compress, decompress
from codecbench_predictive.config import PredictorConfiguration
from codecbench_predictive.predictor import Predictor
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.errors import PayloadError

SIZE = PredictorConfiguration(dimension=6, codebooks=3, size=32, state=8, inner=8, features=4)
VECTORS = np.random.default_rng(9).standard_normal((3, 32, 6))
IDENTITY = b"weights"


def predictor(seed: int = 0) -> Predictor:
    return Predictor(SIZE, drawn(SIZE, seed), VECTORS)


def codes(books: int, frames: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(32, size=(books, frames))


@given(books=st.integers(1, 3), frames=st.integers(1, 200), seed=st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_what_is_compressed_comes_back_from_another_instance(books: int, frames: int, seed: int) -> None:
    sent = codes(books, frames, seed)
    payload = compress(sent, predictor(), IDENTITY)
    assert np.array_equal(decompress(payload, books, predictor(), IDENTITY), sent)


def test_the_bytes_are_what_the_probabilities_say() -> None:
    sent, bits = codes(3, 400, 1), 0.0
    prediction = predictor().start(3)
    for frame in sent.T:
        for code in frame:
            likely = prediction.frequencies()
            bits -= np.log2(likely[code] / likely.sum())
            prediction.take(int(code))
    size = len(compress(sent, predictor(), IDENTITY))
    assert bits / 8 <= size <= bits / 8 * 1.001 + 4 + 8  # frames and check; the coder's last words


def test_a_predictor_sees_the_past_alone() -> None:
    """Codes that follow change nothing of what is likely now."""
    one, two = codes(2, 6, 2), codes(2, 6, 2)
    two[:, 3:] = (two[:, 3:] + 7) % 32
    seen: list[list[np.ndarray]] = [[], []]
    for found, table in zip(seen, (one, two), strict=True):
        prediction = predictor().start(2)
        for frame in table.T:
            for code in frame:
                found.append(prediction.frequencies())
                prediction.take(int(code))
    assert all(np.array_equal(a, b) for a, b in zip(seen[0][:7], seen[1][:7], strict=True))
    assert not np.array_equal(seen[0][7], seen[1][7])


@given(share=st.floats(0, 1), frames=st.integers(2, 60))
@settings(max_examples=25, deadline=None)
def test_a_payload_that_is_cut_is_refused(share: float, frames: int) -> None:
    payload = compress(codes(2, frames, 3), predictor(), IDENTITY)
    with pytest.raises(PayloadError) as refusal:
        decompress(payload[: int(share * (len(payload) - 3))], 2, predictor(), IDENTITY)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("other", ["predictor", "codec", "bit", "books"])
def test_a_payload_of_other_weights_or_damaged_is_refused(other: str) -> None:
    payload = bytearray(compress(codes(2, 50, 4), predictor(), IDENTITY))
    if other == "bit":
        payload[20] ^= 8
    with pytest.raises(PayloadError):
        decompress(
            bytes(payload), 3 if other == "books" else 2, predictor(1 if other == "predictor" else 0),
            b"others" if other == "codec" else IDENTITY,
        )  # fmt: skip


def test_a_number_of_frames_that_its_bytes_cannot_hold_ends_early() -> None:
    """Two million frames in 40 bytes: refused after a few, not after all."""
    with pytest.raises(PayloadError, match=r"cannot hold the 2097151 frames|are none that this predictor writes"):
        decompress(b"\xff\xff\x7f" + bytes(range(40)), 2, predictor(), IDENTITY)


@pytest.mark.parametrize("payload", [b"", b"\x00\x00\x00", b"\xff\xff\xff\xff"])
def test_no_frames_are_refused(payload: bytes) -> None:
    with pytest.raises(PayloadError):
        decompress(payload, 2, predictor(), IDENTITY)


def test_a_number_of_frames_that_is_not_sendable_is_refused() -> None:
    with pytest.raises(ValueError, match="0 frames"):
        compress(np.zeros((2, 0), np.int64), predictor(), IDENTITY)
