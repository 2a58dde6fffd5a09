"""Mimi (Défossez et al. 2024, section 3.3) by transformers' MimiModel: one signal at a time, no streams or batches."""

from __future__ import annotations

from torch import Tensor
from transformers import MimiConfig, MimiModel

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
