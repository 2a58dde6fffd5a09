from __future__ import annotations

from codecbench.bitrates import is_near, parse_bitrates


def test_a_bitrate_is_met_within_five_per_cent_and_a_range_at_both_ends() -> None:
    assert is_near(1.57, parse_bitrates("1.5"))
    assert not is_near(1.6, parse_bitrates("1.5"))
    assert is_near(0.96, parse_bitrates("3,1-2"))
