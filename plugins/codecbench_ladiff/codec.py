"""LaDiffCodec as a codec. Payload: one byte of level, then the condition's codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from codecbench_layers.adapter import NetworkCodec
from torch import Tensor
from torch.nn import functional as F

from codecbench.api import Audio, CodecCard, CodecOptions, OperatingPoint
from codecbench.bitstream import Codes, pack, unpack
from codecbench.errors import PayloadError
from codecbench_ladiff.checkpoint import load
from codecbench_ladiff.config import CONFIGURATIONS
from codecbench_ladiff.level import brought_to_level, byte_level_db, level_byte, level_db


class LadiffCodec(NetworkCodec):
    """All variants. An operating point's settings may name another `sampler`, `steps` and `blend`.

    The seed of the noise is the options'. Encoding is deterministic.
    """

    def __init__(self, card: CodecCard, options: CodecOptions) -> None:
        self.configuration, self.seed = CONFIGURATIONS[card.checkpoint], options.seed
        super().__init__(card, options, load(card, options, self.configuration))

    def padded(self, audio: Tensor) -> Tensor:
        multiple = self.configuration.multiple
        samples = max(1, -(-audio.shape[-1] // multiple)) * multiple
        return F.pad(audio, (0, samples - audio.shape[-1])).to(self.device)

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        self.card.check_audio(audio)
        signal = torch.from_numpy(audio.samples)[None]
        with torch.no_grad():
            codes = self.encode_codes(signal, point)
        level = level_byte(self.padded(signal))  # as the decoder sees it, which does not know where the signal ends
        return bytes([level]) + pack(codes[0].cpu().numpy(), self.codebook_sizes(point))

    def encode_codes(self, audio: Tensor, point: OperatingPoint) -> Tensor:
        return self.quantize(self.model.encoder(self._leveled(audio)), point)

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        codes = torch.from_numpy(self.codes(payload, point))[None].to(self.device)
        with torch.no_grad():
            audio = _at_level(self.decode_codes(codes, point), byte_level_db(payload[0]))
        return Audio(audio[0].float().cpu().numpy(), self.card.sample_rate)

    def codes(self, payload: bytes, point: OperatingPoint) -> Codes:
        """The condition's codes [codebooks, frames]. Raises PayloadError where none are whole."""
        codes = unpack(payload[1:], self.codebook_sizes(point))
        cell = self.configuration.multiple // self.configuration.frame
        if codes.shape[1] == 0 or codes.shape[1] % cell:
            raise PayloadError(
                f"{self.card.spec} at {point.label} kbps: the payload holds {codes.shape[1]} frames; a multiple of "
                f"{cell}, at least one, is needed"
            )
        return codes

    def decode_codes(self, codes: Tensor, point: OperatingPoint) -> Tensor:
        """At whatever level the latents decode to; `decode` restores the original's."""
        decoded: Tensor = self.model.decoder(self._sampled(self.dequantize(codes, point), point))
        return decoded

    def quantize(self, latents: Tensor, point: OperatingPoint) -> Tensor:
        codes: Tensor = self.model.quantized_codes(latents, int(point.settings["codebooks"]))
        return codes

    def dequantize(self, codes: Tensor, point: OperatingPoint) -> Tensor:  # noqa: ARG002
        latents: Tensor = self.model.dequantized(codes)
        return latents

    def unquantized(self, audio: Tensor) -> Tensor:
        """The condition codec's latents as the condition, the sampler of the highest operating point, the exact level.

        The decoder is the one that decoding has: diffusion, then the autoencoder's. What the autoencoder alone loses is
        part of the network's loss, for nothing that coding does goes through its encoder.
        """
        latents = self._sampled(self.model.encoder(self._leveled(audio)), self.card.points[-1])
        return _at_level(self.model.decoder(latents), level_db(self.padded(audio)))

    def stages(self, audio: Audio, point: OperatingPoint) -> Mapping[str, Callable[[], object]]:
        """The decoder includes all steps of the diffusion."""
        leveled = self._leveled(torch.from_numpy(audio.samples)[None])
        with torch.no_grad():
            latents = self.model.encoder(leveled)
        return {
            "encoder": lambda: self.model.encoder(leveled),
            "quantizer": lambda: self.quantize(latents, point),
            "decoder": lambda: self.model.decoder(self._sampled(latents, point)),
        }

    def _leveled(self, audio: Tensor) -> Tensor:
        """`audio` [1, 1, samples] padded and, for the reference, at the level its networks were trained at."""
        if self.card.track == "published":  # these were trained on signals as they are
            return self.padded(audio)
        return self.padded(brought_to_level(audio)[0])

    def _sampled(self, condition: Tensor, point: OperatingPoint) -> Tensor:
        settings, size = point.settings, self.configuration
        latents: Tensor = self.model.sample(
            condition, settings.get("sampler", size.sampler), int(settings.get("steps", size.steps)),
            float(settings.get("blend", size.blend)), self.seed,
        )  # fmt: skip
        return latents


def _at_level(audio: Tensor, level: float | None) -> Tensor:
    """`audio` with a root mean square of `level` dB of full scale; None is silence."""
    if level is None:
        return torch.zeros_like(audio)
    now = audio.double().square().mean().clamp(min=1e-20).sqrt()
    return audio * float(10 ** (level / 20) / now)
