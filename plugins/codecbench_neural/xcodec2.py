"""X-Codec 2 (Ye et al. 2025) by transformers' Xcodec2Model: w2v-BERT 2.0 beside an encoder of the waveform.

transformers' own feature extractor for it needs torchaudio; the features are w2v-BERT's, which SeamlessM4T's extractor
makes in numpy, as the authors' code does.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import SeamlessM4TFeatureExtractor, Xcodec2Config, Xcodec2Model

from codecbench.api import OperatingPoint
from codecbench_neural.transformers_codec import TransformersCodec


class Prepared(NamedTuple):
    """`samples` [1, 1, samples] of whole frames, and their log mel `features` [1, frames, 160]."""

    samples: Tensor
    features: Tensor


class Xcodec2(TransformersCodec):
    MODEL: ClassVar[Any] = Xcodec2Model
    CONFIGURATION: ClassVar[Any] = Xcodec2Config

    @cached_property
    def extractor(self) -> Any:
        return SeamlessM4TFeatureExtractor()  # type: ignore[no-untyped-call]

    def prepare(self, audio: Tensor) -> Prepared:
        """A sample of zeros more, as the authors' code adds, then whole frames; half a frame more for features.

        At least two frames: the network normalizes over time.
        """
        hop = self.card.frame
        frames = max(2, audio.shape[-1] // hop + 1)
        samples = F.pad(audio, (0, frames * hop - audio.shape[-1]))
        padded = F.pad(samples[0, 0], (hop // 2, hop // 2)).numpy()
        features = self.extractor(padded, sampling_rate=self.card.sample_rate, return_tensors="pt").input_features
        return Prepared(samples.to(self.device), features.to(self.device))

    def latents(self, audio: Prepared) -> Tensor:
        model = self.model
        semantic = model.semantic_adapter(model.semantic_encoder(audio.features).last_hidden_state.transpose(1, 2))
        acoustic = model.acoustic_encoder(audio.samples)
        both = torch.cat([semantic, acoustic], dim=1)  # [1, channels, frames]
        projected: Tensor = model.fc_encoder(both.transpose(1, 2))
        return projected  # [1, frames, channels]

    def quantize(self, latents: Tensor, point: OperatingPoint) -> Tensor:  # noqa: ARG002
        codes: Tensor = self.model.quantizer(latents)[1]
        return codes.transpose(1, 2)
