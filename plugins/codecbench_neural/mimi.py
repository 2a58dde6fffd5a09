"""Mimi (Défossez et al. 2024, section 3.3) by transformers' MimiModel: one signal at a time, no batches."""

from __future__ import annotations

from codecbench_layers.streams import LayerKinds, PiecewiseDecoder, remembering
from torch import Tensor
from transformers import DynamicCache, MimiConfig, MimiModel
from transformers.models.mimi.modeling_mimi import MimiConv1d, MimiConvTranspose1d

from codecbench.api import OperatingPoint
from codecbench_neural.transformers_codec import TransformersCodec


class Mimi(TransformersCodec):
    MODEL, CONFIGURATION = MimiModel, MimiConfig
    CODEBOOKS = "codebook.embed_sum"

    def latents(self, audio: Tensor) -> Tensor:
        latents: Tensor = self.model.encoder(audio).latents
        return latents

    def quantize(self, latents: Tensor, point: OperatingPoint) -> Tensor:
        codes: Tensor = self.model.quantizer.encode(latents, int(point.settings["codebooks"]))
        return codes.transpose(0, 1)

    def decode_stream(self, point: OperatingPoint) -> PiecewiseDecoder:
        """See `codecbench.api.HasStreams`. transformers caches the keys and values of the decoder's transformer; what
        its convolutions need of their past is kept here.
        """
        del point
        cache = DynamicCache(config=self.model.decoder.decoder_transformer.config)
        forget = remembering(self.model.decoder, LayerKinds(MimiConv1d, MimiConvTranspose1d))

        def decode(codes: Tensor) -> Tensor:
            audio: Tensor = self.model.decode(codes.to(self.device), decoder_cache=cache, use_cache=True).audio_values
            return audio

        return PiecewiseDecoder(decode, forget, self.card.decoded_rate)
