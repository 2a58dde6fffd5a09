"""Codes that are not one rectangle survive their bytes, and cost what their codebooks say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.bitstream import pack
from codecbench.codebooks import Codebook, CodeRows, fixed_bits, pack_rows, unpack_rows
from codecbench.errors import PayloadError

BOOK = st.one_of(
    st.builds(Codebook, st.integers(1, 70_000), per_frame=st.integers(1, 5)),
    st.builds(Codebook, st.integers(1, 70_000), per_utterance=st.integers(1, 40)),
)
SNAC = (Codebook(4096), Codebook(4096, per_frame=2), Codebook(4096, per_frame=4))


def made_rows(books: list[Codebook], frames: int, seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    return tuple(rng.integers(0, book.size, book.codes(frames)) for book in books)


@given(st.lists(BOOK, min_size=1, max_size=6), st.integers(0, 30), st.integers(0, 2**32 - 1))
def test_rows_survive_their_bytes(books: list[Codebook], frames: int, seed: int) -> None:
    rows = made_rows(books, frames, seed)
    payload = pack_rows(rows, books)
    assert len(payload) == -(-fixed_bits(rows, books) // 8)
    for row, again, book in zip(rows, unpack_rows(payload, books), books, strict=True):
        # Below 8 bits a frame, zero padding can look like further frames: they are zeros, and come last.
        assert np.array_equal(again[: len(row)], row[: len(again)])
        assert not again[len(row) :].any()
        assert book.per_frame or len(again) == len(row)


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=8), st.integers(0, 40), st.integers(0, 2**32 - 1))
def test_plain_codebooks_are_packed_as_a_rectangle(sizes: list[int], frames: int, seed: int) -> None:
    books = [Codebook(size) for size in sizes]
    rows = made_rows(books, frames, seed)
    assert pack_rows(rows, books) == pack(np.stack(rows), sizes)


def test_a_frame_of_several_rates_by_hand() -> None:
    """One code of 4 bits, two of 2 bits a frame; before them three codes of 4 bits, once."""
    books = (Codebook(16), Codebook(4, per_frame=2), Codebook(16, per_utterance=3))
    rows: CodeRows = [np.array([1, 2]), np.array([3, 0, 1, 2]), np.array([10, 11, 12])]
    assert pack_rows(rows, books).hex() == "abc" + "1c" + "26" + "0"
    assert fixed_bits(rows, books) == 28
    again = unpack_rows(bytes.fromhex("abc1c260"), books)
    assert [row.tolist() for row in again] == [[1, 2], [3, 0, 1, 2], [10, 11, 12]]


def test_snac_costs_what_its_paper_says() -> None:
    """24 kHz, a frame of 2,048 samples with 7 codes of 12 bits: 0.98 kbps."""
    frames = 24000 * 10 // 2048
    bits = fixed_bits(made_rows(list(SNAC), frames, 0), SNAC)
    assert bits / (frames * 2048 / 24000) == pytest.approx(984.4, abs=0.1)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([[0], [0, 0]], "2 rows for 3 codebooks"),
        ([[0], [0, 0], [0, 0, 0]], "codebook 2 has 3 codes, no multiple of its 4 a frame"),
        ([[0, 0], [0, 0], [0, 0, 0, 0]], "codebook 0 has 2, codebook 1 has 1"),
        ([[0], [0, 4096], [0, 0, 0, 0]], r"codebook 1 has codes outside \[0, 4096\)"),
        ([[0], [0, -1], [0, 0, 0, 0]], "codebook 1 has codes outside"),
        ([[0.5], [0, 0], [0, 0, 0, 0]], "codebook 0 must be integers"),
        ([[[0]], [0, 0], [0, 0, 0, 0]], r"codebook 0 must be integers \[codes\], got int64 \(1, 1\)"),
    ],
)
def test_rows_that_do_not_fit_are_refused(rows: list[list[float]], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        pack_rows([np.array(row) for row in rows], SNAC)


def test_tokens_of_an_utterance_are_as_many_as_stated() -> None:
    with pytest.raises(ValueError, match="codebook 0 has 31 codes; 32 are sent an utterance"):
        pack_rows([np.zeros(31, np.int64)], [Codebook(4096, per_utterance=32)])


@pytest.mark.parametrize(
    ("payload", "told"),
    [(b"\0" * 40, "shorter than the 384 bits"), (b"\0" * 49 + b"\1", "not a whole number of 12-bit frames")],
)
def test_a_payload_that_no_encoder_made_is_refused(payload: bytes, told: str) -> None:
    with pytest.raises(PayloadError, match=told):
        unpack_rows(payload, [Codebook(4096, per_utterance=32), Codebook(4096)])


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 0},
        {"size": True},
        {"size": 4.0},
        {"size": 4, "per_frame": 0},
        {"size": 4, "per_frame": 1, "per_utterance": 1},
    ],
)
def test_a_codebook_without_sense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="a codebook"):
        Codebook(**wrong)
