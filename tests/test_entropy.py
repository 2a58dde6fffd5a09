"""The entropy coder's sizes are those of data that decodes again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.bitstream import pack
from codecbench.entropy import (
    EntropyModel,
    coded_bytes,
    compress,
    decompress,
    load_model,
    model_path,
    read_model,
    save_model,
    side_bytes,
)
from codecbench.plugins import load_registry
from codecbench.weights import resolve, sha256_of


def zipf_model(sizes: tuple[int, ...], total: int = 100_000) -> EntropyModel:
    counts = [1 / np.arange(1, size + 1) for size in sizes]
    return EntropyModel(tuple((total * c / c.sum()).astype(np.int64) for c in counts), "", 0.0)


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 300), min_size=1, max_size=5), st.integers(0, 120))
def test_codes_survive(seed: int, sizes: list[int], frames: int) -> None:
    rng = np.random.default_rng(seed)
    model = zipf_model((*sizes, 7))  # a codec's model covers codebooks that this point does not use
    codes = np.stack([rng.integers(0, size, frames) for size in sizes])
    data = compress(codes, sizes, model)
    assert np.array_equal(decompress(data, frames, sizes, model), codes)
    assert coded_bytes(codes, sizes, model) == len(data)


def test_a_skewed_source_costs_its_entropy_and_beats_fixed_length() -> None:
    model = zipf_model((1024, 1024))
    rng = np.random.default_rng(0)
    p = [model.probabilities(book) for book in (0, 1)]
    codes = np.stack([rng.choice(1024, 4000, p=row) for row in p])
    bound = -sum(np.log2(row[codes[book]]).sum() for book, row in enumerate(p)) / 8
    size = coded_bytes(codes, (1024, 1024), model)
    assert bound <= size + 1
    assert size <= bound * 1.002 + 8
    assert size < len(pack(codes, (1024, 1024)))


def test_a_code_that_training_never_saw_can_be_coded() -> None:
    model = EntropyModel((np.array([1000, 0, 0]),), "", 0.0)
    codes = np.array([[1, 2, 0]])
    assert np.array_equal(decompress(compress(codes, [3], model), 3, [3], model), codes)


def test_a_model_of_other_codebooks_is_refused() -> None:
    with pytest.raises(ValueError, match="sizes \\[4, 4\\], not \\[4, 8\\]"):
        coded_bytes(np.zeros((2, 3), int), [4, 8], zipf_model((4, 4)))
    with pytest.raises(ValueError, match=r"codebook 0 has codes outside \[0, 4\)"):
        coded_bytes(np.full((1, 3), 4), [4], zipf_model((4,)))


def test_a_model_is_read_as_written(tmp_path: Path) -> None:
    model = EntropyModel((np.array([3, 0, 5]), np.array([1, 2])), "abc", 12.5)
    save_model(model, tmp_path / "m.safetensors")
    again = read_model(tmp_path / "m.safetensors")
    assert [list(counts) for counts in again.counts] == [[3, 0, 5], [1, 2]]
    assert (again.weights_sha256, again.seconds) == ("abc", 12.5)


@pytest.mark.parametrize("spec", ["encodec", "dac"])
def test_a_bundled_model_is_of_the_bundled_weights(spec: str) -> None:
    card = load_registry().codec(spec).card
    path = model_path(card)
    assert path is not None
    model = load_model(card, resolve(card))
    if model is None:
        pytest.skip(f"{card.spec} has no entropy model yet")
    assert model.weights_sha256 == sha256_of(path.with_name(f"{card.name}-{card.checkpoint}.safetensors"))
    assert [len(counts) for counts in model.counts] == [1024] * card.points[-1].settings["codebooks"]


def test_codecs_without_weights_have_no_model() -> None:
    card = load_registry().codec("pcm").card
    assert model_path(card) is None
    assert load_model(card, None) is None


def test_other_weights_have_no_model(tmp_path: Path) -> None:
    card = load_registry().codec("encodec").card
    bundled = resolve(card)
    assert bundled is not None
    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(bundled.read_bytes())
    assert load_model(card, mine) is not None  # the same weights under another name
    mine.write_bytes(bundled.read_bytes() + b" ")
    assert load_model(card, mine) is None


def test_what_is_beside_the_codes_is_side_information_and_padding_is_not() -> None:
    codes, sizes = np.zeros((3, 7), int), (3, 3, 5)  # 6 bits a frame, 42 in all
    payload = pack(codes, sizes)
    assert len(payload) == 6
    assert side_bytes(payload, codes, sizes) == 0
    assert side_bytes(b"level" + payload, codes, sizes) == 5
    assert side_bytes(payload[:5], codes, sizes) is None
