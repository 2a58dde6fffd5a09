"""AMR-NB whose frames may be lost: the decoder is told so by a frame of type "no data", and conceals by itself.

Types of frames: RFC 4867, section 5.3; concealment: 3GPP TS 26.091, as opencore-amr has it.
"""

from __future__ import annotations

from collections.abc import Sequence

from codecbench.api import Audio, OperatingPoint
from codecbench_classic.pyav import PacketCodec, decode_packets

NO_DATA = bytes([15 << 3 | 4])


class AmrCodec(PacketCodec):
    """As PyAV's."""

    def decode_packets(self, packets: Sequence[bytes | None], point: OperatingPoint) -> Audio:
        """See `codecbench.api.HasPackets`."""
        received = [NO_DATA if packet is None else packet for packet in packets]
        samples = decode_packets(self._decoder(point), received, self._at(point), self.card.sample_rate)
        return Audio.mono(samples[self.call.delay :], self.card.sample_rate)
