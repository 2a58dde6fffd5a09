"""Quantizers without their rounding: what the loss ladder takes for the network alone."""

from __future__ import annotations

import torch
from codecbench_facodec.config import FacodecConfiguration
from codecbench_facodec.model import AttributeQuantizer
from codecbench_layers.residual import FactorizedResidualQuantizer

FRAMES = 16


def with_perfect_codebooks(quantizer: FactorizedResidualQuantizer, latents: torch.Tensor) -> torch.Tensor:
    """Codebooks that hold exactly what comes to be searched in them; returns what they decode to."""
    residual = latents
    for layer in quantizer.quantizers:
        points = layer.in_proj(residual)  # [1, narrow, frames]
        layer.codebook.weight.data[:FRAMES] = points[0].T
        layer.codebook.weight.data[FRAMES:] = -points[0].T[:1]
        residual = residual - layer.decode(layer.encode(residual))
    return latents - residual


@torch.no_grad()
def test_it_is_what_infinitely_fine_codebooks_decode_to() -> None:
    torch.manual_seed(1)
    quantizer = FactorizedResidualQuantizer(4, FRAMES + 1, 24, 6)
    latents = torch.randn(1, 24, FRAMES)
    perfect = with_perfect_codebooks(quantizer, latents)
    codes = quantizer.encode(latents, 4)
    assert torch.allclose(quantizer.decode(codes), perfect, atol=1e-5)
    assert torch.allclose(quantizer.unrounded(latents), perfect, atol=1e-5)
    assert not torch.allclose(perfect, latents, atol=0.1)  # what the projections take out is lost


@torch.no_grad()
def test_three_streams() -> None:
    """Detail projects what prosody and content leave over, as it quantizes it."""
    torch.manual_seed(1)
    quantizer = AttributeQuantizer(FacodecConfiguration.reference())
    prosody, content, detail = (stream.unrounded for stream in quantizer.streams)  # type: ignore[union-attr]
    latents = torch.randn(1, FacodecConfiguration.reference().dimension, FRAMES)
    coarse = prosody(latents) + content(latents)  # type: ignore[operator]
    assert torch.equal(quantizer.unrounded(latents), coarse + detail(latents - coarse))  # type: ignore[operator]
