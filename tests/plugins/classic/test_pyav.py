from __future__ import annotations

import sys

import numpy as np
import pytest
from codecbench_classic.pyav import PyAv

from codecbench.api import Audio, CodecCard, CodecOptions, OperatingPoint, PayloadError, Unavailable
from codecbench.plugins import registry

AMR = CodecCard("a", 8000, (OperatingPoint(4.75, {"prefix": "04"}),), frame=160, lookahead=40)


def noise(seconds: float = 0.2, rate: int = 8000) -> Audio:
    return Audio.mono(0.1 * np.random.default_rng(0).standard_normal(round(seconds * rate)).astype(np.float32), rate)


def test_an_option_that_this_ffmpeg_does_not_have_is_said() -> None:
    """FFmpeg itself leaves it, and `fec` would be a plain Opus under another name."""
    pytest.importorskip("av")
    call = PyAv("libopencore_amrnb", "libopencore_amrnb", "s16", 40, encoder_options={"no_such": "1"})
    with pytest.raises(Unavailable, match="this PyAV's libopencore_amrnb has no option no_such; upgrade av"):
        call.build(AMR, CodecOptions()).encode(noise(), AMR.points[0])


def test_frames_of_another_mode_are_never_sent() -> None:
    pytest.importorskip("av")
    point = OperatingPoint(4.75, {"prefix": "0c"})
    codec = PyAv("libopencore_amrnb", "libopencore_amrnb", "s16", 40).build(AMR, CodecOptions())
    with pytest.raises(RuntimeError, match=r"a at 4.75 kbps: the encoder returned units of another mode"):
        codec.encode(noise(), point)


def test_mp3_of_another_rate_is_no_payload() -> None:
    pytest.importorskip("av")
    entry = registry().codec("mp3")
    payload = entry.factory(CodecOptions()).encode(noise(1.0, 16000), entry.card.point("16"))
    halved = bytearray(payload)
    for start in range(0, len(halved), 72):
        halved[start + 2] = halved[start + 2] & 0xF3 | 0x04  # its header's sampling rate: 24 kHz
    with pytest.raises(PayloadError, match="mp3 at 16 kbps"):
        entry.factory(CodecOptions()).decode(bytes(halved), entry.card.point("16"))


def test_without_pyav_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    entry = registry().codec("g722")
    with pytest.raises(Unavailable, match=r"g722:default needs PyAV .*: pip install 'codecbench\[classic\]'"):
        entry.factory(CodecOptions())
