"""FACodec (Ju et al. 2024): prosody, content and detail in streams of their own, the timbre once per utterance.

Only cards live here, so that listing codecs imports no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codecbench_layers import REFERENCE_TRAINING, TRAINING, residual_points

from codecbench.api import Codec, CodecCard, CodecOptions, OperatingPoint, WeightsFile, hookimpl
from codecbench.cost.figures import load_figures
from codecbench_facodec.config import CODEBOOK_SIZE, CONFIGURATIONS, SAMPLE_RATE, FacodecConfiguration

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec

PRELOAD = ("torch",)

DESCRIPTION = "FACodec, factorized streams and timbre (Ju et al. 2024)"
PAPER = "https://arxiv.org/abs/2403.03100"
TIMBRE = "The nominal rate is that of the codes; the payload also holds the timbre, {} bits per utterance."


def _points(configuration: FacodecConfiguration) -> tuple[OperatingPoint, ...]:
    return residual_points(configuration.codebook_counts, CODEBOOK_SIZE, configuration.kbps_per_codebook, "trained")


def _timbre(configuration: FacodecConfiguration) -> str:
    return TIMBRE.format(f"{16 * configuration.dimension:,}")


REFERENCE = CodecCard(
    name="facodec",
    description=DESCRIPTION,
    checkpoint="reference",
    track="reference",
    training=TRAINING,
    sample_rate=SAMPLE_RATE,
    points=_points(CONFIGURATIONS["reference"]()),
    frame=CONFIGURATIONS["reference"]().hop,
    causal=False,
    whole_utterance=True,
    licence="Apache-2.0 (weights trained by codecbench's recipe)",
    paper=PAPER,
    weights=WeightsFile("facodec-reference.safetensors", package=__name__, licence="Apache-2.0"),
    sources=("codecbench_layers",),
    notes=f"{REFERENCE_TRAINING} Without phone labels; a swapped timbre hardly moves the voice. "
    f"{_timbre(CONFIGURATIONS['reference']())}",
    **load_figures(__name__, "facodec:reference"),
)

AMPHION = CodecCard(
    name="facodec",
    description=DESCRIPTION,
    checkpoint="amphion",
    track="published",
    sample_rate=SAMPLE_RATE,
    points=_points(CONFIGURATIONS["amphion"]()),
    frame=CONFIGURATIONS["amphion"]().hop,
    causal=False,
    whole_utterance=True,
    licence="weights Apache-2.0, code MIT",
    paper=PAPER,
    weights=WeightsFile(
        "ns3_facodec_decoder.bin", licence="Apache-2.0", companions=(WeightsFile("ns3_facodec_encoder.bin"),)
    ),
    sources=("codecbench_layers",),
    notes=(
        "Weights: ns3_facodec_decoder.bin of huggingface.co/amphion/naturalspeech3_facodec, with "
        f"ns3_facodec_encoder.bin in the same folder. {_timbre(CONFIGURATIONS['amphion']())}"
    ),
    **load_figures(__name__, "facodec:amphion"),
)

CARDS = (REFERENCE, AMPHION)


def build(options: CodecOptions) -> Codec:
    """The codec of one checkpoint, with its weights loaded. Raises UsageError where they do not fit."""
    from codecbench_facodec.codec import FacodecCodec

    return FacodecCodec(next(card for card in CARDS if card.checkpoint == options.checkpoint), options)


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    for card in CARDS:
        register(card, build)
