from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from codecbench_classic.lengths import split_packets

from codecbench.api import CodecOptions
from codecbench.cost.signals import speech_like
from codecbench.plugins import registry


@pytest.mark.parametrize("label", ["q0", "q1", "q3"])
def test_packets_alone_decode_to_what_the_file_does(label: str) -> None:
    """The headers are those of the file, though they are not sent; libvorbis's decoder agrees with FFmpeg's."""
    pytest.importorskip("av")
    entry = registry().codec("vorbis")
    point, audio = entry.card.point(label), speech_like(30000, 16000, 1)
    payload = entry.factory(CodecOptions()).encode(audio, point)
    decoded = entry.factory(CodecOptions()).decode(payload, point).samples[0]
    file = io.BytesIO()
    level = 1 - point.settings["quality"] / 10
    with soundfile.SoundFile(file, "w", 16000, 1, format="OGG", subtype="VORBIS", compression_level=level) as writer:
        for start in range(0, audio.length, 1024):
            writer.write(audio.samples[0, start : start + 1024])
    file.seek(0)
    reference = soundfile.read(file, dtype="float32")[0]
    assert len(decoded) - len(reference) in range(512)
    np.testing.assert_allclose(decoded[: len(reference)], reference, atol=1e-4)
    packets = split_packets(payload, "vorbis")
    assert len(file.getvalue()) - sum(map(len, packets)) > 3000  # headers and pages, which are not sent
