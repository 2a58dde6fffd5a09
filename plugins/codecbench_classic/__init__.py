"""Classical codecs: PCM (the harness's self-check), Opus and Codec 2.

Only cards live here, so that listing codecs loads no codec library; each codec has a module of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codecbench.api import Codec, CodecCard, CodecOptions, OperatingPoint, hookimpl
from codecbench.cost.figures import load_figures

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec

PCM_BITS = (6, 8, 12, 16)
OPUS_KBPS = (6, 8, 12, 16, 24, 32)
CODEC2_MODES = (
    ("700C", 0.7, 320, 240), ("1200", 1.2, 320, 160), ("1400", 1.4, 320, 160), ("1600", 1.6, 320, 160),
    ("2400", 2.4, 160, 160), ("3200", 3.2, 160, 160),
)  # fmt: skip
"""Mode, kbps, frame and look-ahead in samples at 8 kHz: the analysis window is centred 20 ms before the end of its
sub-frame, and 700C interpolates from the frame before."""

PCM = CodecCard(
    name="pcm",
    description="16 kHz PCM, the harness's self-check",
    sample_rate=16000,
    points=tuple(OperatingPoint(16.0 * bits, {"bits": bits}) for bits in PCM_BITS),
    licence="none needed",
    self_check=True,
    notes="Uniform quantizer; at 16 bit the harness's self-check.",
    **load_figures(__name__, "pcm:default"),
)

OPUS = CodecCard(
    name="opus",
    description="libopus, CBR, 20 ms packets",
    sample_rate=48000,
    points=tuple(OperatingPoint(float(kbps), {"kbps": kbps}) for kbps in OPUS_KBPS),
    frame=960,
    lookahead=312,
    licence="BSD-3-Clause (libopus); PyAV BSD-3-Clause, its FFmpeg build GPL",
    paper="RFC 6716",
    notes="libopus, CBR, voip, 20 ms packets without container, at most wideband (8 kHz).",
    **load_figures(__name__, "opus:default"),
)

CODEC2 = CodecCard(
    name="codec2",
    description="Codec 2, a vocoder",
    sample_rate=8000,
    points=tuple(
        OperatingPoint(kbps, {"mode": mode}, frame, lookahead) for mode, kbps, frame, lookahead in CODEC2_MODES
    ),
    frame=320,
    lookahead=240,
    licence="LGPL-2.1 (libcodec2); pycodec2 BSD-3-Clause",
    paper="https://www.rowetel.com/codec2.html",
    notes="A vocoder: keeps no waveform. Frames of 20 ms (3200, 2400) or 40 ms.",
    **load_figures(__name__, "codec2:default"),
)


def _pcm(_: CodecOptions) -> Codec:
    from codecbench_classic.pcm import Pcm

    return Pcm()


def _opus(_: CodecOptions) -> Codec:
    from codecbench_classic.opus import Opus

    return Opus()


def _codec2(_: CodecOptions) -> Codec:
    from codecbench_classic.codec2 import Codec2

    return Codec2()


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    register(PCM, _pcm)
    register(OPUS, _opus)
    register(CODEC2, _codec2)
