"""A plugin of the reference EnCodec, as it is and with one thing wrong: installed into a site folder by the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from codecbench.api import Audio, CodecOptions, hookimpl
from codecbench.plugins import registry
from codecbench.weights import resolve

PRELOAD = ("torch", "transformers.models.encodec.modeling_encodec")
"""Each of two dozen processes would import them anew."""
LOW, HIGH = "1", "6"
SIX_BITS = 31
"""Largest magnitude of a signed 6-bit number."""


class Subject:
    """EnCodec with weights of full float32 precision: the bundled ones, and noise below what float16 can hold."""

    def __init__(self, options: CodecOptions) -> None:
        import torch

        entry = registry().codec("encodec")
        weights = resolve(entry.card, None)
        self.codec = entry.factory(CodecOptions.of(entry.card, weights))
        generator = torch.Generator().manual_seed(1)
        self.change_weights(lambda w: w * (1 + 2e-4 * (torch.rand(w.shape, generator=generator) - 0.5)))

    def change_weights(self, change: Callable[[Any], Any]) -> None:
        for part in (self.codec.model.encoder, self.codec.model.decoder):
            for weight in part.parameters():
                weight.copy_(change(weight))

    def encode(self, audio, point):
        return self.codec.encode(audio, point)

    def decode(self, payload, point):
        return self.codec.decode(payload, point)

    def changed(self, audio, change):
        return Audio(change(audio.samples), audio.sample_rate)


class Codebook(Subject):
    """At the low point, the decoder leaves out the last codebook."""

    def decode(self, payload, point):
        if point.label != LOW:
            return super().decode(payload, point)
        import torch

        codes = torch.from_numpy(self.codec.codes(payload, point))[None, :-1]
        with torch.no_grad():
            return Audio(self.codec.decode_codes(codes, point)[0].numpy(), 16000)


class SixBits(Subject):
    def __init__(self, options):
        super().__init__(options)
        self.change_weights(lambda w: (w / w.abs().max() * SIX_BITS).round() / SIX_BITS * w.abs().max())


class Resampler(Subject):
    """To 11 kHz and back by linear interpolation, without any filter."""

    def encode(self, audio, point):
        samples = audio.samples[0]
        there = np.interp(np.arange(0, len(samples), 16 / 11), np.arange(len(samples)), samples)
        back = np.interp(np.arange(len(samples)), np.arange(len(there)) * 16 / 11, there)
        return super().encode(Audio.mono(back.astype(np.float32), 16000), point)


class Shift(Subject):
    def decode(self, payload, point):
        return self.changed(super().decode(payload, point), lambda x: np.pad(x, ((0, 0), (8, 0))))


class Gain(Subject):
    def decode(self, payload, point):
        return self.changed(super().decode(payload, point), lambda x: x * np.float32(10 ** (-1 / 20)))


class Polarity(Subject):
    def decode(self, payload, point):
        return self.changed(super().decode(payload, point), np.negative)


class Tail(Subject):
    def decode(self, payload, point):
        return self.changed(super().decode(payload, point), lambda x: x[:, :-1600])


class SideChannel(Subject):
    """256 bits beside the codes."""

    def encode(self, audio, point):
        return super().encode(audio, point) + bytes(32)

    def decode(self, payload, point):
        return super().decode(payload[:-32], point)


class Half(Subject):
    """Saved as float16 and loaded again."""

    def __init__(self, options):
        super().__init__(options)
        self.change_weights(lambda w: w.half().float())


class Threads(Subject):
    """On two threads, and back: the process is shared with other codecs."""

    def decode(self, payload, point):
        import torch

        torch.set_num_threads(2)
        try:
            return super().decode(payload, point)
        finally:
            torch.set_num_threads(1)


class Machine(Subject):
    """The kernels of a processor without oneDNN: sums in another order, as on another machine."""

    def encode(self, audio, point):
        import torch

        with torch.backends.mkldnn.flags(enabled=False):
            return super().encode(audio, point)

    def decode(self, payload, point):
        import torch

        with torch.backends.mkldnn.flags(enabled=False):
            return super().decode(payload, point)


BOTH = {"subject": Subject, "codebook": Codebook}
ONE = {
    "six_bits": SixBits, "resampler": Resampler, "shift": Shift, "gain": Gain, "polarity": Polarity, "tail": Tail,
    "side_channel": SideChannel, "half": Half, "threads": Threads, "machine": Machine,
}  # fmt: skip


@hookimpl
def codecbench_register_codecs(register):
    from codecbench_encodec import REFERENCE

    for name, factory in {**BOTH, **ONE}.items():
        labels = (LOW, HIGH) if name in BOTH else (HIGH,)
        points = tuple(point for point in REFERENCE.points if point.label in labels)
        register(replace(REFERENCE, name=name, checkpoint="default", points=points, weights=None), factory)
