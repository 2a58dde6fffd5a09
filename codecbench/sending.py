"""What a codec makes of a payload that does not arrive as it was sent."""

from __future__ import annotations

import numpy as np

from codecbench.api import Audio, Codec, CodecCard, Degradation, FlipsBits, HasPackets, LosesPackets, OperatingPoint
from codecbench.errors import Abstain


def received(
    codec: Codec, card: CodecCard, point: OperatingPoint, payload: bytes, way: Degradation, name: str,
    g: np.random.Generator,
) -> Audio:  # fmt: skip
    """What the codec makes of what arrives of `payload` by `way`, the condition of that `name`; `g` is the recording's.

    Raises Abstain where the codec does not say what can be lost of it.
    """
    if isinstance(way, LosesPackets):
        if not isinstance(codec, HasPackets):
            raise Abstain(
                f"condition {name}: {card.spec} does not say what a packet is; a codec that is sent in packets "
                "has packet_samples, packets and decode_packets (codecbench.api.HasPackets)"
            )
        packets = codec.packets(payload, point)
        lost = way.lost(np.arange(len(packets)) * codec.packet_samples(point) / card.sample_rate, g)
        return codec.decode_packets([None if gone else one for one, gone in zip(packets, lost, strict=True)], point)
    if isinstance(way, FlipsBits):
        payload = _flipped(card, point, payload, way, name, g)
    return codec.decode(payload, point)


def _flipped(
    card: CodecCard, point: OperatingPoint, payload: bytes, way: FlipsBits, name: str, g: np.random.Generator
) -> bytes:
    """What fills the last byte up to a whole one is no frame, and is not hit."""
    if not card.constant_frames or point.nominal_kbps is None:
        raise Abstain(
            f"condition {name}: {card.spec} does not say that its payload is frames of constant size without headers; "
            "one whose payload is has constant_frames=True on its card"
        )
    bits_per_s = 1000 * point.nominal_kbps
    frame = bits_per_s * card.frame_at(point) / card.sample_rate
    if frame < 1 or abs(frame - round(frame)) > 1e-6:
        raise ValueError(f"{card.spec} at {point}: its card says constant_frames, of {frame:g} bits: no whole number")
    bits = np.unpackbits(np.frombuffer(payload, np.uint8))
    sent = len(bits) // round(frame) * round(frame)
    bits[:sent] ^= way.flipped(sent, bits_per_s, g)
    return np.packbits(bits).tobytes()
