from __future__ import annotations

import numpy as np
import pytest

from codecbench.controls.sensitivity import changes
from codecbench.controls.sensitivity.battery import BATTERY, NULLS
from codecbench.controls.sensitivity.changes import Signal
from codecbench.controls.sensitivity.clips import OriginalClip, pair_clips, probe_clips
from codecbench.controls.sensitivity.scoring import generator
from codecbench.datasets import load_dataset
from codecbench.degradations import louder, rms, with_noise
from codecbench.plugins import registry

RATE = 16000
TIME = np.arange(2 * RATE) / RATE


def tone(hertz: float) -> Signal:
    found: Signal = 0.2 * np.sin(2 * np.pi * hertz * TIME)
    return found


def loudest_hz(signal: Signal) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(signal * np.hanning(len(signal)))))) * RATE / len(signal)


def snr_db(signal: Signal, changed: Signal) -> float:
    return 20 * float(np.log10(rms(signal) / rms(changed - signal)))


@pytest.fixture(scope="module")
def clips() -> tuple[OriginalClip, ...]:
    return probe_clips(load_dataset("probe", registry()), 0)


def test_a_band_is_turned_upside_down_and_the_rest_stays() -> None:
    assert loudest_hz(changes.band_inverted(tone(1200), 1000, 3000)) == pytest.approx(2800, abs=2)
    assert snr_db(tone(500), changes.band_inverted(tone(500), 1000, 3000)) > 40


def test_noise_hum_and_level_are_as_loud_as_they_say() -> None:
    g = np.random.default_rng(0)
    assert snr_db(tone(300), with_noise(tone(300), 20, g)) == pytest.approx(20, abs=0.1)
    assert snr_db(tone(300), changes.with_hum(tone(300), 30)) == pytest.approx(30, abs=0.01)
    assert 20 * np.log10(rms(louder(tone(300), -1)) / rms(tone(300))) == pytest.approx(-1)


def test_phases_are_turned_and_magnitudes_stay() -> None:
    turned = changes.phase_rotated(tone(300))
    assert abs(float(np.dot(turned, tone(300)))) < 1e-9 * float(np.dot(turned, turned)) + 1e-9
    assert rms(turned) == pytest.approx(rms(tone(300)))


@pytest.mark.parametrize("factor", [0.9, 1.02, 1.25])
def test_a_stretch_keeps_the_pitch(factor: float) -> None:
    slow = changes.stretched(tone(200), factor)
    assert len(slow) == round(len(TIME) * factor)
    assert loudest_hz(slow) == pytest.approx(200, abs=2)


def test_a_raised_voice_keeps_the_tempo() -> None:
    raised = changes.voice_raised(tone(200), 1.25)
    assert len(raised) == len(TIME)
    assert loudest_hz(raised) == pytest.approx(250, abs=2)


def test_what_is_put_in_stays_in_its_place() -> None:
    signal = tone(200)
    changed = changes.put_in(signal, tone(700)[:1000], 8000, 3200)
    assert np.array_equal(changed[:8000], signal[:8000])
    assert np.array_equal(changed[11200:], signal[11200:])
    assert loudest_hz(changed[9100:10100]) == pytest.approx(700, abs=20)


def test_every_change_is_the_same_each_time_and_as_long(clips: tuple[OriginalClip, ...]) -> None:
    for clip in clips[:2]:
        for change in (*BATTERY, *NULLS):
            first, second = (change.apply(clip, generator(0, clip, change)) for _ in range(2))
            assert np.array_equal(first, second), change.id
            assert np.isfinite(first).all(), change.id
            # A stretched signal is longer: scored as a codec's surplus is.
            assert len(first) == len(clip.signal) or change.id == "stretch", change.id


def test_null_changes_are_small(clips: tuple[OriginalClip, ...]) -> None:
    """Softer than the room by level, or a tenth of a dB, or a sample: none is heard."""
    for clip in clips:
        for change in NULLS:
            changed = change.apply(clip, generator(0, clip, change))
            if change.id not in ("null_level", "null_delay"):
                assert snr_db(clip.signal, changed) > 38, change.id


def test_pauses_are_pauses_and_tails_are_speech(clips: tuple[OriginalClip, ...]) -> None:
    cut = next(change for change in BATTERY if change.id == "cut_tail")
    for clip in clips:
        assert 20 * np.log10(rms(clip.signal[clip.speech + 4800 :])) < -55
        lost = clip.signal - cut.apply(clip, np.random.default_rng(0))
        assert 20 * np.log10(rms(lost[clip.speech - 1600 : clip.speech])) > -50


def test_pairs_say_the_rival_word() -> None:
    clips = pair_clips(load_dataset("pairs", registry()), 0)
    assert len({clip.utterance.speaker for clip in clips}) == 8
    for clip in clips:
        assert len(clip.spliced) == len(clip.signal) == len(clip.other)
        assert not np.array_equal(clip.spliced, clip.signal)
