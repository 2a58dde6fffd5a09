"""LaDiffCodec (Yang et al. 2023): a discrete codec's codes as the condition of a diffusion in another codec's latents.

Only cards live here, so that listing codecs imports no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codecbench_layers import REFERENCE_TRAINING, TRAINING, residual_points

from codecbench.api import Codec, CodecCard, CodecOptions, WeightsFile, hookimpl
from codecbench.cost.figures import load_figures
from codecbench_ladiff.config import CODEBOOK_SIZE, CONFIGURATIONS, SAMPLE_RATE

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec

PRELOAD = ("torch", "transformers.models.encodec.modeling_encodec")

DESCRIPTION = "LaDiffCodec, latent diffusion (Yang et al. 2023)"
NO_LICENCE = "none stated (repository without a licence)"


def _card(checkpoint: str, **rest: Any) -> CodecCard:
    configuration = CONFIGURATIONS[checkpoint]
    return CodecCard(
        name="ladiff",
        description=DESCRIPTION,
        checkpoint=checkpoint,
        sample_rate=SAMPLE_RATE,
        points=residual_points(
            configuration.codebook_counts, CODEBOOK_SIZE, configuration.kbps_per_codebook, "trained"
        ),
        frame=configuration.frame,
        causal=False,
        whole_utterance=True,
        stochastic=True,
        paper="https://arxiv.org/abs/2311.08330",
        sources=("codecbench_layers", "codecbench_encodec"),
        **rest,
        **load_figures(__name__, f"ladiff:{checkpoint}"),
    )


def _published(checkpoint: str) -> CodecCard:
    return _card(
        checkpoint,
        track="published",
        licence=NO_LICENCE,
        weights=WeightsFile(
            f"ladiff-{checkpoint}.amlt", licence=NO_LICENCE, companions=(WeightsFile("condition.amlt"),)
        ),
        notes=(
            "Weights: the release's Ladiff_*_8/model_best.amlt, with its EnCodec_libri_*/model_best.amlt beside it as "
            "condition.amlt. 100 diffusion steps from the condition, as the release samples: 100 times 35.1 G MAC/s. "
            "143.1 M parameters, those of the condition codec's encoder (7.4 M) among them. One byte of level per "
            "utterance is added, for its sampling loses the level."
        ),
    )


REFERENCE = _card(
    "reference",
    track="reference",
    training=TRAINING,
    licence="Apache-2.0 (weights trained by codecbench's recipe)",
    weights=WeightsFile("ladiff-reference.safetensors", package=__name__, licence="Apache-2.0"),
    notes=f"{REFERENCE_TRAINING} Four diffusion steps; the noise follows from the seed.",
)

CARDS = (
    REFERENCE,
    _published("indiana-1.5kbps"),
    _published("indiana-3kbps"),
)


def build(options: CodecOptions) -> Codec:
    """The codec of one checkpoint, with its weights loaded. Raises UsageError where they do not fit."""
    from codecbench_ladiff.codec import LadiffCodec

    return LadiffCodec(next(card for card in CARDS if card.checkpoint == options.checkpoint), options)


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    for card in CARDS:
        register(card, build)
