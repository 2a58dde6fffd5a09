"""SNAC (Siuzdak et al. 2024) by the authors' package: codebooks of several rates, and noise in the decoder."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from codecbench_layers.adapter import LoadedNetwork, load_network
from torch import Tensor

from codecbench.api import CodecCard, CodecOptions, OperatingPoint, Unavailable
from codecbench_neural.pretrained import PretrainedCodec

SPEECH = {"encoder_dim": 48, "encoder_rates": [2, 4, 8, 8], "decoder_dim": 1024, "decoder_rates": [8, 8, 4, 2],
          "attn_window_size": None, "vq_strides": [4, 2, 1]}  # fmt: skip
MUSIC = {"encoder_dim": 64, "encoder_rates": [2, 3, 8, 8], "decoder_dim": 1536, "decoder_rates": [8, 8, 3, 2],
         "attn_window_size": 32, "vq_strides": [8, 4, 2, 1]}  # fmt: skip
"""The published configurations: 19.8 and 54.5 million parameters, as the model cards say."""


class Snac(PretrainedCodec):
    def __init__(self, card: CodecCard, options: CodecOptions) -> None:
        super().__init__(card, options)
        self.seed = options.seed

    def load(self, options: CodecOptions) -> LoadedNetwork:
        try:
            from snac import SNAC
        except ImportError as error:
            raise Unavailable(
                f"snac needs its package ({error}); install it: pip install 'codecbench[neural]'"
            ) from error
        about = SPEECH if self.card.checkpoint == "24khz" else MUSIC
        return load_network(self.card, options, lambda: SNAC(self.card.sample_rate, **about))

    def latents(self, audio: Tensor) -> Tensor:
        latents: Tensor = self.model.encoder(audio)
        return latents

    def quantize(self, latents: Tensor, point: OperatingPoint) -> Sequence[Tensor]:  # noqa: ARG002
        codes: Sequence[Tensor] = self.model.quantizer(latents)[1]
        return codes

    def synthesize(self, codes: Sequence[Tensor], point: OperatingPoint) -> Tensor:  # noqa: ARG002
        """The decoder multiplies noise of its own into what it makes: drawn anew for each payload, from the seed."""
        with torch.random.fork_rng(devices=[self.device] if torch.device(self.device).type == "cuda" else []):
            torch.manual_seed(self.seed)
            audio: Tensor = self.model.decode(codes)
        return audio
