"""Vorbis at a constant quality: libvorbis inside soundfile's libsndfile encodes, FFmpeg's decoder decodes (PyAV).

libsndfile writes an Ogg file. Of it the audio packets are sent, each behind its length. The three header packets (3.3
kB of codebooks) follow from rate and quality: the decoder takes them from a file of silence that it encodes itself.
The file's last page says where the signal ends and is not sent: the output is longer by less than a block.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from codecbench.api import Audio, CodecCard, OperatingPoint, PayloadError, Unavailable
from codecbench_classic.lengths import join_packets, split_packets
from codecbench_classic.pyav import decode_packets, load_av
from codecbench_classic.samples import mono_samples

BLOCK = 1024
"""Samples that the encoder is given at once, as by oggenc. What comes before the signal is extrapolated from the first
of them: given all at once, the beginning would depend on the end."""


class Vorbis:
    def __init__(self, card: CodecCard) -> None:
        self.card = card
        load_av(card.spec)
        if "VORBIS" not in soundfile.available_subtypes("OGG"):
            raise Unavailable(f"{card.spec}: this libsndfile has no Vorbis; install another: pip install -U soundfile")

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        stream = _stream(mono_samples(audio, self.card), self.card.sample_rate, point.settings["quality"])
        return join_packets(bytes(packet) for packet in stream.container.demux(stream) if packet.size)

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        what, rate = f"{self.card.name} at {point}", self.card.sample_rate
        packets = split_packets(payload, what)
        context = load_av(what).CodecContext.create("vorbis", "r")
        context.sample_rate, context.layout = rate, "mono"
        context.extradata = _headers(rate, point.settings["quality"])
        samples = decode_packets(context, packets, what, rate)
        if not len(samples):
            raise PayloadError(f"{what}: {len(payload)} bytes hold no sample")
        return Audio.mono(samples, rate)


@cache
def _headers(rate: int, quality: int) -> bytes:
    """Identification, comment and setup header, as FFmpeg's decoder takes them."""
    return bytes(_stream(np.zeros(rate, dtype=np.float32), rate, quality).codec_context.extradata)


def _stream(samples: NDArray[np.float32], rate: int, quality: int) -> Any:
    """The audio stream of an Ogg file of `samples`. `quality` from 0 to 10, as `oggenc -q`."""
    file, level = io.BytesIO(), 1 - quality / 10
    with soundfile.SoundFile(file, "w", rate, 1, format="OGG", subtype="VORBIS", compression_level=level) as writer:
        for start in range(0, len(samples), BLOCK):
            writer.write(samples[start : start + BLOCK])
    return load_av("vorbis").open(io.BytesIO(file.getvalue()), format="ogg").streams[0]
