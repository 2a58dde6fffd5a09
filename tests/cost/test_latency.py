from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from codecbench.api import Abstain, Audio, CodecCard, CodecOptions, OperatingPoint
from codecbench.cost.latency import boundary_positions, measure_latency, no_less_than_declared
from codecbench.cost.measure import measure_cost
from codecbench.plugins import registry

RATE = 8000
POINT = OperatingPoint(8.0)


@dataclass
class WindowedStft:
    """Causal analysis and synthesis with rectangular windows of `window`, hop `hop`, quantized spectra as payload.

    The first output sample of a frame needs the last input sample of its window. (Without quantization it would not:
    transform and inverse would cancel.)
    """

    window: int = 256
    hop: int = 64
    step: float = 0.01
    card: CodecCard = field(default_factory=lambda: CodecCard("stft", RATE, (POINT,), frame=64))

    def encode(self, audio, point):
        padded = np.pad(audio.samples[0], (0, self.window + self.hop))
        spectra = np.fft.rfft(np.lib.stride_tricks.sliding_window_view(padded, self.window)[:: self.hop])
        return np.rint(np.stack([spectra.real, spectra.imag]) / self.step).astype(np.int16).tobytes()

    def decode(self, payload, point):
        parts = self.step * np.frombuffer(payload, np.int16).reshape(2, -1, self.window // 2 + 1)
        frames = np.fft.irfft(parts[0] + 1j * parts[1])
        out = np.zeros(len(frames) * self.hop + self.window)
        for index, frame in enumerate(frames):
            out[index * self.hop : index * self.hop + self.window] += frame
        return Audio.mono(out * self.hop / self.window, RATE)


@dataclass
class Delayed:
    """Another codec whose output starts with silence."""

    inner: object
    samples: int

    def encode(self, audio, point):
        return self.inner.encode(audio, point)

    def decode(self, payload, point):
        decoded = self.inner.decode(payload, point)
        return Audio(np.pad(decoded.samples, ((0, 0), (self.samples, 0))), decoded.sample_rate)


class Framed:
    """Codes each frame alone, to 12 bit."""

    def encode(self, audio, point):
        return np.rint(audio.samples * 2048).astype(np.int16).tobytes()

    def decode(self, payload, point):
        samples = np.frombuffer(payload, np.int16).reshape(-1, 160) / np.float32(2048)
        # Every sample of a frame depends on all of it: a shared, coarse level.
        level = np.abs(samples).mean(axis=1, keepdims=True)
        return Audio.mono((samples + 0.05 * level).reshape(-1), RATE)


class WholeUtterance(Framed):
    def decode(self, payload, point):
        samples = np.frombuffer(payload, np.int16) / np.float32(2048)
        return Audio.mono(samples / max(1e-6, np.sqrt((samples**2).mean())), RATE)


class Deaf(Framed):
    def decode(self, payload, point):
        return Audio.mono(np.ones(len(payload) // 2), RATE)


class Restless(Framed):
    calls = 0

    def decode(self, payload, point):
        self.calls += 1
        decoded = super().decode(payload, point).samples
        return Audio(decoded + np.float32(0.01 * self.calls), RATE)


FRAMED = CodecCard("framed", RATE, (POINT,), frame=160)


def test_a_frame_codec_waits_one_frame():
    latency = measure_latency(Framed(), FRAMED, POINT)
    assert (latency.total_ms, latency.buffering_ms, latency.lookahead_ms) == (20.0, 20.0, 0.0)
    assert latency.position == 159
    assert (latency.delay_ms, latency.delay_method) == (0.0, "waveform")


def test_a_causal_stft_codec_waits_its_window():
    codec = WindowedStft()
    latency = measure_latency(codec, codec.card, POINT)
    assert latency.total_ms * 8 == codec.window
    assert latency.buffering_ms * 8 == codec.hop
    assert latency.total_ms == latency.buffering_ms + latency.lookahead_ms


def test_the_declared_reach_holds_where_less_was_measured():
    measured = measure_latency(Framed(), FRAMED, POINT)
    assert no_less_than_declared(measured, FRAMED, POINT) == measured
    assert measured.kind == "measured"
    further = no_less_than_declared(measured, replace(FRAMED, lookahead=40), POINT)
    assert (further.total_ms, further.buffering_ms, further.lookahead_ms) == (25.0, 20.0, 5.0)
    assert further.kind == "structural"
    own = OperatingPoint(8.0, frame=160, lookahead=80)
    assert no_less_than_declared(measured, replace(FRAMED, lookahead=40, points=(own,)), own).total_ms == 30.0
    assert no_less_than_declared(measured, replace(FRAMED, lookahead=40, whole_utterance=True), POINT) == measured
    utterance = replace(measured, total_ms=None, utterance=True)
    assert no_less_than_declared(utterance, replace(FRAMED, lookahead=40), POINT) == utterance


def test_a_run_that_measures_latency_follows_the_same_rule():
    audio = Audio.mono(0.1 * np.random.default_rng(0).standard_normal(RATE), RATE)
    for lookahead, total, kind in ((0, 20.0, "measured"), (40, 25.0, "structural")):
        card = replace(FRAMED, lookahead=lookahead)
        cost = measure_cost(Framed(), card, POINT, lambda _: audio)
        assert (cost.figures["latency_ms"], cost.figures["buffering_ms"], cost.latency_kind) == (total, 20.0, kind)


def test_the_frame_of_the_point_is_its_buffering():
    """One codec, a frame of 160 samples at one point and (so its card says) of 80 at the other."""
    low, high = OperatingPoint(4.0), OperatingPoint(8.0, frame=80)
    card = replace(FRAMED, points=(low, high))
    ends = ((low, 159), (high, 79))
    latencies = [measure_latency(Framed(), card, point, positions=[last], signals=2) for point, last in ends]
    assert [latency.buffering_ms for latency in latencies] == [20.0, 10.0]
    with pytest.raises(ValueError, match=r"positions must be in \[0, 80\)"):
        measure_latency(Framed(), card, high, positions=[159])


@pytest.mark.parametrize("samples", [1, 77, 1000])
def test_silence_before_the_output_changes_nothing(samples):
    codec = WindowedStft()
    positions = boundary_positions(codec.card.frame)
    plain = measure_latency(codec, codec.card, POINT, positions=positions, signals=2)
    delayed = measure_latency(Delayed(codec, samples), codec.card, POINT, positions=positions, signals=2)
    assert delayed.total_ms == plain.total_ms
    assert delayed.buffering_ms == plain.buffering_ms
    assert delayed.delay_ms == plain.delay_ms + samples / 8


def test_a_codec_that_needs_the_whole_utterance():
    latency = measure_latency(WholeUtterance(), FRAMED, POINT, positions=[0, 159], signals=1)
    assert latency.utterance
    assert latency.total_ms is None
    assert latency.buffering_ms is None


def test_figures_that_would_be_meaningless_are_withheld():
    with pytest.raises(Abstain, match="does not depend"):
        measure_latency(Deaf(), FRAMED, POINT, positions=[0], delay=0)
    with pytest.raises(Abstain, match="delay cannot be found"):
        measure_latency(Deaf(), FRAMED, POINT, positions=[0])
    with pytest.raises(Abstain, match="differently each time"):
        measure_latency(Restless(), FRAMED, POINT, positions=[0])
    with pytest.raises(ValueError, match="positions"):
        measure_latency(Framed(), FRAMED, POINT, positions=[160])


def test_opus_is_a_frame_and_its_lookahead():
    pytest.importorskip("av")
    entry = registry().codec("opus")
    codec, card = entry.factory(CodecOptions()), entry.card
    late = range(card.frame - 96, card.frame, 12)
    latency = measure_latency(codec, card, card.points[-1], positions=late, signals=6)
    assert latency.total_ms == pytest.approx(26.5, abs=2.5)
    assert latency.buffering_ms == 20.0
    assert abs(latency.delay_ms) < 0.5


def test_encodec_24khz_buffers_one_frame_and_looks_no_further():
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    entry = registry().codec("encodec:facebook-24khz")
    from codecbench.cost.random_weights import spread_weights

    codec = entry.factory(CodecOptions(checkpoint="facebook-24khz", weights=None))
    spread_weights(codec.model)
    point = entry.card.points[-1]
    latency = measure_latency(codec, entry.card, point, positions=(0, 318, 319), signals=4, delay=0)
    assert latency.total_ms == pytest.approx(13.333, abs=0.001)
    assert latency.lookahead_ms == 0
    assert latency.position == 319


def test_boundary_positions_of_a_sample_codec():
    assert boundary_positions(1) == (0,)


class Unlike(WindowedStft):
    """Its output has nothing of its input's waveform or envelope, as random weights have, but depends on it."""

    def decode(self, payload, point):
        found = super().decode(payload, point)
        noise = np.random.default_rng(1).standard_normal(found.length).astype(np.float32)
        return Audio.mono(noise + 1e-3 * found.samples[0], RATE)


def test_a_delay_that_cannot_be_found_is_the_cards() -> None:
    codec = Unlike()
    with pytest.raises(Abstain, match=r"state CodecCard\.delay if it is known"):
        measure_latency(codec, codec.card, POINT, positions=(0,), signals=1)
    stated = replace(codec.card, delay=16)
    latency = measure_latency(codec, stated, POINT, positions=(0,), signals=1)
    assert (latency.delay_ms, latency.delay_method) == (2.0, "declared")
    found = measure_latency(WindowedStft(), stated, POINT, positions=(0,), signals=1)
    assert found.delay_method == "waveform"
