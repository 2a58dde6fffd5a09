"""What one file of weights holds: the units' centres, the speaker vector's grid and the decoder."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from codecbench_layers.adapter import load_network
from numpy.typing import NDArray
from torch import Tensor, nn

from codecbench.api import CodecCard, CodecOptions, Unavailable, UsageError
from codecbench_units.config import CEPSTRA, UNITS, DecoderConfiguration
from codecbench_units.decoder import UnitDecoder
from codecbench_units.features import MelCepstra, UnitFeatures
from codecbench_units.prosody import CepstrumGrid

Array = NDArray[np.float32]


class UnitsNetwork(nn.Module):
    """All tensors of a checkpoint. `layer` is that of the self-supervised model whose states are clustered; 0 of mel
    cepstra.
    """

    mean: Tensor
    deviation: Tensor
    centres: Tensor
    low: Tensor
    high: Tensor
    layer: Tensor

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(dimension))
        self.register_buffer("deviation", torch.ones(dimension))
        self.register_buffer("centres", torch.randn(UNITS, dimension))
        self.register_buffer("low", torch.full((CEPSTRA,), -8.0))
        self.register_buffer("high", torch.full((CEPSTRA,), 8.0))
        self.register_buffer("layer", torch.zeros(1))
        self.decoder = UnitDecoder(DecoderConfiguration())


class Model:
    """A checkpoint, ready: where features come from, what they are clustered by, what codes are turned into."""

    def __init__(self, network: UnitsNetwork, features: UnitFeatures) -> None:
        self.features, self.decoder = features, network.decoder
        self._mean, self._deviation = network.mean.cpu().numpy(), network.deviation.cpu().numpy()
        self.centres: Array = network.centres.cpu().numpy()
        self.grid = CepstrumGrid(network.low.double().cpu().numpy(), network.high.double().cpu().numpy())

    def normalized(self, features: Array) -> Array:
        return np.asarray((features - self._mean) / self._deviation)

    def parameters(self) -> int:
        """Of the decoder and the centres; of a self-supervised model too."""
        own = sum(parameter.numel() for parameter in self.decoder.parameters()) + self.centres.size
        return own + int(getattr(self.features, "parameters", 0))


def load_model(card: CodecCard, options: CodecOptions) -> Model:
    """The model of `card` with the weights of `options`; that of mel cepstra may be drawn at random.

    Raises:
        UsageError: the files do not hold it.
        Unavailable: random weights of a self-supervised model.
    """
    if card.weights is not None and card.weights.companions:
        if options.weights is None:
            raise Unavailable(f"{card.spec}: its model cannot be drawn at random; --weights {card.spec}=FOLDER")
        from codecbench_units.hidden import HiddenStates

        hidden = HiddenStates(card, options.weights.parent, options.device)
        network = _network(card, options, hidden.dimension)
        hidden.choose(int(network.layer))
        return Model(network, hidden)
    return Model(_network(card, options, MelCepstra.dimension), MelCepstra())


def _network(card: CodecCard, options: CodecOptions, dimension: int) -> UnitsNetwork:
    loaded: Any = load_network(card, options, lambda: UnitsNetwork(dimension)).network
    network: UnitsNetwork = loaded
    if not (network.deviation > 0).all() or not (network.high > network.low).all():
        raise UsageError(f"{card.spec}: its weights hold deviations or ranges that are not above 0")
    return network
