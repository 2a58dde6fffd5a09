"""From a network to a codec: padding, codes, stages and loading, the same for every codec of codecbench."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from codecbench.api import Audio, CodecCard, CodecOptions, LadderStage, OperatingPoint, TokenCodec
from codecbench.checkpoints import Renames, load_strict, plain_weights

TRAINING_ONLY = r"\.codebook\.(inited|cluster_size|embed_avg)$"
"""Statistics of moving averages: large, and used in training alone."""


@dataclass(frozen=True)
class LoadedNetwork:
    """A network in evaluation mode with plain weights; `parameters` as its authors count them."""

    network: Any
    parameters: int


def load_network(
    card: CodecCard,
    options: CodecOptions,
    build: Callable[[], nn.Module],
    renames: Renames = (),
    randomize: Callable[[nn.Module], None] | None = None,
    unused: tuple[str, ...] = (),
) -> LoadedNetwork:
    """The network of `build` with the weights of `options`, or without any, drawn from its seed.

    `parameters` is counted before weight normalisation is folded, without the parts whose names begin with one of
    `unused`: training and the files have them, coding never runs them. `randomize` is called on a network without
    weights.

    Raises:
        UsageError: the file does not hold this network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        network = build().eval()
        named = network.named_parameters()
        parameters = sum(parameter.numel() for name, parameter in named if not name.startswith(unused))
        plain_weights(network)
        if options.weights is None and randomize:
            randomize(network)
    if options.weights is not None:
        load_strict(network, card, options.weights, renames, TRAINING_ONLY)
    return LoadedNetwork(network.requires_grad_(False).to(options.device), parameters)


class NetworkCodec(TokenCodec):
    """A network with an `encoder` (audio [1, channels, samples] to latents [1, dimension, frames]), a `quantizer` with
    `encode(latents, codebooks)` and `decode(codes)`, and a `decoder` (latents to audio). Where it has a `front_end`
    (audio to audio: a fixed transform, and back), the loss ladder shows what that costs. A quantizer with projections
    has `unrounded(latents)`.

    The signal is coded at once, padded with zeros to whole frames of the card's. An operating point states its
    codebooks (`residual_points`), and its settings hold how many are used.
    """  # fmt: skip

    model: Any

    def __init__(self, card: CodecCard, options: CodecOptions, loaded: LoadedNetwork) -> None:
        self.card, self.device = card, torch.device(options.device)
        self.model, self._parameters = loaded.network, loaded.parameters

    def encode_codes(self, audio: Tensor, point: OperatingPoint) -> Tensor:
        return self.quantize(self.model.encoder(self.padded(audio)), point)

    def decode_codes(self, codes: Tensor, point: OperatingPoint) -> Tensor:
        decoded: Tensor = self.model.decoder(self.dequantize(codes.to(self.device), point))
        return decoded

    def padded(self, audio: Tensor) -> Tensor:
        """`audio` [1, channels, samples] with zeros up to a multiple of the frame, at least one."""
        frames = max(1, -(-audio.shape[-1] // self.card.frame))
        return F.pad(audio, (0, frames * self.card.frame - audio.shape[-1])).to(self.device)

    def quantize(self, latents: Tensor, point: OperatingPoint) -> Tensor:
        """Latents [1, dimension, frames] to codes [1, codebooks, frames]."""
        codes: Tensor = self.model.quantizer.encode(latents, int(point.settings["codebooks"]))
        return codes

    def dequantize(self, codes: Tensor, point: OperatingPoint) -> Tensor:  # noqa: ARG002
        """Codes [1, codebooks, frames] to latents [1, dimension, frames]."""
        latents: Tensor = self.model.quantizer.decode(codes)
        return latents

    def bypass(self, audio: Audio, stage: LadderStage) -> Audio | None:
        """The loss ladder's stages: see `codecbench.api.Ladder`."""
        signal = torch.from_numpy(audio.samples)[None]
        with torch.no_grad():
            turned = self.transformed(signal) if stage == "front_end" else self.unquantized(signal)
        return None if turned is None else Audio(turned[0].float().cpu().numpy(), self.card.decoded_rate)

    def transformed(self, audio: Tensor) -> Tensor | None:
        """`audio` [1, channels, samples] through the fixed transform and back, padded; None without a transform."""
        front_end: Callable[[Tensor], Tensor] | None = getattr(self.model, "front_end", None)
        return None if front_end is None else front_end(self.padded(audio))

    def unquantized(self, audio: Tensor) -> Tensor:
        """`audio` [1, channels, samples] from encoder straight to decoder, padded."""
        decoded: Tensor = self.model.decoder(self.unrounded(self.model.encoder(self.padded(audio))))
        return decoded

    def unrounded(self, latents: Tensor) -> Tensor:
        """Latents as the quantizer would hand them on if it did not round; its own word where it has projections."""
        project: Callable[[Tensor], Tensor] | None = getattr(self.model.quantizer, "unrounded", None)
        return latents if project is None else project(latents)

    def parameters(self) -> int:
        return self._parameters

    def stages(self, audio: Audio, point: OperatingPoint) -> Mapping[str, Callable[[], object]]:
        """The quantizer is the search of codes, with its projections; looking codes up is part of no stage."""
        padded = self.padded(torch.from_numpy(audio.samples)[None])
        with torch.no_grad():
            latents = self.model.encoder(padded)
        return {
            "encoder": lambda: self.model.encoder(padded),
            "quantizer": lambda: self.quantize(latents, point),
            "decoder": lambda: self.model.decoder(latents),
        }
