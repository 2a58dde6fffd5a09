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

from codecbench.api import Audio, CodecCard, OperatingPoint
from codecbench_classic.libcodec2 import LibCodec2
from codecbench_classic.samples import mono_samples, padded_frames, quantize
from codecbench_classic.units import Units


class Codec2:
    def __init__(self, card: CodecCard) -> None:
        self.card = card
        self._library = LibCodec2()

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        samples = mono_samples(audio, self.card)
        with self._library.open(point.settings["mode"]) as stream:
            frames = quantize(padded_frames(samples, stream.samples, delay_samples(point)), 16).astype(np.int16)
            whole = b"".join(stream.encode(frame).tobytes() for frame in frames)
            return Units(stream.bits).pack(whole, f"codec2 at {point}")

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        with self._library.open(point.settings["mode"]) as stream:
            frames = Units(stream.bits).unpack(payload, f"codec2 at {point}")
            samples = np.concatenate([stream.decode(np.frombuffer(frame, dtype=np.uint8)) for frame in frames])
        return Audio.mono(samples[delay_samples(point) :] / np.float32(32768), self.card.sample_rate)


def delay_samples(point: OperatingPoint) -> int:
    """Samples at 8 kHz by which libcodec2's output trails its input at `point`."""
    return 240 if point.settings["mode"] == "700C" else 160
