"""Generation loss: what a codec makes of its own output."""

from __future__ import annotations

import numpy as np

from codecbench.api import Audio, Codec, CodecCard, OperatingPoint
from codecbench.audio import fit_length, resample, with_channels


class Cycles:
    """Coded and decoded `times` - 1 times before it is coded for the figures: `cycles:1` is `wb`."""

    def __init__(self, times: float | None) -> None:
        self.codings = int(times or 1)

    def degrade(self, audio: Audio, g: np.random.Generator) -> Audio:
        del g
        return audio

    def degrade_by(self, codec: Codec, card: CodecCard, point: OperatingPoint, audio: Audio) -> Audio:
        """What is missing of an output is silence, what is too much is cut: each cycle is as long as the first."""
        for _ in range(self.codings - 1):
            decoded = codec.decode(codec.encode(Audio(audio.samples.copy(), audio.sample_rate), point), point)
            turned = with_channels(resample(decoded, card.sample_rate), card.channels)
            audio = fit_length(turned, audio.length).audio
        return audio
