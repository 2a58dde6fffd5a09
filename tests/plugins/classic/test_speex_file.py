from __future__ import annotations

import io

import numpy as np
import pytest
from codecbench_classic.speex_file import SpeexFile

from codecbench.api import CodecCard, OperatingPoint

POINT = OperatingPoint(9.8, frame=320)
CARD = CodecCard("c", 16000, (POINT,))
PACKETS = [np.random.default_rng(number).bytes(25) for number in range(120)]


def test_packets_come_back() -> None:
    assert SpeexFile(1).read(SpeexFile(1).write(PACKETS, CARD, POINT)) == PACKETS


def test_another_reader_of_ogg_finds_the_same() -> None:
    """FFmpeg's checks each page's checksum and knows Speex's header."""
    av = pytest.importorskip("av")
    with av.open(io.BytesIO(SpeexFile(1).write(PACKETS, CARD, POINT)), format="ogg") as container:
        stream = container.streams[0]
        assert (stream.codec_context.name, stream.codec_context.sample_rate) == ("speex", 16000)
        assert [bytes(packet) for packet in container.demux(stream) if packet.size] == PACKETS


@pytest.mark.parametrize("cut", [3, 30, 200])
def test_a_cut_or_other_file_is_refused(cut: int) -> None:
    whole = SpeexFile(1).write(PACKETS, CARD, POINT)
    for content in (whole[:-cut] if cut < 200 else b"RIFF" + whole,):
        with pytest.raises(ValueError, match="Ogg"):
            SpeexFile(1).read(content)
