"""A network of a library as a codec: loading, padding, codes and stages, the same for each of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import torch
from codecbench_layers.adapter import LoadedNetwork
from torch import Tensor, nn
from torch.nn import functional as F

from codecbench.api import Audio, CodecCard, CodecOptions, OperatingPoint, TokenCodec


class PretrainedCodec(TokenCodec):
    """Implement `load`, and the way of a signal in three steps, each on a batch of one.

    The signal is coded at once, padded with zeros to whole frames of the card's.
    """

    CODEBOOKS: ClassVar[str] = ""
    """End of the names of codebooks that random weights must fill: the library leaves them at zeros."""

    model: Any

    def __init__(self, card: CodecCard, options: CodecOptions) -> None:
        self.card, self.device = card, torch.device(options.device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(options.seed)
            loaded = self.load(options)
            if options.weights is None and self.CODEBOOKS:
                _fill(loaded.network, self.CODEBOOKS)
        self._parameters = loaded.parameters
        self.model = loaded.network.eval().requires_grad_(False).to(self.device)

    @abstractmethod
    def load(self, options: CodecOptions) -> LoadedNetwork:
        """The network with the weights of `options`, or drawn at random without them."""

    @abstractmethod
    def latents(self, audio: Any) -> Tensor:
        """What `prepare` made of a signal, to what is quantized."""

    @abstractmethod
    def quantize(self, latents: Tensor, point: OperatingPoint) -> Tensor | Sequence[Tensor]:
        """Latents to codes, as `encode_codes` returns them."""

    @abstractmethod
    def synthesize(self, codes: Any, point: OperatingPoint) -> Tensor:
        """Codes to audio [1, channels, samples]."""

    def prepare(self, audio: Tensor) -> Any:
        """`audio` [1, channels, samples] as the network takes it: here padded to whole frames, at least one."""
        frames = max(1, -(-audio.shape[-1] // self.card.frame))
        return F.pad(audio, (0, frames * self.card.frame - audio.shape[-1])).to(self.device)

    def encode_codes(self, audio: Tensor, point: OperatingPoint) -> Tensor | Sequence[Tensor]:
        return self.quantize(self.latents(self.prepare(audio)), point)

    def decode_codes(self, codes: Any, point: OperatingPoint) -> Tensor:
        moved = codes.to(self.device) if isinstance(codes, Tensor) else [row.to(self.device) for row in codes]
        return self.synthesize(moved, point)

    def parameters(self) -> int:
        return self._parameters

    def stages(self, audio: Audio, point: OperatingPoint) -> Mapping[str, Callable[[], object]]:
        prepared = self.prepare(torch.from_numpy(audio.samples)[None])
        with torch.no_grad():
            latents = self.latents(prepared)
            codes = self.quantize(latents, point)
        return {
            "encoder": lambda: self.latents(prepared),
            "quantizer": lambda: self.quantize(latents, point),
            "decoder": lambda: self.synthesize(codes, point),
        }


def _fill(model: nn.Module, ending: str) -> None:
    """Codebooks of a random network, drawn too: at zeros all codes would be one."""
    for name, buffer in model.named_buffers():
        if name.endswith(ending):
            buffer.normal_(std=0.1)
