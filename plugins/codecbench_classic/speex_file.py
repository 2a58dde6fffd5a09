"""Speex in an Ogg file, as speexenc writes and speexdec reads it (RFC 5574; Ogg: RFC 3533)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from codecbench.api import CodecCard, OperatingPoint

PAGE = struct.Struct("<4sBBqIIIB")
"""Capture pattern, version, flags, granule position, serial number, page number, checksum, number of segments."""
FIRST, LAST = 2, 4
PACKETS = 50
"""Of one page."""
COMMENT = struct.pack("<I", 10) + b"codecbench" + struct.pack("<I", 0)
POLYNOMIAL = 0x04C11DB7


class SpeexFile:
    """`mode` is Speex's number of the band: 0 narrowband, 1 wideband."""

    def __init__(self, mode: int) -> None:
        self.mode = mode

    def read(self, file: bytes) -> list[bytes]:
        """The audio packets: all but the header and the comment."""
        return list(_packets(file))[2:]

    def write(self, units: Sequence[bytes], card: CodecCard, point: OperatingPoint) -> bytes:
        """Each page's position says that it holds all samples of its packets, so that speexdec cuts none."""
        frame = card.frame_at(point)
        header = struct.pack(
            "<8s20s13i", b"Speex   ", b"1.2", 1, 80, card.sample_rate, self.mode, 4, 1, -1, frame, 0, 1, 0, 0, 0
        )
        pages = [_page([header], FIRST, 0, 0), _page([COMMENT], 0, 0, 1)]
        for start in range(0, len(units), PACKETS):
            block = units[start : start + PACKETS]
            last = start + PACKETS >= len(units)
            pages.append(_page(block, LAST * last, (start + len(block)) * frame, len(pages)))
        return b"".join(pages)


def _page(packets: Sequence[bytes], flags: int, position: int, number: int) -> bytes:
    """Of packets under 255 bytes."""
    head = PAGE.pack(b"OggS", 0, flags, position, 1, number, 0, len(packets))
    page = head + bytes(len(packet) for packet in packets) + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _packets(file: bytes) -> Iterator[bytes]:
    """Raises ValueError where the file is no Ogg, or ends within a page."""
    at, packet = 0, b""
    while at < len(file):
        if file[at : at + 4] != b"OggS" or at + PAGE.size > len(file):
            raise ValueError(f"no page of an Ogg file at byte {at}")
        segments = file[at + PAGE.size : at + PAGE.size + file[at + PAGE.size - 1]]
        at += PAGE.size + len(segments)
        for size in segments:
            packet += file[at : at + size]
            at += size
            if size < 255:
                yield packet
                packet = b""
    if at > len(file):
        raise ValueError("the Ogg file ends within a page")


def _checksum(page: bytes) -> int:
    """CRC-32 as Ogg has it: not reflected, from 0, not inverted. zlib's is another."""
    register = 0
    for byte in page:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1 ^ POLYNOMIAL if register & 0x80000000 else register << 1) & 0xFFFFFFFF
    return register
