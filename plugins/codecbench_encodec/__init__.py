"""EnCodec (Défossez et al. 2022) on transformers' model: a small reference configuration and the published ones.

Only cards live here, so that listing codecs imports no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codecbench_layers import REFERENCE_TRAINING, TRAINING, residual_points

from codecbench.api import Codec, CodecCard, CodecOptions, OperatingPoint, WeightsFile, hookimpl
from codecbench.cost.figures import load_figures
from codecbench_encodec.config import CODEBOOK_SIZE, EncodecConfiguration

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec

PRELOAD = ("torch", "transformers.models.encodec.modeling_encodec")

DESCRIPTION = "EnCodec (Défossez et al. 2022)"
PAPER = "https://arxiv.org/abs/2210.13438"
PUBLISHED_LICENCE = "code MIT; weights without a licence of their own, taken by some for CC BY-NC 4.0"
ORIGIN = "https://dl.fbaipublicfiles.com/encodec/v0"


def _points(configuration: EncodecConfiguration) -> tuple[OperatingPoint, ...]:
    """Trained at a bandwidth drawn for each batch: each of them is one that the decoder knows (paper, section 3.4)."""
    return residual_points(configuration.codebook_counts, CODEBOOK_SIZE, configuration.kbps_per_codebook, "trained")


REFERENCE = CodecCard(
    name="encodec",
    description=DESCRIPTION,
    checkpoint="reference",
    track="reference",
    training=TRAINING,
    sample_rate=16000,
    points=_points(EncodecConfiguration.reference()),
    frame=320,
    streams=True,
    licence="Apache-2.0 (weights trained by codecbench's recipe)",
    paper=PAPER,
    sources=("codecbench_layers",),
    weights=WeightsFile("encodec-reference.safetensors", package=__name__, licence="Apache-2.0"),
    notes=REFERENCE_TRAINING,
    **load_figures(__name__, "encodec:reference"),
)

FACEBOOK_24KHZ = CodecCard(
    name="encodec",
    description=DESCRIPTION,
    checkpoint="facebook-24khz",
    track="published",
    sample_rate=24000,
    points=_points(EncodecConfiguration.facebook_24khz()),
    frame=320,
    streams=True,
    licence=PUBLISHED_LICENCE,
    paper=PAPER,
    sources=("codecbench_layers",),
    weights=WeightsFile(
        "encodec_24khz-d7cc33bc.th",
        url=f"{ORIGIN}/encodec_24khz-d7cc33bc.th",
        sha256="d7cc33bcf1aad7f2dad9836f36431530744abeace3ca033005e3290ed4fa47bf",
        size=93171529,
        licence=PUBLISHED_LICENCE,
    ),
    notes="Also read from the safetensors file of huggingface.co/facebook/encodec_24khz.",
    **load_figures(__name__, "encodec:facebook-24khz"),
)

FACEBOOK_48KHZ = CodecCard(
    name="encodec",
    description=DESCRIPTION,
    checkpoint="facebook-48khz",
    track="published",
    sample_rate=48000,
    channels=2,
    points=_points(EncodecConfiguration.facebook_48khz()),
    hop=320,
    frame=47520,  # a segment without its overlap: nothing smaller can be decoded
    lookahead=480,
    causal=False,
    licence=PUBLISHED_LICENCE,
    paper=PAPER,
    sources=("codecbench_layers",),
    weights=WeightsFile(
        "encodec_48khz-7e698e3e.th", url=f"{ORIGIN}/encodec_48khz-7e698e3e.th", licence=PUBLISHED_LICENCE
    ),
    notes="Stereo, one-second segments that overlap by 1 %; a 32-bit scale per segment is part of the payload.",
    **load_figures(__name__, "encodec:facebook-48khz"),
)

CARDS = (REFERENCE, FACEBOOK_24KHZ, FACEBOOK_48KHZ)


def build(options: CodecOptions) -> Codec:
    """The codec of one checkpoint, with its weights loaded. Raises UsageError where they do not fit."""
    from codecbench_encodec.codec import Encodec, SegmentedEncodec

    card = next(card for card in CARDS if card.checkpoint == options.checkpoint)
    return (SegmentedEncodec if card is FACEBOOK_48KHZ else Encodec)(card, options)


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    for card in CARDS:
        register(card, build)
