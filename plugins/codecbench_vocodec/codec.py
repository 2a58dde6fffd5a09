"""VoCodec as a codec."""

from __future__ import annotations

from contextlib import ExitStack

from codecbench_layers.adapter import NetworkCodec, load_network
from codecbench_layers.causal import streaming
from codecbench_layers.streams import PiecewiseDecoder

from codecbench.api import CodecCard, CodecOptions, OperatingPoint
from codecbench_vocodec.config import CONFIGURATIONS
from codecbench_vocodec.model import Vocodec


def load_codec(card: CodecCard, options: CodecOptions) -> NetworkCodec:
    """The codec of `card`. Raises UsageError where the weights do not fit."""
    configuration = CONFIGURATIONS[card.checkpoint]()
    loaded = load_network(card, options, lambda: Vocodec(configuration))
    return VocodecCodec(card, options, loaded)


class VocodecCodec(NetworkCodec):
    """All of its layers are causal: it decodes as codes arrive."""

    def decode_stream(self, point: OperatingPoint) -> PiecewiseDecoder:
        """See `codecbench.api.HasStreams`."""
        stack = ExitStack()
        stack.enter_context(streaming(self.model.decoder))
        skip = self.model.decoder.stft.history
        return PiecewiseDecoder(
            lambda codes: self.decode_codes(codes, point), stack.close, self.card.decoded_rate, skip=skip
        )
