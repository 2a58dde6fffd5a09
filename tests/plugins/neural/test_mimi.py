"""Mimi's quantizer with rows of the real one; codes and audio of the model itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from small_codecs import make_small
from transformers import MimiConfig, MimiModel

from codecbench.api import Audio, CodecOptions

BOOKS, ROWS, WIDTH, PROJECTED = 8, 48, 256, 512


def test_the_real_quantizer_decodes_as_recorded(shared: Path) -> None:
    """Rows as the decoder sees them (projected, 512 wide) are taken apart into codebooks and one projection, which the
    real model has, by their singular values; then the model decodes them."""
    folder = shared / "weights" / "rvq_slices" / "mimi"
    tables = np.fromfile(folder / "codebook_tables_sliced.f32", "<f4").reshape(BOOKS, ROWS, PROJECTED)
    codes = np.fromfile(folder / "codes.u32", "<u4").astype(np.int64).reshape(-1, BOOKS)
    wanted = np.fromfile(folder / "decoded_features.f32", "<f4").reshape(-1, PROJECTED)
    quantizer = MimiModel(MimiConfig()).quantizer
    for part, books in ((quantizer.semantic_residual_vector_quantizer, tables[:1]),
                        (quantizer.acoustic_residual_vector_quantizer, tables[1:])):  # fmt: skip
        left, singular, right = np.linalg.svd(books.reshape(-1, PROJECTED).astype(np.float64), full_matrices=False)
        entries = (left * singular)[:, :WIDTH].reshape(len(books), ROWS, -1)
        projection = np.zeros((PROJECTED, WIDTH))
        projection[:, : min(WIDTH, len(right))] = right[:WIDTH].T
        part.output_proj.weight.data = torch.tensor(projection, dtype=torch.float32)[..., None]
        for layer, rows in zip(part.layers, entries, strict=False):
            layer.codebook.embed_sum[:ROWS] = 0
            layer.codebook.embed_sum[:ROWS, : rows.shape[1]] = torch.tensor(rows, dtype=torch.float32)
            layer.codebook.cluster_usage[:ROWS] = 1
    decoded = quantizer.decode(torch.from_numpy(codes.T[None]))[0].T.detach().numpy()
    assert np.abs(decoded - wanted).max() < 5e-5


def test_codes_and_audio_are_the_models_own(monkeypatch: pytest.MonkeyPatch) -> None:
    codec = make_small(monkeypatch, "mimi")(CodecOptions())
    samples = np.random.default_rng(0).normal(0, 0.1, 4 * 1920)
    for point in codec.card.points:
        payload = codec.encode(Audio.mono(samples, 24000), point)
        signal = torch.tensor(samples, dtype=torch.float32)[None, None]
        with torch.no_grad():
            codes = codec.model.encode(signal, num_quantizers=point.settings["codebooks"]).audio_codes
            audio = codec.model.decode(codes).audio_values
        assert np.array_equal(codec.codes(payload, point), codes[0].numpy())
        assert np.allclose(codec.decode(payload, point).samples, audio[0].numpy(), atol=1e-6)
