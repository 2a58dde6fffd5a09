from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.bitstream import bits_per_frame, pack, unpack
from codecbench.errors import PayloadError

SIZES = st.lists(st.integers(1, 5000), min_size=1, max_size=12)


@st.composite
def frames(draw: st.DrawFn, sizes: list[int]) -> np.ndarray:
    count = draw(st.integers(0, 40))
    columns = [draw(st.tuples(*(st.integers(0, size - 1) for size in sizes))) for _ in range(count)]
    return np.array(columns, dtype=np.int64).reshape(count, len(sizes)).T


@given(SIZES.flatmap(lambda sizes: st.tuples(st.just(sizes), frames(sizes))))
def test_round_trip_and_size(case: tuple[list[int], np.ndarray]) -> None:
    sizes, codes = case
    payload = pack(codes, sizes)
    width = bits_per_frame(sizes)
    assert len(payload) == -(-codes.shape[1] * width // 8)
    back = unpack(payload, sizes)
    # Below 8 bits a frame, zero padding can look like further frames: they are zeros, and come last.
    assert (back[:, : codes.shape[1]] == codes[:, : back.shape[1]]).all()
    if width >= 8:
        assert back.shape == codes.shape
    assert not back[:, codes.shape[1] :].any()


@pytest.mark.parametrize(
    ("sizes", "bits"), [([1024] * 12, 120), ([3] * 5, 8), ([2048] * 12, 132), ([1000], 10), ([5, 7], 6)]
)
def test_bits_per_frame(sizes: list[int], bits: int) -> None:
    assert bits_per_frame(sizes) == bits


def test_known_bytes() -> None:
    # 10 bits each, most significant first: 0000000001 1111111111 -> 00 7F F0
    assert pack(np.array([[1], [1023]]), [1024, 1024]) == bytes([0x00, 0x7F, 0xF0])


def test_mixed_radix_beats_whole_bits() -> None:
    codes = np.zeros((5, 100), dtype=np.int64)
    assert len(pack(codes, [3] * 5)) == 100  # 8 bits a frame instead of 5 × 2


@pytest.mark.parametrize("codes", [[[1024]], [[-1]]])
def test_codes_outside_the_codebook(codes: list[list[int]]) -> None:
    with pytest.raises(ValueError, match=r"codebook 0 has codes outside \[0, 1024\)"):
        pack(np.array(codes), [1024])


def test_wrong_shape() -> None:
    with pytest.raises(ValueError, match=r"codes must be \[2, frames\]"):
        pack(np.zeros((3, 4), dtype=np.int64), [4, 4])


@given(st.binary(max_size=64), SIZES)
def test_any_bytes_are_codes_or_an_error(payload: bytes, sizes: list[int]) -> None:
    try:
        codes = unpack(payload, sizes)
    except PayloadError:
        return
    assert codes.shape[0] == len(sizes)
    assert (codes >= 0).all()
    assert (codes < np.array(sizes)[:, None]).all()


def test_padding_must_be_zero() -> None:
    with pytest.raises(PayloadError, match="not a whole number of 10-bit frames"):
        unpack(bytes([0x00, 0x01]), [1024])


def test_a_cut_payload_is_noticed() -> None:
    payload = pack(np.full((2, 4), 1023), [1024, 1024])
    with pytest.raises(PayloadError):
        unpack(payload[:-1], [1024, 1024])
