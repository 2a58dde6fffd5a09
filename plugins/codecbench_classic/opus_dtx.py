"""Opus with discontinuous transmission, at a variable bitrate: libopus encodes (ctypes), FFmpeg decodes (PyAV).

FFmpeg's interface to libopus has no such switch, so the library is called itself: the one in PyAV's wheel, or the
system's. Settings are otherwise those of `opus`. After 200 ms without speech the encoder returns packets of one or two
bytes, which need not be sent at all in a call and stand for comfort noise, and a whole packet every 400 ms. Here each
packet is sent behind its length: 0.4 kbps that RTP or a file would need in their own way, and that are counted.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, CodecCard, OperatingPoint, PayloadError
from codecbench_classic.lengths import join_packets, split_packets
from codecbench_classic.libopus import libopus
from codecbench_classic.pyav import decode_packets, load_av
from codecbench_classic.samples import mono_samples, padded_frames
from codecbench_classic.table import OPUS_HEAD, OPUS_LOOKAHEAD

LARGEST = 1275
"""Bytes of a frame, RFC 6716, section 3.2.1."""
APPLICATION_VOIP = 2048
SETTINGS = {"bandwidth": (4004, 1103), "vbr": (4006, 1), "complexity": (4010, 10), "dtx": (4016, 1)}
"""OPUS_SET_* of opus_defines.h with their values: at most wideband, as in the other rows of Opus."""
SET_BITRATE = 4002


class OpusDtx:
    def __init__(self, card: CodecCard) -> None:
        self.card = card
        load_av(card.spec)
        libopus()

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        padded = padded_frames(mono_samples(audio, self.card), self.card.frame, OPUS_LOOKAHEAD)
        return join_packets(_packets(padded, 1000 * int(point.settings["kbps"]), self.card.sample_rate))

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        what, rate = f"{self.card.spec} at {point}", self.card.sample_rate
        packets = split_packets(payload, what)
        context = load_av(what).CodecContext.create("libopus", "r")
        context.sample_rate, context.layout, context.extradata = rate, "mono", OPUS_HEAD
        context.options = {"request_sample_fmt": "flt"}
        samples = decode_packets(context, packets, what, rate)
        if len(samples) != len(packets) * self.card.frame:
            raise PayloadError(f"{what}: {len(packets)} packets hold {len(samples)} samples, not 20 ms each")
        return Audio.mono(samples[OPUS_LOOKAHEAD:], rate)


def _packets(frames: NDArray[np.float32], bit_rate: int, rate: int) -> list[bytes]:
    """One packet for each of `frames` [packets, samples]."""
    library, error = libopus(), ctypes.c_int()
    encoder = library.opus_encoder_create(rate, 1, APPLICATION_VOIP, ctypes.byref(error))
    if not encoder:
        raise RuntimeError(f"opus:dtx: libopus made no encoder (error {error.value})")
    try:
        for request, value in (*SETTINGS.values(), (SET_BITRATE, bit_rate)):
            if refused := library.opus_encoder_ctl(encoder, request, ctypes.c_int32(value)):
                raise RuntimeError(f"opus:dtx: libopus refused the setting {request}={value} (error {refused})")
        return [_encode(library, encoder, frame) for frame in frames]
    finally:
        library.opus_encoder_destroy(encoder)


def _encode(library: Any, encoder: int, frame: NDArray[np.float32]) -> bytes:
    packet = np.zeros(LARGEST, dtype=np.uint8)
    size = library.opus_encode_float(encoder, frame.ctypes.data, len(frame), packet.ctypes.data, LARGEST)
    if size < 1:
        raise RuntimeError(f"opus:dtx: libopus did not encode a frame (error {size})")
    return packet[:size].tobytes()
