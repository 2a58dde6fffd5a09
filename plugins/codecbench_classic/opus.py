"""Opus (RFC 6716) by libopus, through PyAV: constant bitrate, 20 ms packets, mono, application `voip`.

The payload is the packets and nothing else. At constant bitrate all have bitrate · 20 ms / 8 bytes, so they need no
lengths; the decoder's OpusHead (RFC 7845, section 5.1) is a constant of this file. The encoder is fed zeros after the
end until the signal has left its look-ahead of 312 samples (6.5 ms), and the decoder drops its first 312 samples: the
output lies on the input's time line and no tail is lost, at the cost of at most one packet.

The codec runs at 48 kHz, the rate that libopus decodes to here, but codes no more than 8 kHz of band (`cutoff`): the
harness's source is a 16 kHz signal, and left to itself libopus spends bits on the empty band above (on real speech at
24 kbps that costs 0.15 to 0.3 of PESQ-WB; with the limit, PESQ equals that of feeding libopus at 16 kHz).
"""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, OperatingPoint, PayloadError, Unavailable
from codecbench_classic import OPUS
from codecbench_classic.samples import mono_samples

RATE = 48000
FRAME = 960
PRE_SKIP = 312
"""The encoder's look-ahead at 48 kHz: 4 ms for delay compensation and 2.5 ms for the overlap (libopus, `voip`)."""

# Version 1, one channel, pre-skip 0 (we trim ourselves), input rate, gain 0, mapping family 0.
OPUS_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, RATE, 0, 0)


def packet_bytes(point: OperatingPoint) -> int:
    """Bytes of every packet at `point`."""
    return int(point.settings["kbps"]) * 20 // 8


class Opus:
    card = OPUS

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        samples = mono_samples(audio, self.card)
        count = -(-(len(samples) + PRE_SKIP) // FRAME)
        padded = np.zeros(count * FRAME, dtype=np.float32)
        padded[: len(samples)] = samples
        packets = _encode(padded, point)
        size = packet_bytes(point)
        if len(packets) != count or any(len(packet) != size for packet in packets):
            sizes = sorted({len(packet) for packet in packets})
            raise RuntimeError(
                f"opus at {point.label} kbps: libopus gave {len(packets)} packets of {sizes} bytes where constant "
                f"bitrate means {count} of {size}"
            )
        return b"".join(packets)

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        size = packet_bytes(point)
        if not payload or len(payload) % size:
            raise PayloadError(
                f"opus at {point.label} kbps: {len(payload)} bytes are not a positive number of {size}-byte packets"
            )
        packets = [payload[start : start + size] for start in range(0, len(payload), size)]
        return Audio.mono(_decode(packets, point)[PRE_SKIP:], RATE)


def _encode(samples: NDArray[np.float32], point: OperatingPoint) -> list[bytes]:
    """One packet per 960 of `samples`. The encoder is not flushed: that would only add a packet of silence."""
    av = _load_av()
    context = av.CodecContext.create("libopus", "w")
    context.sample_rate, context.layout, context.format = RATE, "mono", "flt"
    context.time_base, context.bit_rate = Fraction(1, RATE), int(point.settings["kbps"]) * 1000
    context.options = {
        "vbr": "off",
        "application": "voip",
        "frame_duration": "20",
        "packet_loss": "0",
        "compression_level": "10",
        "cutoff": "8000",
    }
    packets = []
    for start in range(0, len(samples), FRAME):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + FRAME], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        packets += [bytes(packet) for packet in context.encode(frame)]
    return packets


def _decode(packets: list[bytes], point: OperatingPoint) -> NDArray[np.float32]:
    av = _load_av()
    context = av.CodecContext.create("libopus", "r")
    context.sample_rate, context.layout, context.extradata = RATE, "mono", OPUS_HEAD
    context.options = {"request_sample_fmt": "flt"}
    pieces = []
    for index, packet in enumerate(packets):
        try:
            frames = context.decode(av.Packet(packet))
        except av.error.FFmpegError as error:
            raise PayloadError(f"opus at {point.label} kbps: packet {index} cannot be decoded ({error})") from error
        if sum(frame.samples for frame in frames) != FRAME:
            raise PayloadError(f"opus at {point.label} kbps: packet {index} does not hold 20 ms of audio")
        pieces += [frame.to_ndarray()[0] for frame in frames]
    return np.concatenate(pieces)


def _load_av() -> Any:
    try:
        import av
    except ImportError as error:
        raise Unavailable(f"opus needs PyAV ({error}); install it: pip install 'codecbench[classic]'") from error
    return av
