"""IBPCodec as a codec."""

from __future__ import annotations

from codecbench_layers.adapter import NetworkCodec, load_network

from codecbench.api import CodecCard, CodecOptions
from codecbench_ibpcodec.config import CONFIGURATIONS
from codecbench_ibpcodec.model import Ibpcodec


def load_codec(card: CodecCard, options: CodecOptions) -> NetworkCodec:
    """The codec of `card`. Raises UsageError where the weights do not fit."""
    configuration = CONFIGURATIONS[card.checkpoint]()
    loaded = load_network(card, options, lambda: Ibpcodec(configuration))
    return NetworkCodec(card, options, loaded)
