from __future__ import annotations

import pytest
from codecbench_classic.units import Units, unit_bits
from hypothesis import given
from hypothesis import strategies as st

from codecbench.api import CodecCard, OperatingPoint, PayloadError

CARD = CodecCard("c", 8000, (OperatingPoint(4.75),), frame=160)


@given(st.integers(1, 70), st.binary(min_size=1, max_size=40), st.sampled_from([b"", b"\x04", b"ab"]))
def test_units_come_back_without_what_is_constant(bits: int, content: bytes, prefix: bytes) -> None:
    units = Units(bits, prefix, fill="0111111")
    payload = content + b"\1" * (-len(content) % 1)
    try:
        whole = units.unpack(payload, "c")
    except PayloadError:
        return
    assert {len(unit) for unit in whole} == {units.size}
    assert units.pack(b"".join(whole), "c") == payload


def test_a_unit_of_another_mode_is_no_payload() -> None:
    units = Units(12, b"\x04")
    assert units.pack(b"\x04\xab\xc0\x04\xde\xf0", "c") == b"\xab\xcd\xef"
    assert units.unpack(b"\xab\xcd\xef", "c") == [b"\x04\xab\xc0", b"\x04\xde\xf0"]
    for whole in (b"\x05\xab\xc0", b"\x04\xab\xc1", b"\x04\xab", b""):
        with pytest.raises(RuntimeError, match="c: the encoder returned"):
            units.pack(whole, "c")
    assert Units(6, lossy=True).pack(b"\xff\xff\xff\xff", "c") == b"\xff\xff\xff"


@pytest.mark.parametrize("payload", [b"", b"\xab", b"\xab\xcd\xef\x01", b"\xab\xcd\xef\x00"])
def test_what_is_no_whole_number_of_units_is_refused(payload: bytes) -> None:
    with pytest.raises(PayloadError, match=f"c: {len(payload)} bytes are not a positive number of units of 12 bit"):
        Units(12).unpack(payload, "c")


def test_bits_follow_from_the_nominal_rate() -> None:
    assert unit_bits(CARD, CARD.points[0]) == 95
    for point in (OperatingPoint(4.76), OperatingPoint(None, name="q3")):
        with pytest.raises(ValueError, match="bits a frame, expected a whole number"):
            unit_bits(CARD, point)
