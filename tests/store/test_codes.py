from __future__ import annotations

import json

import numpy as np
import pytest

from codecbench.api import Codebook
from codecbench.store.codes import codebooks_from, codebooks_json, pack_codes, unpack_codes

PLAIN = (Codebook(1024), Codebook(3))
SEVERAL = (Codebook(4096), Codebook(4096, per_frame=2), Codebook(65536, per_utterance=32))


@pytest.mark.parametrize("lengths", [[7, 7], [5], [1, 2, 4], [0, 0], [3, 0, 32]])
def test_rows_come_back_as_they_went(lengths: list[int]) -> None:
    rows = [np.random.default_rng(length).integers(0, 65536, length) for length in lengths]
    again = unpack_codes(pack_codes(rows))
    assert [row.tolist() for row in again] == [row.tolist() for row in rows]


def test_rows_of_one_length_are_kept_as_they_were_before_there_were_others() -> None:
    """A run of an older codecbench is read by this one, and the other way round."""
    blob = pack_codes(np.arange(6).reshape(2, 3))
    assert np.frombuffer(blob[:8], dtype="<u4").tolist() == [2, 3]
    assert json.loads(codebooks_json(PLAIN)) == [1024, 3]


@pytest.mark.parametrize("books", [PLAIN, SEVERAL])
def test_codebooks_come_back_as_they_went(books: tuple[Codebook, ...]) -> None:
    assert codebooks_from(codebooks_json(books)) == books
