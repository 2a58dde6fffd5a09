"""The shared quantizers: nearest codes, residuals, and real slices of two published models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from codecbench_layers.codebooks import EmaCodebook, FactorizedCodebook, nearest_code
from codecbench_layers.residual import FactorizedResidualQuantizer, GroupResidualQuantizer, ResidualQuantizer
from torch import Tensor


def read(folder: Path, name: str, *shape: int) -> Tensor:
    kind = np.uint32 if name.endswith("u32") else np.float32
    values = np.fromfile(folder / name, kind).reshape(shape)
    return torch.from_numpy(values.astype(np.int64) if kind is np.uint32 else values)


def test_a_real_slice_of_dac_decodes_as_recorded(shared: Path) -> None:
    """12 of DAC 24 kHz's codebooks, the first 192 codes of each, and what the original makes of 32 frames of them."""
    folder = shared / "weights" / "rvq_slices" / "dac_24khz"
    quantizer = FactorizedResidualQuantizer(12, 192, 1024, 8)
    tables = read(folder, "codebook_tables_sliced.f32", 12, 192, 8)
    weights = read(folder, "out_proj_weight.f32", 12, 1024, 8, 1)
    biases = read(folder, "out_proj_bias.f32", 12, 1024)
    for layer, table, weight, bias in zip(quantizer.quantizers, tables, weights, biases, strict=True):
        layer.codebook.weight.data, layer.out_proj.weight.data, layer.out_proj.bias.data = table, weight, bias
    codes = read(folder, "codes.u32", 32, 12).T[None]
    with torch.no_grad():
        features = quantizer.decode(codes)[0].T
    assert torch.allclose(features, read(folder, "decoded_features.f32", 32, 1024), atol=1e-4)


def test_a_real_slice_of_mimi_decodes_as_recorded_and_finds_its_codes_again(shared: Path) -> None:
    """8 of Mimi's codebooks, the first 48 codes of each, and what the original makes of 32 frames of them."""
    folder = shared / "weights" / "rvq_slices" / "mimi"
    tables, codes = read(folder, "codebook_tables_sliced.f32", 8, 48, 512), read(folder, "codes.u32", 32, 8).T[None]
    quantizer = ResidualQuantizer(8, 48, 512)
    for layer, table in zip(quantizer.layers, tables, strict=True):
        layer.codebook.embed.copy_(table)
    decoded = quantizer.decode(codes)[0].T
    assert torch.allclose(decoded, read(folder, "decoded_features.f32", 32, 512), atol=1e-4)
    for index, layer in enumerate(quantizer.layers):
        assert torch.equal(layer.codebook.encode(tables[index][codes[0, index]]), codes[0, index])


@pytest.mark.parametrize("dtype", [torch.float32, torch.complex64])
def test_the_nearest_code_is_the_nearest(dtype: torch.dtype) -> None:
    generator = torch.Generator().manual_seed(0)
    points, codes = (torch.randn(n, 6, dtype=dtype, generator=generator) for n in (50, 40))
    distances = (points[:, None] - codes[None]).abs().square().sum(-1)
    assert torch.equal(nearest_code(points, codes), distances.argmin(1))


def test_the_hermitian_distance_orders_codes_as_the_papers_equation() -> None:
    """EuleroDec, equation 5: |x|² + |e|² - 2 Re(xᴴe)."""
    generator = torch.Generator().manual_seed(1)
    points, codes = (torch.randn(n, 6, dtype=torch.complex64, generator=generator) for n in (50, 40))
    hermitian = (points.conj() @ codes.T).real
    distances = points.abs().square().sum(1)[:, None] + codes.abs().square().sum(1) - 2 * hermitian
    assert torch.equal(nearest_code(points, codes), distances.argmin(1))


@pytest.mark.parametrize(
    "quantizer",
    [
        ResidualQuantizer(4, 64, 12),
        ResidualQuantizer(4, 64, 12, torch.complex64),
        FactorizedResidualQuantizer(4, 64, 12, 5),
        GroupResidualQuantizer(2, 2, 64, 12),
    ],
    ids=["ema", "complex", "factorized", "group"],
)
def test_codes_have_their_shape_and_lower_rates_are_prefixes(quantizer) -> None:
    dtype = torch.complex64 if any(buffer.is_complex() for buffer in quantizer.buffers()) else torch.float32
    latents = torch.randn(3, 12, 7, dtype=dtype)
    with torch.no_grad():
        codes = quantizer.encode(latents, 4)
        assert codes.shape == (3, 4, 7)
        assert codes.dtype == torch.int64
        assert int(codes.min()) >= 0
        assert int(codes.max()) < 64
        assert torch.equal(quantizer.encode(latents, 2), codes[:, :2])
        assert quantizer.decode(codes).shape == latents.shape
        assert torch.equal(quantizer.encode(latents[1:2], 4), codes[1:2])


def test_each_stage_codes_what_the_ones_before_left() -> None:
    quantizer = ResidualQuantizer(3, 64, 4)
    latents = torch.randn(1, 4, 20)
    codes = quantizer.encode(latents, 3)
    for stage in range(3):
        left = latents - (quantizer.decode(codes[:, :stage]) if stage else 0)
        expected = nearest_code(left[0].T, quantizer.layers[stage].codebook.embed)
        assert torch.equal(codes[0, stage], expected)


def test_groups_are_coded_apart() -> None:
    quantizer = GroupResidualQuantizer(2, 2, 32, 8)
    latents = torch.randn(1, 8, 5)
    changed = torch.cat([latents[:, :4], torch.randn(1, 4, 5)], dim=1)
    codes, other = quantizer.encode(latents, 4), quantizer.encode(changed, 4)
    assert torch.equal(codes[:, 0::2], other[:, 0::2])
    assert not torch.equal(codes[:, 1::2], other[:, 1::2])


def test_uneven_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="9 latent dimensions cannot be parted into 2"):
        GroupResidualQuantizer(2, 1, 16, 9)


def test_factorized_codes_see_the_angle_alone() -> None:
    layer = FactorizedCodebook(6, 32, 3)
    with torch.no_grad():
        layer.in_proj.bias.zero_()
        latents = torch.randn(1, 6, 9)
        assert torch.equal(layer.encode(latents), layer.encode(7 * latents))


def test_codebooks_are_buffers() -> None:
    assert not list(EmaCodebook(16, 4).parameters())
