"""transformers' EnCodec with weights from its own files, the original ones, or drawn at random."""

from __future__ import annotations

from typing import Any

from codecbench_layers.adapter import LoadedNetwork, load_network

from codecbench.api import CodecCard, CodecOptions
from codecbench_encodec.config import CONFIGURATIONS

RENAMES = (
    (r"^(encoder|decoder)\.model\.", r"\1.layers."),
    (r"\.(conv|convtr)\.(conv|convtr)\.", r".conv."),
    (r"\.(conv|convtr)\.norm\.", r".norm."),
    (r"^quantizer\.vq\.layers\.(\d+)\._codebook\.", r"quantizer.layers.\1.codebook."),
)
"""facebookresearch/encodec's names to transformers'; names that already are transformers' stay as they are."""


def load_model(card: CodecCard, options: CodecOptions) -> LoadedNetwork:
    """The model of `card`. Raises UsageError where the weights do not fit."""
    return load_network(card, options, CONFIGURATIONS[card.checkpoint]().build, RENAMES, _make_responsive)


def _make_responsive(network: Any) -> None:
    """Random weights whose output depends on the input; transformers' own let the signal fade beside the biases."""
    import torch

    for module in network.modules():
        if isinstance(module, torch.nn.Conv1d | torch.nn.ConvTranspose1d):
            torch.nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                torch.nn.init.zeros_(module.bias)
    for layer in network.quantizer.layers:
        layer.codebook.embed.normal_(std=0.2)
