"""EuleroDec as a codec."""

from __future__ import annotations

from codecbench_layers.adapter import NetworkCodec, load_network
from torch import Tensor
from torch.nn import functional as F

from codecbench.api import CodecCard, CodecOptions
from codecbench_eulerodec.config import CONFIGURATIONS
from codecbench_eulerodec.model import Eulerodec


class EulerodecCodec(NetworkCodec):
    """A signal is padded to whole frames of codes only; its last block is as short as that allows."""

    def __init__(self, card: CodecCard, options: CodecOptions) -> None:
        self.configuration = CONFIGURATIONS[card.checkpoint]()
        loaded = load_network(card, options, lambda: Eulerodec(self.configuration))
        super().__init__(card, options, loaded)

    def padded(self, audio: Tensor) -> Tensor:
        frames = max(1, -(-audio.shape[-1] // self.configuration.frame))
        return F.pad(audio, (0, frames * self.configuration.frame - audio.shape[-1])).to(self.device)
