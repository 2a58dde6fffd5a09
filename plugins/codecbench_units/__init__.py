"""Units at 365 bit/s: content, pitch and speaker sent apart and resynthesized (Polyak et al. 2021).

Only cards live here, so that listing codecs imports no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codecbench.api import Codebook, Codec, CodecCard, CodecOptions, OperatingPoint, WeightsFile, hookimpl
from codecbench.cost.figures import load_figures
from codecbench_units.config import (
    CEPSTRA,
    CEPSTRUM_CODES,
    HOP,
    MEAN_CODES,
    PITCH_CODES,
    SAMPLE_RATE,
    SPREAD_CODES,
    UNITS,
)

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec

PRELOAD = ("torch",)

SPEAKER = (
    Codebook(CEPSTRUM_CODES, per_utterance=CEPSTRA),
    Codebook(MEAN_CODES, per_utterance=1),
    Codebook(SPREAD_CODES, per_utterance=1),
)
UNIT_KBPS = 50 * 20 / 3 / 1000
"""Three units in 20 bits."""
PITCH_BITS = 13 / 3
"""Of an F0 code: three in 13 bits."""


def _point(name: str, runs: bool, pitch_frames: int) -> OperatingPoint:
    """An F0 code each `pitch_frames` units. Of runs the rate is known when they are coded."""
    kbps = UNIT_KBPS + 50 / pitch_frames * PITCH_BITS / 1000
    return OperatingPoint(
        None if runs else round(kbps, 4),
        {"runs": runs, "pitch_frames": pitch_frames},
        frame=pitch_frames * HOP,
        name=name,
        codebooks=(*SPEAKER, Codebook(UNITS, per_frame=pitch_frames), Codebook(PITCH_CODES)),
    )


POINTS = (
    _point("runs-f6", True, 8), _point("runs-f12", True, 4), _point("raw-f6", False, 8), _point("raw-f12", False, 4),
)  # fmt: skip
"""Named by how units are sent and by F0 codes a second: 6.25 or 12.5."""


def _card(checkpoint: str, **rest: Any) -> CodecCard:
    return CodecCard(
        name="units",
        description="Discrete units, F0 codes, a speaker vector (after Polyak et al. 2021)",
        checkpoint=checkpoint,
        sample_rate=SAMPLE_RATE,
        points=POINTS,
        frame=POINTS[0].frame or 1,
        causal=False,
        whole_utterance=True,
        stochastic=True,
        on_request=True,
        family="neural",
        paper="https://arxiv.org/abs/2104.00355",
        sources=("codecbench_layers",),
        **rest,
        **load_figures(__name__, f"units:{checkpoint}"),
    )


LOGMEL = _card(
    "logmel",
    track="reference",
    training="75 minutes of speech, 3,600 updates",
    licence="Apache-2.0 (weights trained by codecbench's recipe)",
    weights=WeightsFile("units-logmel.safetensors", package=__name__, licence="Apache-2.0"),
    notes="A stand-in for the paper's system: its units are clusters of mel cepstra, not of HuBERT's states, and keep "
    "few words; its decoder is a small vocoder. Nominal rates are those of units and F0; the payload also holds 173 "
    "bits a file, the speaker's and the number of frames, which the paper does not count.",
)
HUBERT = _card(
    "hubert",
    track="published",
    licence="of the model that you give",
    weights=WeightsFile(
        "units-hubert.safetensors", companions=(WeightsFile("config.json"), WeightsFile("model.safetensors"))
    ),
    notes="A model of transformers in a folder, as save_pretrained writes it, and beside it units-hubert.safetensors: "
    "100 centres and a decoder, which `python -m recipes units --model FOLDER --centres FILE` trains.",
)

CARDS = (LOGMEL, HUBERT)


def build(options: CodecOptions) -> Codec:
    """The codec of one checkpoint, with its weights loaded. Raises UsageError where they do not fit."""
    from codecbench_units.codec import UnitsCodec

    return UnitsCodec(next(card for card in CARDS if card.checkpoint == options.checkpoint), options)


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    for card in CARDS:
        register(card, build)
