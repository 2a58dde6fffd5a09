from __future__ import annotations

import pytest
import torch
from codecbench_layers.codebooks import EmaCodebook, FactorizedCodebook, nearest_code

G = torch.Generator().manual_seed(0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.complex64])
def test_the_nearest_code_is_nearest(dtype: torch.dtype) -> None:
    points, codebook = (torch.randn(size, 6, dtype=dtype, generator=G) for size in (50, 30))
    distances = (points[:, None] - codebook[None]).abs().square().sum(-1)
    assert torch.equal(nearest_code(points, codebook), distances.argmin(1))


def test_a_code_is_its_own_nearest_and_comes_back() -> None:
    codebook = EmaCodebook(16, 4)
    codes = torch.arange(16)
    assert torch.equal(codebook.encode(codebook.decode(codes)), codes)
    assert not list(codebook.parameters())
    assert codebook.decode(codes.view(2, 8)).shape == (2, 8, 4)


def test_angles_decide_in_the_narrow_space_and_lengths_do_not() -> None:
    codebook = FactorizedCodebook(8, 32, 4)
    projected = torch.randn(2, 4, 10, generator=G)
    assert torch.equal(codebook.search(projected), codebook.search(7.0 * projected))
    with torch.no_grad():
        codebook.codebook.weight.mul_(torch.rand(32, 1, generator=G) + 0.5)
    assert torch.equal(codebook.search(projected), codebook.search(0.1 * projected))


def test_a_training_pass_is_what_coding_does_and_its_gradient_goes_straight() -> None:
    codebook, latents = FactorizedCodebook(8, 32, 4), torch.randn(2, 8, 5, generator=G, requires_grad=True)
    quantized, commitment, loss, codes, projected = codebook(latents)
    assert torch.equal(codes, codebook.encode(latents))
    assert torch.allclose(quantized, codebook.decode(codes), atol=1e-6)
    assert commitment.item() == pytest.approx(loss.item())
    assert projected.shape == (2, 4, 5)
    (gradient,) = torch.autograd.grad(quantized.sum(), latents)
    assert gradient.abs().sum() > 0
