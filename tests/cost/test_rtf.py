"""The clocks are replaced: no test here depends on how fast the machine is."""

from __future__ import annotations

import pytest
from clockwork import AUDIO, CARD, POINT, Clockwork

from codecbench.api import Abstain
from codecbench.cost.rtf import measure_rtf


def test_processing_time_over_duration(clock):
    measured = measure_rtf(Clockwork(clock), CARD, POINT, AUDIO)
    assert measured.encode == pytest.approx(0.25)
    assert measured.decode == pytest.approx(0.05)
    assert measured.threads == pytest.approx(1)
    assert (measured.seconds, measured.note) == (2.0, "")


def test_a_busy_machine_gives_no_figure(clock):
    with pytest.raises(Abstain, match=r"500.0 ms of wall time for 350.0 ms of CPU time; the machine is busy"):
        measure_rtf(Clockwork(clock, share=0.7), CARD, POINT, AUDIO)


def test_several_threads_are_said(clock):
    measured = measure_rtf(Clockwork(clock, share=1.9), CARD, POINT, AUDIO)
    assert measured.note == "computed on 1.9 threads"
    assert measured.encode_cpu == pytest.approx(0.475)


def test_the_median_of_repeats_without_the_warm_up(clock):
    codec = Clockwork(clock)
    durations = iter([9.0, 9.0, 0.5, 0.7, 0.6])  # first call for the payload, warm-up, then three repeats

    def encode(audio, point):
        codec._work("encode", next(durations))
        return b"0"

    codec.encode = encode
    assert measure_rtf(codec, CARD, POINT, AUDIO, repeats=3, warmup=1).encode == pytest.approx(0.3)


def test_arguments_are_checked(clock):
    with pytest.raises(ValueError, match="repeats"):
        measure_rtf(Clockwork(clock), CARD, POINT, AUDIO, repeats=0)
