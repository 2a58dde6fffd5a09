from __future__ import annotations

import pytest
from codecbench_classic.lengths import join_packets, split_packets
from hypothesis import given
from hypothesis import strategies as st

from codecbench.api import PayloadError


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_packets_come_back(packets: list[bytes]) -> None:
    payload = join_packets(packets)
    assert split_packets(payload, "c") == packets
    assert len(payload) == sum(len(packet) + 1 + (len(packet) > 127) for packet in packets)


@pytest.mark.parametrize(("payload", "message"), [
    (b"", "c: the payload holds no packet"), (b"\x03ab", "c: packet 0 has 2 of its 3 bytes"),
    (b"\x01a\x80", "c: the payload of 3 bytes ends within a packet's length"),
    (b"\xff" * 9, "c: the payload of 9 bytes ends within a packet's length"),
])  # fmt: skip
def test_lengths_that_do_not_fit_are_refused(payload: bytes, message: str) -> None:
    with pytest.raises(PayloadError, match=message):
        split_packets(payload, "c")
