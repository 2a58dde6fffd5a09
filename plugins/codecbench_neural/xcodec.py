"""X-Codec (Ye et al. 2024) by transformers' XcodecModel: HuBERT's features beside those of DAC's encoder."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import XcodecConfig, XcodecModel

from codecbench.api import OperatingPoint
from codecbench_neural.transformers_codec import TransformersCodec


class Xcodec(TransformersCodec):
    MODEL, CONFIGURATION = XcodecModel, XcodecConfig
    UNUSED = ("decoder_semantic.", "fc1.")  # the training's way back to HuBERT's features
    CODEBOOKS = "codebook.embed"

    def latents(self, audio: Tensor) -> Tensor:
        """As XcodecModel.encode: the acoustic side is padded where it would have fewer frames than the semantic one."""
        model, pad = self.model, (self.model.pad, self.model.pad)
        hidden = model.semantic_model(F.pad(audio[:, 0], pad), output_hidden_states=True).hidden_states
        semantic = model.encoder_semantic(torch.stack(hidden, dim=1).mean(dim=1).transpose(1, 2))
        acoustic = model.acoustic_encoder(audio)
        if acoustic.shape[-1] != semantic.shape[-1]:
            acoustic = model.acoustic_encoder(F.pad(audio, pad))
        both = torch.cat([acoustic, semantic], dim=1)  # [1, channels, frames]
        projected: Tensor = model.fc(both.transpose(1, 2)).transpose(1, 2)
        return projected

    def quantize(self, latents: Tensor, point: OperatingPoint) -> Tensor:
        codes: Tensor = self.model.quantizer.encode(latents, 0.5 * int(point.settings["codebooks"]))
        return codes.transpose(0, 1)
