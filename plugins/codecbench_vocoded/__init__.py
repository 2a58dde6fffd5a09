"""Codec 2's payloads, decoded by a small network to 16 kHz: neural vocoding of a classical codec's features.

What Kleijn et al. 2018 ("WaveNet based low rate speech coding", arXiv 1712.01120) showed with WaveNet and the talk that
the project began from with LPCNet: the payload stays as it is, the decoder alone is learned.

Only cards live here, so that listing codecs imports no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codecbench.api import Codec, CodecCard, CodecOptions, OperatingPoint, WeightsFile, hookimpl
from codecbench.cost.figures import load_figures

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec

PRELOAD = ("torch",)
SAMPLE_RATE = 16000
POINTS = tuple(
    OperatingPoint(kbps, {"mode": mode}, frame=frame)
    for kbps, mode, frame in ((0.7, "700C", 640), (1.2, "1200", 640), (2.4, "2400", 320), (3.2, "3200", 320))
)
"""Of Codec 2's modes; frames of 20 or 40 ms."""

CARD = CodecCard(
    name="vocoded",
    description="Codec 2's payloads by a neural vocoder at 16 kHz (after Kleijn et al. 2018)",
    checkpoint="codec2",
    sample_rate=SAMPLE_RATE,
    points=POINTS,
    frame=640,
    causal=False,
    whole_utterance=True,
    stochastic=True,
    on_request=True,
    family="neural",
    track="reference",
    training="75 minutes of speech, 3,000 updates",
    licence="Apache-2.0 (weights trained by codecbench's recipe); Codec 2 is LGPL-2.1",
    paper="https://arxiv.org/abs/1712.01120",
    sources=("codecbench_layers", "codecbench_units", "codecbench_classic"),
    weights=WeightsFile("vocoded-codec2.safetensors", package=__name__, licence="Apache-2.0"),
    notes="The payload is Codec 2's own. Its decoded 8 kHz signal is the network's input, so that what libcodec2 "
    "makes of the parameters is in it; LPCNet's and WaveNet's decoders take the parameters themselves. F0 is tracked "
    "over the whole file.",
    **load_figures(__name__, "vocoded:codec2"),
)


def build(options: CodecOptions) -> Codec:
    """The codec with its weights loaded. Raises UsageError where they do not fit, Unavailable without pycodec2."""
    from codecbench_vocoded.codec import VocodedCodec2

    return VocodedCodec2(CARD, options)


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    register(CARD, build)
