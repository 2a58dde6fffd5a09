"""Predictive coding of latents: a small causal predictor of a codec's codes, and a range coder.

After a talk on neural speech codecs for communication, which names prediction as what traditional codecs
have and neural ones leave out: a recurrent model sees past frames, the decoder predicts as the encoder does, and what
is predicted need not be sent. There the residual of continuous latents is quantized; here codes of the reference codecs
are taken as they are, so that the audio stays the very same and what is saved are bits alone.

Only cards live here, so that listing codecs imports no torch.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import codecbench_encodec
import codecbench_vocodec
from codecbench_layers import TRAINING

from codecbench.api import Codec, CodecCard, CodecOptions, OperatingPoint, WeightsFile, hookimpl
from codecbench_predictive.config import PredictorConfiguration

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec

PRELOAD = ("torch", "transformers.models.encodec.modeling_encodec")

WRAPPED: dict[str, tuple[CodecCard, Any]] = {
    "encodec": (codecbench_encodec.REFERENCE, codecbench_encodec.build),
    "vocodec": (codecbench_vocodec.REFERENCE, codecbench_vocodec.build),
}
"""By checkpoint: whose codes are predicted, and what builds it."""
CONFIGURATIONS = {
    "encodec": PredictorConfiguration(dimension=128, codebooks=12),
    "vocodec": PredictorConfiguration(dimension=160, codebooks=12),
}


def _point(point: OperatingPoint) -> OperatingPoint:
    """The wrapped codec's, without a bitrate: how much is sent depends on the speech."""
    return replace(point, nominal_kbps=None, name=f"q{len(point.codebooks)}")


def _macs(wrapped: CodecCard, checkpoint: str) -> dict[str, dict[str, float]]:
    """The wrapped codec's as measured, and in encoder and decoder the predictor's, by its formula."""
    size, found = CONFIGURATIONS[checkpoint], {}
    for point in wrapped.points:
        count = len(point.codebooks)
        predictor = wrapped.frame_rate_at(point) * (size.macs_per_frame + count * size.macs_per_code)
        stages = wrapped.macs_by_point.get(point.label, {})
        found[f"q{count}"] = {
            stage: macs + (predictor if stage != "quantizer" else 0.0) for stage, macs in stages.items()
        }
    return found


def _card(checkpoint: str) -> CodecCard:
    wrapped, _ = WRAPPED[checkpoint]
    macs = _macs(wrapped, checkpoint)
    highest = macs[f"q{max(len(point.codebooks) for point in wrapped.points)}"]
    return CodecCard(
        name="predictive",
        checkpoint=checkpoint,
        description="Codes of EnCodec or VoCodec, predicted and entropy-coded",
        track="reference",
        training=TRAINING,
        sample_rate=wrapped.sample_rate,
        points=tuple(map(_point, wrapped.points)),
        frame=wrapped.frame,
        lookahead=wrapped.lookahead,
        causal=wrapped.causal,
        streams=wrapped.streams,
        on_request=True,
        licence="Apache-2.0 (weights trained by codecbench's recipe)",
        weights=WeightsFile(f"predictive-{checkpoint}.safetensors", package=__name__, licence="Apache-2.0"),
        sources=("codecbench_layers", f"codecbench_{wrapped.name}"),
        parameters=(wrapped.parameters or 0) + CONFIGURATIONS[checkpoint].parameters,
        encoder_macs_per_s=highest.get("encoder"),
        quantizer_macs_per_s=highest.get("quantizer"),
        decoder_macs_per_s=highest.get("decoder"),
        macs_by_point=macs,
        latency_ms=wrapped.latency_ms,
        buffering_ms=wrapped.buffering_ms,
        latency_kind=wrapped.latency_kind,
        notes=f"Decodes to the samples of {wrapped.spec} with as many codebooks, at its latency where frames are sent "
        "as they come; as a file the range coder is flushed once, in packets it would take up to 4 bytes more each. "
        "The predictor computes with whole numbers in double precision, the same on every machine that keeps IEEE 754; "
        "the range coder is constriction's, whose releases may differ. MACs and latency are the codec's as measured, "
        "with the predictor's MACs by formula.",
    )


CARDS = tuple(map(_card, WRAPPED))


def build(options: CodecOptions) -> Codec:
    """The codec of one checkpoint, with its weights loaded. Raises UsageError where they do not fit."""
    from codecbench_predictive.codec import PredictiveCodec

    card = next(card for card in CARDS if card.checkpoint == options.checkpoint)
    return PredictiveCodec(card, *WRAPPED[options.checkpoint], options)


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    for card in CARDS:
        register(card, build)
