"""DAC (Kumar et al. 2023) on transformers' model: a small reference configuration and the published ones.

Only cards live here, so that listing codecs imports no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codecbench_layers import REFERENCE_TRAINING, TRAINING, residual_points, torch_environment

from codecbench.api import Codec, CodecCard, CodecOptions, OperatingPoint, WeightsFile, hookimpl
from codecbench.cost.figures import load_figures
from codecbench_dac.config import CODEBOOK_SIZE, CONFIGURATIONS

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec

PRELOAD = ("torch", "transformers.models.dac.modeling_dac")

DESCRIPTION = "Descript Audio Codec (Kumar et al. 2023)"
PAPER = "https://arxiv.org/abs/2306.06546"
RELEASES = "https://github.com/descriptinc/descript-audio-codec/releases/download"
SHA256_16KHZ = "95ab7176b67137d4d4c6c54b8d6ef3cea797faec228cb03ad084badcad570b4d"
SHORTFALL = "The decoder ends 8 samples (0.5 ms at 16 kHz) before its last frame does; they are zeros here."
NO_NORMALISATION = "Levels are coded as they are: no loudness normalisation."


def _points(checkpoint: str) -> tuple[OperatingPoint, ...]:
    """Quantizer dropout: half of a training batch has a number of codebooks drawn from all (paper, section 3.3)."""
    configuration = CONFIGURATIONS[checkpoint]()
    return residual_points(configuration.codebook_counts, CODEBOOK_SIZE, configuration.kbps_per_codebook, "trained")


def _published(checkpoint: str, release: str, sha256: str, notes: str) -> CodecCard:
    configuration = CONFIGURATIONS[checkpoint]()
    return CodecCard(
        name="dac",
        description=DESCRIPTION,
        checkpoint=checkpoint,
        track="published",
        sample_rate=configuration.sample_rate,
        points=_points(checkpoint),
        frame=configuration.hop,
        lookahead=configuration.lookahead,
        causal=False,
        licence="MIT",
        paper=PAPER,
        sources=("codecbench_layers",),
        weights=WeightsFile(
            release.rpartition("/")[2], url=f"{RELEASES}/{release}", sha256=sha256, licence="MIT"
        ),
        notes=f"{notes} Also read from the safetensors file of huggingface.co/descript/dac_{checkpoint[9:]}.",
        **load_figures(__name__, f"dac:{checkpoint}"),
    )  # fmt: skip


REFERENCE = CodecCard(
    name="dac",
    description=DESCRIPTION,
    checkpoint="reference",
    track="reference",
    training=TRAINING,
    sample_rate=16000,
    points=_points("reference"),
    frame=320,
    lookahead=CONFIGURATIONS["reference"]().lookahead,
    causal=False,
    licence="Apache-2.0 (weights trained by codecbench's recipe)",
    paper=PAPER,
    sources=("codecbench_layers",),
    weights=WeightsFile("dac-reference.safetensors", package=__name__, licence="Apache-2.0"),
    notes=f"{REFERENCE_TRAINING} {SHORTFALL}",
    **load_figures(__name__, "dac:reference"),
)

OFFICIAL = CodecCard(
    name="dac",
    description=f"{DESCRIPTION}, the authors' own code",
    checkpoint="official",
    track="published",
    sample_rate=16000,
    points=_points("descript-16khz"),
    frame=320,
    lookahead=CONFIGURATIONS["descript-16khz"]().lookahead,
    causal=False,
    licence="MIT",
    paper=PAPER,
    weights=WeightsFile(
        "weights_16khz.pth", url=f"{RELEASES}/0.0.5/weights_16khz.pth", sha256=SHA256_16KHZ, licence="MIT"
    ),
    notes=f"descript-audio-codec 1.0.0 in an environment of its own. {NO_NORMALISATION} Its decoder ends 8 samples "
    "(0.5 ms) before its last frame does.",
    environment=torch_environment("official.py", "descript-audio-codec==1.0.0"),
)

CARDS = (
    REFERENCE,
    _published(
        "descript-16khz",
        "0.0.5/weights_16khz.pth",
        SHA256_16KHZ,
        f"{NO_NORMALISATION} {SHORTFALL}",
    ),
    _published(
        "descript-24khz",
        "0.0.4/weights_24khz.pth",
        "44bad592fc393e03eb0be7a5120b7d487fe9612fa41269dc03fca3d4b87e20ad",
        f"{NO_NORMALISATION} {SHORTFALL}",
    ),
    _published(
        "descript-44khz",
        "0.0.1/weights.pth",
        "a88eed82a7024ccc1facdb1e605c4c2f99281c8118c22c9895ffa846d8fb61aa",
        NO_NORMALISATION,
    ),
)


def build(options: CodecOptions) -> Codec:
    """The codec of one checkpoint, with its weights loaded. Raises UsageError where they do not fit."""
    from codecbench_dac.codec import Dac

    return Dac(next(card for card in CARDS if card.checkpoint == options.checkpoint), options)


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    for card in CARDS:
        register(card, build)
    register(OFFICIAL)
