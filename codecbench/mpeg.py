"""How long an MP3 really is, by its frames.

A file of variable bitrate has a header that tells its length; where a tool left that out, libsndfile guesses from the
first frame's bitrate and reads no further than it guessed.
"""

from __future__ import annotations

from pathlib import Path

BITRATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""kbps of layer III by the header's index, MPEG-1 and MPEG-2 or 2.5 (ISO 11172-3, 13818-3)."""
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Hz by the version bits: 3 is MPEG-1, 2 MPEG-2, 0 MPEG-2.5."""
TELLING = (b"Xing", b"Info", b"VBRI")
SLACK = 2
"""Frames: decoders leave out the first, or a last one that is not whole."""


def samples_of_frames(path: Path) -> int:
    """Samples per channel that its frames hold at least, of layer III; 0 where a header tells the length."""
    data = path.read_bytes()
    position, frames, samples = _after_tags(data), 0, 0
    if any(mark in data[position : position + 400] for mark in TELLING):
        return 0
    while (frame := _frame(data, position)) is not None:
        size, held = frame
        if position + size > len(data):
            break
        position, frames, samples = position + size, frames + 1, held
    return max(0, frames - SLACK) * samples


def _after_tags(data: bytes) -> int:
    """Behind an ID3v2 tag, whose size is in four bytes of seven bits."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))


def _frame(data: bytes, position: int) -> tuple[int, int] | None:
    """A frame's bytes and samples; None where none begins."""
    header = data[position : position + 4]
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    index, rate_index, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version not in RATES or layer != 1 or index in (0, 15) or rate_index == 3:
        return None
    kbps, rate = BITRATES[1 if version == 3 else 2][index], RATES[version][rate_index]
    samples = 1152 if version == 3 else 576
    return samples // 8 * kbps * 1000 // rate + padding, samples
