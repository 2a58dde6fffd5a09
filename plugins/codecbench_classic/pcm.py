"""PCM: a uniform mid-tread quantizer, the harness's self-check.

A sample x in [-1, 1) becomes rint(x · 2^(b-1)), ties to even, clipped to [-2^(b-1), 2^(b-1) - 1]: zero stays zero, no
dither, no noise shaping. Values are packed in two's complement, first sample first, most significant bit first, without
header; only the last byte is padded, with zeros. At 16 bit the round trip of 16-bit material is the identity.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, CodecCard, OperatingPoint, PayloadError
from codecbench_classic.samples import mono_samples, quantize


class Pcm:
    def __init__(self, card: CodecCard) -> None:
        self.card = card

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        bits: int = point.settings["bits"]
        return _pack(quantize(mono_samples(audio, self.card), bits), bits)

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        """Below 8 bit the padding of the last byte may read as one more sample, a zero."""
        bits: int = point.settings["bits"]
        values = _unpack(payload, bits)
        if not len(values):
            raise PayloadError(f"pcm at {point.label} kbps: the payload holds no sample")
        return Audio.mono(values / np.float32(1 << (bits - 1)), self.card.sample_rate)


def _pack(values: NDArray[np.int64], bits: int) -> bytes:
    words = values.astype(">i2").view(np.uint8).reshape(-1, 2)
    planes = np.unpackbits(words, axis=1)[:, 16 - bits :]  # [samples, bits]
    return np.packbits(planes).tobytes()


def _unpack(payload: bytes, bits: int) -> NDArray[np.float32]:
    plane = np.unpackbits(np.frombuffer(payload, dtype=np.uint8))
    count = len(plane) // bits
    if plane[count * bits :].any() or len(plane) - count * bits > 7:
        raise PayloadError(f"pcm: a payload of {len(payload)} bytes is not a whole number of {bits}-bit samples")
    words = np.zeros((count, 16), dtype=np.uint8)
    words[:, :bits] = plane[: count * bits].reshape(count, bits)
    # The value sits in the upper bits: shifting down as a signed integer restores its sign.
    return (np.packbits(words).view(">i2").astype(np.int32) >> (16 - bits)).astype(np.float32)
