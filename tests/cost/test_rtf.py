"""The clocks are replaced: no test here depends on how fast the machine is."""

from __future__ import annotations

import numpy as np
import pytest

from codecbench.api import Abstain, Audio, CodecCard, OperatingPoint
from codecbench.cost import rtf
from codecbench.cost.measure import measure_cost
from codecbench.cost.rtf import measure_rtf

POINT = OperatingPoint(8.0)
CARD = CodecCard("clockwork", 8000, (POINT,), frame=80, latency_ms=10.0)
AUDIO = Audio.mono(np.zeros(16000), 8000)


class Clock:
    def __init__(self):
        self.wall = self.cpu = 100.0

    def perf_counter(self):
        return self.wall

    def process_time(self):
        return self.cpu


class Clockwork:
    """Encoding takes 0.5 s, decoding 0.1 s, of wall time; CPU time is `share` of it."""

    def __init__(self, clock, share=1.0):
        self.clock, self.share, self.calls = clock, share, []

    def _work(self, what, seconds):
        self.calls.append(what)
        self.clock.wall += seconds
        self.clock.cpu += seconds * self.share

    def encode(self, audio, point):
        self._work("encode", 0.5)
        return bytes(audio.length)

    def decode(self, payload, point):
        self._work("decode", 0.1)
        return Audio.mono(np.zeros(len(payload)), 8000)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(rtf, "time", clock)
    return clock


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


def test_a_run_takes_what_the_card_knows_and_says_what_it_lacks(clock):
    cost = measure_cost(Clockwork(clock), CARD, POINT, lambda seconds: AUDIO)
    assert cost.figures["latency_ms"] == 10.0
    assert cost.figures["rtf_encode"] == pytest.approx(0.25)
    assert cost.figures["parameters"] is None
    assert "--cost full" in cost.reasons["parameters"]
    assert set(cost.reasons) == {name for name, value in cost.figures.items() if value is None}


def test_a_busy_machine_costs_only_the_speed(clock):
    cost = measure_cost(Clockwork(clock, share=0.5), CARD, POINT, lambda seconds: AUDIO)
    assert cost.figures["rtf_encode"] is None
    assert "busy" in cost.reasons["rtf_encode"]
    assert cost.figures["latency_ms"] == 10.0


def test_a_codec_without_stages_says_so_in_full(clock):
    cost = measure_cost(Clockwork(clock), CARD, POINT, lambda seconds: AUDIO, mode="full")
    assert "stages" in cost.reasons["encoder_macs_per_s"]
    assert cost.figures["rtf_encode_1s"] == pytest.approx(0.25)
