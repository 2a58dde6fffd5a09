"""The clocks are replaced: no test here depends on how fast the machine is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from clockwork import AUDIO, POINT, Clock, Clockwork

from codecbench.api import Abstain, Audio, OperatingPoint
from codecbench.cost.blocks import StageTime
from codecbench.cost.rtf import Repeat, Rtf, cpu_time, summarize_rtf, time_points

STEADY = (0.01, 0.01)


def timed(codec: Clockwork, repeats: int = 3, kernel: Callable[[], float] = lambda: 0.01) -> Rtf:
    return summarize_rtf(time_points(codec, [POINT], AUDIO, repeats, kernel)[POINT.label])


def test_processing_time_over_duration(clock: Clock) -> None:
    measured = timed(Clockwork(clock))
    assert measured.encode == pytest.approx(0.25)
    assert measured.decode == pytest.approx(0.05)
    assert measured.threads == pytest.approx(1)
    assert measured.repeats == 3


def test_a_busy_machine_gives_no_figure(clock: Clock) -> None:
    with pytest.raises(Abstain, match=r"machine was busy: 0 of 3 repeats were undisturbed.* CPU time up to 1.4"):
        timed(Clockwork(clock, share=0.7))


def test_several_threads_are_said(clock: Clock) -> None:
    measured = timed(Clockwork(clock, share=1.9))
    assert measured.threads == pytest.approx(1.9)
    assert measured.encode_cpu == pytest.approx(0.475)


def test_the_median_and_the_spread_of_repeats_without_the_first_calls(clock: Clock) -> None:
    codec = Clockwork(clock)
    durations = iter([9.0, 9.0, 0.5, 0.7, 0.6])  # the first call, how long a call takes, then three repeats

    def encode(audio: Audio, point: OperatingPoint) -> bytes:
        codec._work("encode", next(durations))
        return b"0"

    codec.encode = encode  # type: ignore[method-assign]
    measured = timed(codec)
    assert measured.encode == pytest.approx(0.3)
    assert (measured.encode_low, measured.encode_high) == pytest.approx((0.25, 0.35))
    assert measured.decode_low == pytest.approx(measured.decode_high)


def test_points_take_turns(clock: Clock) -> None:
    points, turns = [OperatingPoint(1.0), OperatingPoint(2.0)], []
    codec = Clockwork(clock)
    encode = codec.encode

    def noted(audio: Audio, point: OperatingPoint) -> bytes:
        turns.append(point.label)
        return encode(audio, point)

    codec.encode = noted  # type: ignore[method-assign]
    repeats = time_points(codec, points, AUDIO, 3, lambda: 0.01)
    assert turns[-6:] == ["1", "2", "1", "2", "1", "2"]
    assert {label: len(each) for label, each in repeats.items()} == {"1": 3, "2": 3}


def test_the_kernel_is_timed_before_and_after_every_repeat(clock: Clock) -> None:
    kernels: Iterator[float] = iter([1.0, 2.0, 3.0, 4.0])
    repeats = time_points(Clockwork(clock), [POINT], AUDIO, 3, lambda: next(kernels))[POINT.label]
    assert [repeat.kernel_s for repeat in repeats] == [(1.0, 2.0), (2.0, 3.0), (3.0, 4.0)]


def repeat(kernel_s: tuple[float, float]) -> Repeat:
    """Wall and CPU time alike: what a neighbour on the same core does to both, the busy check cannot see."""
    return Repeat(StageTime(0.2, 0.2), StageTime(0.1, 0.1), kernel_s)


def test_a_machine_whose_speed_moved_gives_no_figure() -> None:
    with pytest.raises(Abstain, match=r"1 of 2 repeats were undisturbed.* the reference kernel 10.0 to 12.6 ms"):
        summarize_rtf([repeat(STEADY), repeat((0.0126, 0.01))])
    measured = summarize_rtf([repeat(STEADY), repeat((0.0124, 0.01))])
    assert (measured.encode, measured.kernel_moved) == (0.2, pytest.approx(0.24))


def test_a_repeat_that_a_neighbour_slowed_down_does_not_count_where_enough_others_do() -> None:
    slow = Repeat(StageTime(0.9, 0.9), StageTime(0.8, 0.8), (0.01, 0.02))
    measured = summarize_rtf([*[repeat(STEADY)] * 5, slow])
    assert (measured.encode, measured.encode_high, measured.repeats, measured.kernel_moved) == (0.2, 0.2, 5, 0.0)
    with pytest.raises(Abstain, match="4 of 6 repeats"):
        summarize_rtf([*[repeat(STEADY)] * 4, slow, slow])


def test_what_the_clocks_own_noise_explains_is_no_disturbance() -> None:
    """A codec of 0.2 ms, in a block of 20 ms that took 22."""
    stage = StageTime(0.0022, 0.0017, noise=0.0002)
    assert summarize_rtf([Repeat(stage, stage, STEADY)] * 5).encode == 0.0022
    with pytest.raises(Abstain):
        summarize_rtf([Repeat(StageTime(0.0022, 0.0017), stage, STEADY)] * 5)


def test_cpu_time_is_that_of_the_calmest_third() -> None:
    repeats = [
        Repeat(StageTime(9.0, n), StageTime(9.0, 2 * n), (0.01, 0.01 * n)) for n in (5.0, 1.0, 4.0, 2.0, 3.0, 6.0)
    ]
    assert (cpu_time(repeats).encode, cpu_time(repeats).decode) == (1.5, 3.0)


def test_arguments_are_checked(clock: Clock) -> None:
    with pytest.raises(ValueError, match="repeats"):
        time_points(Clockwork(clock), [POINT], AUDIO, 0)
