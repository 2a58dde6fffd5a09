from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.api import Abstain, Audio, Codebook, CodecCard, FramePackets, HasPackets, OperatingPoint
from codecbench.api.packets import fading
from codecbench.codebooks import CodeRows, pack_rows, unpack_rows

BOOKS = (Codebook(256),) * 2


class Steps(FramePackets):
    """Each frame is a level of its own for 5 ms: four of them are a packet."""

    card = CodecCard("steps", 16000, (OperatingPoint(3.2, codebooks=BOOKS),), frame=80)

    def codebook_sizes(self, point: OperatingPoint) -> list[int]:
        return [book.size for book in BOOKS]

    def codes(self, payload: bytes, point: OperatingPoint) -> CodeRows:
        return unpack_rows(payload, BOOKS)

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        table = np.stack(self.codes(payload, point))
        return Audio.mono(np.repeat(table[0] / 255.0, 80).astype(np.float32), 16000)


POINT = Steps.card.points[0]


def payload(frames: int) -> bytes:
    g = np.random.default_rng(frames)
    return pack_rows(list(g.integers(1, 256, (2, frames))), BOOKS)


def test_a_packet_lasts_20_ms() -> None:
    assert isinstance(Steps(), HasPackets)
    assert Steps().packet_samples(POINT) == 320
    assert len(Steps().packets(payload(10), POINT)) == 3


@given(st.integers(1, 60))
def test_with_none_lost_it_is_decoded_as_ever(frames: int) -> None:
    codec, whole = Steps(), payload(frames)
    packets = codec.packets(whole, POINT)
    assert np.array_equal(codec.decode_packets(packets, POINT).samples, codec.decode(whole, POINT).samples)


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_any_loss_leaves_length_and_what_arrived_long_ago(lost: list[bool]) -> None:
    codec, whole = Steps(), payload(4 * len(lost))
    packets = codec.packets(whole, POINT)
    decoded = codec.decode_packets([None if gone else one for one, gone in zip(packets, lost, strict=True)], POINT)
    usual = codec.decode(whole, POINT)
    assert decoded.length == usual.length
    assert np.isfinite(decoded.samples).all()
    for index, gone in enumerate(lost):
        packet = slice(index * 320 + 80, index * 320 + 320)  # behind the 5 ms in which it comes back
        if not gone:
            assert np.array_equal(decoded.samples[0, packet], usual.samples[0, packet])


def test_the_last_codes_are_repeated_and_fade() -> None:
    codec = Steps()
    packets = codec.packets(payload(40), POINT)
    before = float(codec.decode(payload(40), POINT).samples[0, 4 * 320 - 1])
    lost = [None if 4 <= index < 9 else one for index, one in enumerate(packets)]
    samples = codec.decode_packets(lost, POINT).samples[0]
    assert samples[4 * 320 + 100] == pytest.approx(before)
    assert samples[4 * 320 + 560] == pytest.approx(before / 2, rel=0.02)  # 35 ms: half way to silence
    assert not samples[4 * 320 + 970 : 9 * 320].any()


def test_all_lost_is_silence_of_the_same_length() -> None:
    decoded = Steps().decode_packets([None] * 5, POINT)
    assert (decoded.length, decoded.peak) == (5 * 320, 0.0)


def test_before_the_first_packet_there_is_silence() -> None:
    packets = Steps().packets(payload(12), POINT)
    samples = Steps().decode_packets([None, *packets[1:]], POINT).samples[0]
    assert not samples[:320].any()
    assert samples[500:].all()


def test_gains_come_back_within_5_ms() -> None:
    lost = np.zeros(3200, bool)
    lost[1000:2600] = True
    gains = fading(lost, 16000, 3200)
    assert (gains[:1000] == 1).all()
    assert gains[2599] == 0
    assert (np.diff(gains[2599:2681]) >= 0).all()
    assert (gains[2680:] == 1).all()


def test_a_payload_with_more_than_codes_has_no_packets() -> None:
    class Sided(Steps):
        def codes(self, payload: bytes, point: OperatingPoint) -> CodeRows:
            return unpack_rows(payload[1:], BOOKS)

    with pytest.raises(Abstain, match="more than codes of frames"):
        Sided().packets(b"x" + payload(4), POINT)
