"""Payloads of codecs whose packets differ in length: each packet behind its length, which the decoder needs.

A length is a little-endian base-128 number (LEB128): one byte up to 127, two up to 16,383. The lengths are counted.
"""

from __future__ import annotations

from collections.abc import Iterable

from codecbench.api import PayloadError


def join_packets(packets: Iterable[bytes]) -> bytes:
    r"""The payload of `packets`.

    >>> join_packets([b"ab", b"", 200 * b"c"])[:6]
    b'\x02ab\x00\xc8\x01'
    """
    return b"".join(_length(len(packet)) + packet for packet in packets)


def split_packets(payload: bytes, what: str) -> list[bytes]:
    r"""The packets that were joined.

    >>> split_packets(b"\x02ab\x00\x01c", "c")
    [b'ab', b'', b'c']

    Raises:
        PayloadError: it names `what`; lengths and bytes do not fit, or there is no packet.
    """
    packets: list[bytes] = []
    at = 0
    while at < len(payload):
        length, shift, more = 0, 0, True
        while more:
            if at >= len(payload) or shift > 28:
                raise PayloadError(f"{what}: the payload of {len(payload)} bytes ends within a packet's length")
            length |= (payload[at] & 0x7F) << shift
            more, shift, at = payload[at] > 0x7F, shift + 7, at + 1
        packet = payload[at : at + length]
        if len(packet) < length:
            raise PayloadError(f"{what}: packet {len(packets)} has {len(packet)} of its {length} bytes")
        packets.append(packet)
        at += length
    if not packets:
        raise PayloadError(f"{what}: the payload holds no packet")
    return packets


def _length(value: int) -> bytes:
    rest, low = value >> 7, value & 0x7F
    return bytes([low]) if not rest else bytes([low | 0x80]) + _length(rest)
