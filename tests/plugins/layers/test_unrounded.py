"""Quantizers without their rounding: what the loss ladder takes for the network alone."""

from __future__ import annotations

import pytest
import torch
from codecbench_facodec.config import CONFIGURATIONS
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


@pytest.mark.parametrize("checkpoint", ["reference", "amphion"])
@torch.no_grad()
def test_three_streams(checkpoint: str) -> None:
    """Detail projects what prosody and content leave over, as it quantizes it; prosody may have bands of its own."""
    torch.manual_seed(1)
    configuration = CONFIGURATIONS[checkpoint]()
    quantizer = AttributeQuantizer(configuration)
    prosody, content, detail = (stream.unrounded for stream in quantizer.streams)  # type: ignore[union-attr]
    own = torch.randn(1, configuration.dimension, FRAMES)
    bands = torch.randn(1, configuration.prosody_bands, FRAMES)
    low = quantizer.prosody_out(prosody(bands)) if configuration.prosody_bands else prosody(own)  # type: ignore[operator]
    coarse = low + content(own)  # type: ignore[operator]
    given = torch.cat([own, bands], dim=1)
    assert torch.equal(quantizer.unrounded(given), coarse + detail(own - coarse))  # type: ignore[operator]
