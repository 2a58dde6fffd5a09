from __future__ import annotations

import numpy as np
import pytest

from codecbench.api import Audio, Hypothesis
from codecbench.metrics.hallucination.metric import WordChanges
from codecbench.metrics.hallucination.null_floor import CONDITIONS, chosen_conditions, heard_under_null

pytest.importorskip("whisper_normalizer")


def speech(seed: int = 0) -> Audio:
    """Noise below 6 kHz: what resampling has to keep."""
    spectrum = np.fft.rfft(0.1 * np.random.default_rng(seed).standard_normal(16000))
    spectrum[6000:] = 0
    return Audio.mono(np.fft.irfft(spectrum), 16000)


def level_db(audio: Audio) -> float:
    return float(10 * np.log10(np.mean(np.square(audio.samples))))


def test_each_change_is_what_it_is_called_and_can_be_repeated() -> None:
    original = speech()
    changed = {name: change(original) for name, change in CONDITIONS.items()}
    assert all(audio.length == original.length for audio in changed.values())
    for milliseconds in (1, 3, 7):
        late = changed[f"shift {milliseconds} ms"].samples[0]
        np.testing.assert_array_equal(late[16 * milliseconds :], original.samples[0, : -16 * milliseconds])
        assert not late[: 16 * milliseconds].any()
    assert level_db(changed["+1 dB"]) - level_db(original) == pytest.approx(1.0, abs=1e-3)
    assert level_db(changed["-1 dB"]) - level_db(original) == pytest.approx(-1.0, abs=1e-3)
    for name, expected in (("-50 dB noise", -50.0), ("16-48-16 kHz", -50.0)):
        error = Audio(changed[name].samples - original.samples, 16000)
        assert level_db(error) - level_db(original) <= expected + 0.1
    again = CONDITIONS["-50 dB noise"](original)
    np.testing.assert_array_equal(again.samples, changed["-50 dB noise"].samples)


def test_by_default_half_of_the_originals_draw_one_and_together_they_draw_all() -> None:
    drawn = [chosen_conditions(speech(seed), "sample") for seed in range(100)]
    assert {len(names) for names in drawn} == {0, 1}
    assert 35 <= sum(map(len, drawn)) <= 65
    assert {name for names in drawn for name in names} == set(CONDITIONS)
    assert chosen_conditions(speech(), "full") == tuple(CONDITIONS)


def test_it_is_prepared_once_per_original_with_the_run_s_recognizer() -> None:
    class Told:
        heard = 0

        def transcribe(self, audio: Audio) -> Hypothesis:
            self.heard += 1
            return Hypothesis(f"text {self.heard}")

    told = Told()
    assert heard_under_null(speech(), told, "full") == {name: f"text {n + 1}" for n, name in enumerate(CONDITIONS)}
    utterance = None
    metric = WordChanges()
    one = metric.prepare_heard(utterance, speech(), told, {"null_floor": "sample"})  # type: ignore[arg-type]
    assert list(one) == list(chosen_conditions(speech(), "sample"))
    # A run without `ci_wer` does not pay for it.
    assert metric.prepare_heard(utterance, speech(), told, {}) == {}  # type: ignore[arg-type]
