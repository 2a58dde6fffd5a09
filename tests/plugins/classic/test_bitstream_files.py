from __future__ import annotations

import struct

import numpy as np
import pytest
from codecbench_classic.bitstream_files import AmrFile, BitstreamFile, G192File, Lc3File

from codecbench.api import CodecCard, OperatingPoint

CARD = CodecCard("c", 16000, (OperatingPoint(13.2),), frame=320)
AMR = AmrFile(b"#!AMR-WB\n", (18, 24, 33))


@pytest.mark.parametrize(("file", "size", "kbps", "frame"), [
    (Lc3File(), 20, 16.0, 160), (AMR, 33, 12.65, 320), (G192File(), 33, 13.2, 320),
])  # fmt: skip
def test_units_come_back(file: BitstreamFile, size: int, kbps: float, frame: int) -> None:
    random = np.random.default_rng(0)
    units = [b"\x14" + random.bytes(size - 1) for _ in range(5)]
    written = file.write(units, CARD, OperatingPoint(kbps, frame=frame))
    assert file.read(written) == units
    assert len(written) > 5 * size


def test_g192_has_a_word_for_each_bit() -> None:
    written = G192File().write([b"\xa0"], CARD, OperatingPoint(0.2))  # 4 bits
    assert np.frombuffer(written, "<u2").tolist() == [0x6B21, 4, 0x81, 0x7F, 0x81, 0x7F]


def test_lc3_has_as_many_samples_as_it_can() -> None:
    """dlc3 cuts 2.5 ms at the beginning, so that so many fewer come of the frames."""
    written = Lc3File().write([bytes(20)] * 500, CARD, OperatingPoint(16.0, frame=160))
    header = struct.unpack_from("<9H", written)
    assert header == (0xCC1C, 18, 160, 160, 1, 1000, 0, (500 * 160 - 40) & 0xFFFF, 1)


@pytest.mark.parametrize(("file", "content"), [
    (Lc3File(), b"RIFF"), (Lc3File(), bytes(40)), (AMR, b"#!AMR\n"), (AMR, b"#!AMR-WB\n\x7c"), (AMR, b"#!AMR-WB\n\x04"),
    (G192File(), b"\x21\x6b"), (G192File(), b"\x21\x6b\x02\x00\x7f\x00"), (G192File(), b"\x20\x6b\x01\x00\x7f\x00"),
    (G192File(), b"\x21\x6b\x01\x00\x7e\x00"),
])  # fmt: skip
def test_another_file_is_refused(file: BitstreamFile, content: bytes) -> None:
    with pytest.raises(ValueError, match=r"no file|a frame of type|no frame of G"):
        file.read(content)
