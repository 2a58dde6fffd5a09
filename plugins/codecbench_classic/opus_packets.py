"""Opus whose packets may be lost: libopus conceals, and takes what the next packet repeats (in-band FEC)."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, OperatingPoint
from codecbench_classic.libopus import libopus
from codecbench_classic.pyav import PacketCodec


class OpusCodec(PacketCodec):
    """As PyAV's; FFmpeg has no way to tell its decoder of a loss, so the library is called itself."""

    def decode_packets(self, packets: Sequence[bytes | None], point: OperatingPoint) -> Audio:
        """See `codecbench.api.HasPackets`. Of a lost packet whose successor has a copy, that is decoded."""
        frame, rate = self.card.frame_at(point), self.card.sample_rate
        library, error = libopus(), ctypes.c_int()
        decoder = library.opus_decoder_create(rate, 1, ctypes.byref(error))
        if not decoder:
            raise RuntimeError(f"{self._at(point)}: libopus made no decoder (error {error.value})")
        try:
            pieces = []
            for packet, following in zip(packets, [*packets[1:], None], strict=True):
                copied = packet is None and following is not None
                pieces.append(_decode(library, decoder, following if copied else packet, frame, copied))
        finally:
            library.opus_decoder_destroy(decoder)
        return Audio.mono(np.concatenate(pieces)[self.call.delay :], rate)


def _decode(library: Any, decoder: int, packet: bytes | None, frame: int, copied: bool) -> NDArray[np.float32]:
    """`frame` samples: of a packet, of its copy of the one before it, or made up where there is none."""
    samples = np.zeros(frame, np.float32)
    count = library.opus_decode_float(
        decoder, packet, 0 if packet is None else len(packet), samples.ctypes.data, frame, int(copied)
    )
    if count != frame:
        raise RuntimeError(f"opus: libopus decoded {count} samples, expected {frame}")
    return samples
