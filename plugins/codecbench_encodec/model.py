"""transformers' EnCodec with weights from its own files, the original ones, or drawn at random."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecbench.api import CodecCard
from codecbench.checkpoints import load_strict, plain_weights
from codecbench_encodec.config import CONFIGURATIONS, EncodecConfiguration

RENAMES = (
    (r"^(encoder|decoder)\.model\.", r"\1.layers."),
    (r"\.(conv|convtr)\.(conv|convtr)\.", r".conv."),
    (r"\.(conv|convtr)\.norm\.", r".norm."),
    (r"^quantizer\.vq\.layers\.(\d+)\._codebook\.", r"quantizer.layers.\1.codebook."),
)
"""facebookresearch/encodec's names to transformers'; names that already are transformers' stay as they are."""

TRAINING_ONLY = r"\.codebook\.(inited|cluster_size|embed_avg)$"
"""Statistics of the moving averages: large, and used in training alone."""


@dataclass(frozen=True)
class LoadedModel:
    """The model in evaluation mode with plain weights, and how many parameters it has by its authors' count."""

    configuration: EncodecConfiguration
    network: Any
    parameters: int


def load_model(card: CodecCard, weights: Path | None, device: str = "cpu", seed: int = 0) -> LoadedModel:
    """The model of `card`; without `weights` it is random (`seed`), codebooks included.

    Raises:
        UsageError: the file does not hold this model.
    """
    import torch

    configuration = CONFIGURATIONS[card.checkpoint]()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network: Any = configuration.build()
        parameters = sum(parameter.numel() for parameter in network.parameters())
        plain_weights(network)
        if weights is None:
            _make_responsive(network)
    if weights is not None:
        load_strict(network, card, weights, RENAMES, TRAINING_ONLY)
    return LoadedModel(configuration, network.requires_grad_(False).to(device), parameters)


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
