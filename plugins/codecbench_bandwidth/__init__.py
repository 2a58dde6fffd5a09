"""Bandwidth extension: a codec at 16 kHz whose decoder returns 24 kHz, for condition fb. On request.

Only cards live here, so that listing codecs imports no torch.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codecbench_vocodec import REFERENCE

from codecbench.api import Codec, CodecCard, CodecOptions, WeightsFile, hookimpl
from codecbench.cost.figures import load_figures, structural_latency
from codecbench_bandwidth.config import CONFIGURATION

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec

PRELOAD = ("torch",)

NOTES = "VoCodec's reference weights and payloads; the band from 8 to 12 kHz is made in the decoder."


def _card(checkpoint: str, description: str, weights: WeightsFile, **rest: Any) -> CodecCard:
    spec = f"bandwidth:{checkpoint}"
    lookahead = REFERENCE.lookahead + CONFIGURATION.lookahead
    return CodecCard(
        name="bandwidth",
        description=description,
        checkpoint=checkpoint,
        sample_rate=CONFIGURATION.sample_rate,
        output_sample_rate=CONFIGURATION.output_rate,
        points=tuple(replace(point, depth=None) for point in REFERENCE.points),
        frame=REFERENCE.frame,
        lookahead=lookahead,
        track="reference",
        licence="Apache-2.0 (weights trained by codecbench's recipe)",
        weights=weights,
        sources=("codecbench_vocodec", "codecbench_layers"),
        on_request=True,
        **rest,
        **(load_figures(__name__, spec) or structural_latency(CONFIGURATION.sample_rate, REFERENCE.frame, lookahead)),
    )


TRAINED = _card(
    "vocodec-trained",
    "VoCodec, extended to 24 kHz by a small network",
    WeightsFile("bandwidth-vocodec-trained.safetensors", package=__name__, licence="Apache-2.0"),
    training=REFERENCE.training,
    notes=NOTES,
)
FOLDING = _card(
    "vocodec-folding",
    "VoCodec, extended to 24 kHz by spectral folding",
    WeightsFile("vocodec-reference.safetensors", package="codecbench_vocodec", licence="Apache-2.0"),
    training=REFERENCE.training,
    notes=f"{NOTES} The baseline: the mirrored band at a fixed tilt.",
)
CARDS = (TRAINED, FOLDING)


def build(options: CodecOptions) -> Codec:
    """The codec of one checkpoint, with its weights loaded. Raises UsageError where they do not fit."""
    from codecbench_bandwidth.codec import load_codec

    return load_codec(next(card for card in CARDS if card.checkpoint == options.checkpoint), options)


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    for card in CARDS:
        register(card, build)
