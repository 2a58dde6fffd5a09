"""VoCodec's reference at 16 kHz, whose decoder returns 24 kHz."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from codecbench_layers.adapter import LoadedNetwork, load_network
from codecbench_vocodec import REFERENCE
from codecbench_vocodec.codec import VocodecCodec
from codecbench_vocodec.config import VocodecConfiguration
from codecbench_vocodec.model import Vocodec
from torch import Tensor

from codecbench.api import Audio, CodecCard, CodecOptions, OperatingPoint, UsageError
from codecbench.weights import resolve, sha256_of
from codecbench_bandwidth.config import CONFIGURATION, TILT
from codecbench_bandwidth.model import EnvelopeNetwork, Extension, FixedTilt

BASE = "vocodec_sha256"
"""In the weights' metadata: of the VoCodec that the envelope was trained on."""


def load_codec(card: CodecCard, options: CodecOptions) -> BandwidthCodec:
    """The codec of `card`. Raises UsageError where the weights do not fit, or were trained on another VoCodec."""
    trained = card.checkpoint == "vocodec-trained"
    base = resolve(REFERENCE) if trained and options.weights is not None else options.weights
    if trained and options.weights is not None and base is not None:
        stated = _metadata(options).get(BASE)
        if stated is not None and stated != sha256_of(base):
            raise UsageError(f"{card.spec}: {options.weights.name} was trained on another VoCodec ({stated[:12]}…)")
    vocodec = load_network(REFERENCE, replace(options, weights=base), lambda: Vocodec(VocodecConfiguration.reference()))
    envelope = (
        load_network(card, options, lambda: EnvelopeNetwork(CONFIGURATION))
        if trained
        else LoadedNetwork(FixedTilt(CONFIGURATION, *TILT), 0)
    )
    return BandwidthCodec(card, options, vocodec, envelope)


def _metadata(options: CodecOptions) -> Mapping[str, str]:
    """Empty where it is no safetensors file."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(options.weights), "pt") as file:
            return file.metadata() or {}
    except (SafetensorError, OSError):
        return {}


class BandwidthCodec(VocodecCodec):
    """Payloads are VoCodec's own."""

    def __init__(self, card: CodecCard, options: CodecOptions, base: LoadedNetwork, envelope: LoadedNetwork) -> None:
        super().__init__(card, options, base)
        self.extension = Extension(CONFIGURATION, envelope.network).eval().requires_grad_(False).to(options.device)
        self._parameters = base.parameters + envelope.parameters

    def decode_codes(self, codes: Tensor, point: OperatingPoint) -> Tensor:
        extended: Tensor = self.extension(super().decode_codes(codes, point))
        return extended

    def transformed(self, audio: Tensor) -> Tensor | None:
        turned = super().transformed(audio)
        return None if turned is None else self.extension(turned)

    def unquantized(self, audio: Tensor) -> Tensor:
        extended: Tensor = self.extension(super().unquantized(audio))
        return extended

    def stages(self, audio: Audio, point: OperatingPoint) -> Mapping[str, Callable[[], Any]]:
        stages = dict(super().stages(audio, point))
        decoder: Callable[[], Any] = stages["decoder"]
        return {**stages, "decoder": lambda: self.extension(decoder())}
