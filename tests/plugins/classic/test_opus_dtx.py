"""Pauses cost next to nothing, and what comes of it is speech and comfort noise."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
from built_codecs import built as codec_of
from codecbench_classic import libopus, opus_dtx
from codecbench_classic.lengths import split_packets

from codecbench.api import Audio, CodecOptions, Unavailable
from codecbench.cost.signals import speech_like
from codecbench.plugins import registry

RATE = 48000


def with_a_pause() -> Audio:
    speech = speech_like(RATE, RATE, 3).samples[0]
    return Audio.mono(np.concatenate([speech, np.zeros(2 * RATE, np.float32), speech]), RATE)


@pytest.mark.parametrize("label", ["vbr12", "vbr16", "vbr24"])
def test_a_pause_is_sent_as_packets_of_a_byte_or_two(label: str) -> None:
    codec, point = codec_of("opus:dtx"), registry().codec("opus:dtx").card.point(label)
    audio = with_a_pause()
    payload = codec.encode(audio, point)
    sizes = [len(packet) for packet in split_packets(payload, "opus")]
    assert len(sizes) == -(-(audio.length + opus_dtx.OPUS_LOOKAHEAD) // 960)
    assert sum(size <= 2 for size in sizes[60:150]) > 70  # 200 ms go by before the encoder believes it
    assert min(sizes[:45]) > 2
    assert len(payload) == sum(sizes) + len(sizes)
    decoded = codec_of("opus:dtx").decode(payload, point).samples[0]
    assert np.abs(decoded[int(1.5 * RATE) : int(2.9 * RATE)]).max() < 0.01
    assert np.abs(decoded[int(3.1 * RATE) : int(3.9 * RATE)]).max() > 0.1


@pytest.mark.parametrize(("spec", "least"), [("opus:fec", 0.6), ("opus:default", 0.0)])
def test_redundancy_is_in_the_packets_where_it_is_said_and_nowhere_else(spec: str, least: float) -> None:
    """By libopus's own reading of the packets (opus_packet_has_lbrr, libopus 1.5)."""
    codec, card = codec_of(spec), registry().codec(spec).card
    library = libopus.libopus()
    if not hasattr(library, "opus_packet_has_lbrr"):
        pytest.skip("this libopus does not say")
    for point in card.points:
        payload = codec.encode(speech_like(3 * RATE, RATE, 3), point)
        size = int(point.nominal_kbps * 20 / 8)
        packets = [payload[start : start + size] for start in range(0, len(payload), size)]
        has = [library.opus_packet_has_lbrr(ctypes.c_char_p(packet), len(packet)) for packet in packets]
        assert set(has) <= {0, 1}
        assert np.mean(has) >= least
        assert least > 0 or not any(has)


def test_without_libopus_it_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("av")
    monkeypatch.setattr(libopus, "find_library", lambda package, name: None)
    libopus.libopus.cache_clear()
    entry = registry().codec("opus:dtx")
    with pytest.raises(Unavailable, match="install it: apt install libopus0"):
        entry.factory(CodecOptions.of(entry.card))
