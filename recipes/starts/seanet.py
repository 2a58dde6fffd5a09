"""SEANet's start as a block transform: of EnCodec's network, and of both autoencoders of LaDiffCodec.

Its weights are trained plain, and are shipped so in any case: under weight normalisation a residual branch that starts
near zero stays there (docs/reference-track.md, "Why waveform codecs stall"). The network is the paper's.
"""

from __future__ import annotations

from typing import Any

from codecbench.checkpoints import plain_weights
from recipes.starts.transform import Path, start_as_transform


def start_seanet(network: Any, seed: int, *, whole_band: bool) -> None:
    """Of a `network` with transformers' EnCodec encoder and decoder; `whole_band` as in `Path`."""
    plain_weights(network)
    encoder, decoder = network.encoder.layers, network.decoder.layers
    blocks = [layer for layer in (*encoder, *decoder) if hasattr(layer, "shortcut")]
    branches = [[layer.conv for layer in block.block if hasattr(layer, "conv")] for block in blocks]
    path = Path(
        analysis=[layer.conv for layer in encoder if hasattr(layer, "conv")],
        synthesis=[layer.conv for layer in decoder if hasattr(layer, "conv")],
        damped=[last for _, last in branches],
        amplified=[first for first, _ in branches],
        shortcuts=[block.shortcut.conv for block in blocks],
        recurrent=[layer.lstm for layer in (*encoder, *decoder) if hasattr(layer, "lstm")],
        causal=True,
        snakes=[],
        whole_band=whole_band,
    )
    start_as_transform(path, seed)
