"""A codec of 8-bit samples whose decoder remembers one sample, and what can be wrong with a stream of it."""

SOURCE = """
import numpy as np

from codecbench.api import Audio, Codebook, CodecCard, OperatingPoint, hookimpl
from codecbench.codebooks import pack_rows, unpack_rows

FRAME = 16
BOOKS = (Codebook(256),) * FRAME
POINT = OperatingPoint(128.0, codebooks=BOOKS)
FAULTS = ("none", "squeeze", "repeat", "kept", "context", "raises")


def smooth(samples, last):
    out = np.empty(len(samples))
    for index, sample in enumerate(samples):
        last = 0.6 * sample + 0.4 * last
        out[index] = last
    return out, last


class Stream:
    left = 0.0

    def __init__(self, fault):
        self.fault, self.last, self.done = fault, Stream.left if fault == "kept" else 0.0, np.zeros(0)

    def push(self, codes):
        if self.fault == "raises":
            raise RuntimeError("no such state")
        samples = (np.stack(codes).T.reshape(-1) - 128.0) / 127
        begin = 0.0 if self.fault == "context" else self.last
        out, self.last = smooth(samples, begin)
        if self.fault == "squeeze":
            out = out[: len(out) - len(out) * 12 // 1000]
        if self.fault == "repeat" and len(self.done):
            out = np.concatenate([self.done[-80:], out])
        self.done = out
        Stream.left = self.last + 0.3
        return Audio.mono(out.astype(np.float32), 16000)

    def finish(self):
        return Audio.mono(np.zeros(0, np.float32), 16000)


class Remembers:
    def __init__(self, fault):
        self.fault = fault

    def codebook_sizes(self, point):
        return [256] * FRAME

    def encode(self, audio, point):
        samples = audio.samples[0]
        samples = np.pad(samples, (0, -len(samples) % FRAME))
        codes = (samples.clip(-1, 1) * 127 + 128).astype(np.uint32).reshape(-1, FRAME).T
        return pack_rows(list(codes), BOOKS)

    def codes(self, payload, point):
        return np.stack(unpack_rows(payload, BOOKS))

    def decode(self, payload, point):
        samples = (self.codes(payload, point).T.reshape(-1) - 128.0) / 127
        return Audio.mono(smooth(samples, 0.0)[0].astype(np.float32), 16000)

    def decode_stream(self, point):
        return Stream(self.fault)


@hookimpl
def codecbench_register_codecs(register):
    for fault in FAULTS:
        card = CodecCard(fault, 16000, (POINT,), frame=FRAME, streams=True, licence="MIT")
        register(card, lambda options, fault=fault: Remembers(fault))
    register(CodecCard("claims", 16000, (POINT,), frame=FRAME, streams=True), lambda options: Claims())


class Claims:
    def encode(self, audio, point):
        return Remembers("none").encode(audio, point)

    def codebook_sizes(self, point):
        return [256] * FRAME

    def codes(self, payload, point):
        return Remembers("none").codes(payload, point)

    def decode(self, payload, point):
        return Remembers("none").decode(payload, point)
"""
