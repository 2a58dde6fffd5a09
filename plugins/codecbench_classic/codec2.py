"""Codec 2 (David Rowe) by the libcodec2 of pycodec2: a sinusoidal vocoder at 8 kHz.

The payload is the frames' bits one after another, `bits_per_frame` each and no byte padding between frames: libcodec2
hands out whole bytes, whose unused low bits are dropped here and restored as zeros before decoding.

The decoder's output trails the input by 20 ms (30 ms for 700C): the analysis window is centred 20 ms before the end of
its 10 ms sub-frame, and 700C then interpolates from the frame before. The encoder pads, the decoder drops that many
samples, so that the output lies on the input's time line. Checked on real speech by correlating envelopes: 21 to 22 ms,
and 32 ms for 700C.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, OperatingPoint, PayloadError
from codecbench_classic import CODEC2
from codecbench_classic.libcodec2 import LibCodec2
from codecbench_classic.samples import mono_samples, quantize


class Codec2:
    card = CODEC2

    def __init__(self) -> None:
        self._library = LibCodec2()

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        samples = quantize(mono_samples(audio, self.card), 16).astype(np.int16)
        with self._library.open(point.settings["mode"]) as stream:
            count = -(-(len(samples) + delay_samples(point)) // stream.samples)
            padded = np.zeros((count, stream.samples), dtype=np.int16)
            padded.reshape(-1)[: len(samples)] = samples
            planes = np.unpackbits(np.stack([stream.encode(frame) for frame in padded]), axis=1)
            return np.packbits(planes[:, : stream.bits]).tobytes()

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        with self._library.open(point.settings["mode"]) as stream:
            frames = _frames(payload, stream.bits, point)
            samples = np.concatenate([stream.decode(frame) for frame in frames])
        return Audio.mono(samples[delay_samples(point) :] / np.float32(32768), self.card.sample_rate)


def delay_samples(point: OperatingPoint) -> int:
    """Samples at 8 kHz by which libcodec2's output trails its input at `point`."""
    return 240 if point.settings["mode"] == "700C" else 160


def _frames(payload: bytes, bits: int, point: OperatingPoint) -> NDArray[np.uint8]:
    """The payload's frames, each padded to whole bytes [frames, bytes]."""
    plane = np.unpackbits(np.frombuffer(payload, dtype=np.uint8))
    count = len(plane) // bits
    if count == 0 or len(plane) - count * bits > 7 or plane[count * bits :].any():
        raise PayloadError(
            f"codec2 at {point.label} kbps: {len(payload)} bytes are not a positive number of {bits}-bit frames"
        )
    return np.packbits(plane[: count * bits].reshape(count, bits), axis=1)
