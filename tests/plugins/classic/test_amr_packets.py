from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from codecbench.api import Audio, CodecOptions, HasPackets
from codecbench.audio import resample, source_signal
from codecbench.plugins import registry

pytest.importorskip("av")
FRAME = 160


@pytest.fixture(scope="module")
def speech() -> Audio:
    path = Path(str(files("codecbench.datasets") / "speech" / "probe" / "probe-01.flac"))
    return resample(source_signal(path), 8000)


@pytest.mark.parametrize("place", [0, -1])
def test_lost_frames_are_concealed(speech: Audio, place: int) -> None:
    """Before the first loss nothing differs; in the lost ones there is sound, and with none lost it is `decode`."""
    entry = registry().codec("amr-nb")
    codec, point = entry.factory(CodecOptions()), entry.card.points[place]
    assert isinstance(codec, HasPackets)
    payload = codec.encode(speech, point)
    packets = list(codec.packets(payload, point))
    whole = codec.decode(payload, point).samples[0]
    assert np.array_equal(codec.decode_packets(packets, point).samples[0], whole)
    levels = [float(np.std(whole[at : at + FRAME])) for at in range(0, len(whole) - FRAME, FRAME)]
    loud = next(n for n in range(20, len(levels)) if min(levels[n - 1 : n + 2]) > 0.03)
    lost = [None if n == loud else packet for n, packet in enumerate(packets)]
    heard = codec.decode_packets(lost, point).samples[0]
    assert len(heard) == len(whole)
    start = loud * FRAME - 40  # the delay that is cut
    assert np.array_equal(heard[:start], whole[:start])
    gone = slice(start + 40, start + FRAME)
    assert not np.array_equal(heard[gone], whole[gone])
    assert np.std(heard[gone]) > 0.3 * np.std(whole[gone])


def test_all_lost_is_as_long_as_it_was(speech: Audio) -> None:
    entry = registry().codec("amr-nb")
    codec, point = entry.factory(CodecOptions()), entry.card.points[0]
    packets = codec.packets(codec.encode(speech, point), point)
    heard = codec.decode_packets([None] * len(packets), point)
    assert heard.length == len(packets) * FRAME - 40
    assert np.std(heard.samples) < 0.01
