"""VoCodec (arXiv 2601.13055, 2026): no code or weights of it are public; this one is written after the paper.

Only cards live here, so that listing codecs imports no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codecbench_layers import REFERENCE_TRAINING, TRAINING, residual_points

from codecbench.api import Codec, CodecCard, CodecOptions, Depth, WeightsFile, hookimpl
from codecbench.cost.figures import load_figures
from codecbench_vocodec.config import CODEBOOK_SIZE, CONFIGURATIONS

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec

PRELOAD = ("torch",)

DESCRIPTION = "VoCodec, low delay and cost (arXiv 2601.13055)"


def _card(checkpoint: str, **rest: Any) -> CodecCard:
    configuration = CONFIGURATIONS[checkpoint]()
    depth: Depth | None = "trained" if rest["track"] == "reference" else None
    return CodecCard(
        name="vocodec",
        description=DESCRIPTION,
        checkpoint=checkpoint,
        sample_rate=configuration.sample_rate,
        points=residual_points(configuration.codebook_counts, CODEBOOK_SIZE, configuration.kbps_per_codebook, depth),
        frame=configuration.hop,
        lookahead=configuration.window - configuration.hop,
        streams=True,
        paper="https://arxiv.org/abs/2601.13055",
        sources=("codecbench_layers",),
        **rest,
        **load_figures(__name__, f"vocodec:{checkpoint}"),
    )


REFERENCE = _card(
    "reference",
    track="reference",
    training=TRAINING,
    licence="Apache-2.0 (weights trained by codecbench's recipe)",
    weights=WeightsFile("vocodec-reference.safetensors", package=__name__, licence="Apache-2.0"),
    notes=REFERENCE_TRAINING,
)
PAPER = _card(
    "paper",
    track="untrained",
    licence="Apache-2.0",
    notes="The paper's size with random weights: for its cost and latency alone. Nobody has published weights.",
)

CARDS = (REFERENCE, PAPER)


def build(options: CodecOptions) -> Codec:
    """The codec of one checkpoint, with its weights loaded. Raises UsageError where they do not fit."""
    from codecbench_vocodec.codec import load_codec

    return load_codec(next(card for card in CARDS if card.checkpoint == options.checkpoint), options)


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    for card in CARDS:
        register(card, build)
