"""EuleroDec (Cerovaz et al. 2026), complex-valued throughout: no code or weights of the codec are public.

Only cards live here, so that listing codecs imports no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codecbench_layers import REFERENCE_TRAINING, TRAINING, residual_points

from codecbench.api import Codec, CodecCard, CodecOptions, Depth, WeightsFile, hookimpl
from codecbench.cost.figures import load_figures
from codecbench_eulerodec.config import CONFIGURATIONS

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec

PRELOAD = ("torch",)

DESCRIPTION = "EuleroDec, complex-valued throughout (Cerovaz et al. 2026)"


def _card(checkpoint: str, **rest: Any) -> CodecCard:
    configuration = CONFIGURATIONS[checkpoint]()
    depth: Depth | None = "trained" if rest["track"] == "reference" else None
    return CodecCard(
        name="eulerodec",
        description=DESCRIPTION,
        checkpoint=checkpoint,
        sample_rate=configuration.sample_rate,
        points=residual_points(
            configuration.codebook_counts, configuration.codebook_size, configuration.kbps_per_codebook, depth
        ),
        hop=configuration.frame,
        frame=configuration.block * configuration.hop,  # attention sees a whole block: nothing smaller can be decoded
        lookahead=configuration.n_fft - configuration.hop,  # what a block's first frame writes before the block
        causal=False,
        paper="https://arxiv.org/abs/2601.17517",
        sources=("codecbench_layers",),
        **rest,
        **load_figures(__name__, f"eulerodec:{checkpoint}"),
    )


def _paper(checkpoint: str) -> CodecCard:
    return _card(
        checkpoint,
        track="untrained",
        licence="Apache-2.0",
        notes="The paper's size with random weights: for its cost and latency alone. Nobody has published weights.",
    )


REFERENCE = _card(
    "reference",
    track="reference",
    training=TRAINING,
    licence="Apache-2.0 (weights trained by codecbench's recipe)",
    weights=WeightsFile("eulerodec-reference.safetensors", package=__name__, licence="Apache-2.0"),
    notes=f"{REFERENCE_TRAINING} Parameters are complex and count once.",
)

CARDS = (
    REFERENCE,
    _paper("paper-6kbps"),
    _paper("paper-12kbps"),
)


def build(options: CodecOptions) -> Codec:
    """The codec of one checkpoint, with its weights loaded. Raises UsageError where they do not fit."""
    from codecbench_eulerodec.codec import EulerodecCodec

    return EulerodecCodec(next(card for card in CARDS if card.checkpoint == options.checkpoint), options)


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    for card in CARDS:
        register(card, build)
