from __future__ import annotations

import numpy as np
import pytest
from codecbench_units.config import PITCH_CODES, UNITS
from codecbench_units.payload import SPEAKER, Content, Layout, account, read, write
from hypothesis import given
from hypothesis import strategies as st

from codecbench.errors import PayloadError

LAYOUTS = [Layout(runs, frames) for runs in (False, True) for frames in (4, 8)]


def content(layout: Layout, blocks: int, seed: int, longest: int = 12) -> Content:
    """Random codes whose units come in runs of up to `longest` frames."""
    rng = np.random.default_rng(seed)
    frames = blocks * layout.pitch_frames
    runs = np.repeat(rng.integers(UNITS, size=frames), rng.integers(1, longest + 1, size=frames))
    return Content(
        np.array([rng.integers(size) for size in SPEAKER]), runs[:frames], rng.integers(PITCH_CODES, size=blocks)
    )


@given(layout=st.sampled_from(LAYOUTS), blocks=st.integers(1, 40), seed=st.integers(0, 1000))
def test_what_is_written_is_read_and_every_bit_is_accounted_for(layout: Layout, blocks: int, seed: int) -> None:
    sent = content(layout, blocks, seed)
    payload = write(sent, layout)
    got = read(payload, layout)
    for name in ("speaker", "units", "pitch"):
        assert np.array_equal(getattr(got, name), getattr(sent, name)), name
    bits = account(sent, layout)
    assert bits.total == 8 * len(payload)
    assert (bits.frames, bits.speaker) == (16, 157)
    assert 0 <= bits.padding < 8


def test_units_take_20_bits_for_three_and_pitch_13() -> None:
    layout = Layout(runs=False, pitch_frames=4)
    bits = account(content(layout, 75, 0), layout)  # 6 s
    assert (bits.units, bits.pitch) == (100 * 20, 25 * 13)


def test_a_run_takes_10_bits_and_a_long_one_several() -> None:
    layout = Layout(runs=True, pitch_frames=8)
    speaker, pitch = np.zeros(26, np.int64), np.zeros(3, np.int64)
    assert account(Content(speaker, np.full(24, 7), pitch), layout).units == 30  # 24 frames are three runs of 8
    alternating = np.arange(24) % 2
    assert account(Content(speaker, alternating, pitch), layout).units == 240


@given(
    layout=st.sampled_from(LAYOUTS), blocks=st.integers(1, 10), seed=st.integers(0, 100), share=st.floats(0, 1),
    more=st.booleans(),
)  # fmt: skip
def test_a_payload_that_is_cut_or_goes_on_is_refused(
    layout: Layout, blocks: int, seed: int, share: float, more: bool
) -> None:
    payload = write(content(layout, blocks, seed), layout)
    wrong = payload + b"\1" if more else payload[: int(share * (len(payload) - 1))]
    with pytest.raises(PayloadError, match=r"^it"):
        read(wrong, layout)


def test_a_number_of_frames_that_no_layout_has_is_refused() -> None:
    layout = Layout(runs=False, pitch_frames=4)
    payload = write(content(layout, 1, 0), layout)
    with pytest.raises(PayloadError, match="4 frames, no multiple of 8"):
        read(payload, Layout(runs=False, pitch_frames=8))
    with pytest.raises(PayloadError, match="0 frames"):
        read(b"\0" * len(payload), layout)


def test_what_cannot_be_sent_is_refused() -> None:
    layout = Layout(runs=False, pitch_frames=4)
    short = content(layout, 2, 0)
    with pytest.raises(ValueError, match="1 F0 codes for 8 frames"):
        write(Content(short.speaker, short.units, short.pitch[:1]), layout)
    with pytest.raises(ValueError, match="0 frames"):
        write(Content(short.speaker, short.units[:0], short.pitch[:0]), layout)
