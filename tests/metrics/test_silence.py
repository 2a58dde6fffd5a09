from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from codecbench.api import Abstain, Audio, Sample, Score, Unavailable, Utterance
from codecbench.audio import source_signal
from codecbench.controls.degradations import with_noise
from codecbench.controls.pairs.blurs import low_pass
from codecbench.metrics import silence
from codecbench.metrics.silence import FRAME_S, SpeechInSilence, false_speech, non_speech

pytest.importorskip("faster_whisper")
pytest.importorskip("onnxruntime")

PROBE = Path(str(files("codecbench.datasets") / "speech" / "probe"))
RATE = 16000


@pytest.fixture(scope="module")
def metric() -> SpeechInSilence:
    return SpeechInSilence()


@pytest.fixture(scope="module")
def speech() -> list[Audio]:
    return [source_signal(path) for path in sorted(PROBE.glob("*.flac"))[:3]]


def with_pauses(clips: list[Audio], seconds: float) -> Audio:
    pause = np.zeros(round(seconds * RATE), dtype=np.float32)
    parts = [part for clip in clips for part in (pause, clip.samples[0])]
    return Audio.mono(np.concatenate([*parts, pause]), RATE)


def score(metric: SpeechInSilence, reference: Audio, decoded: Audio) -> Score:
    return metric.score(Sample(Utterance("u", Path("u.wav")), reference, decoded, decoded))


def test_nothing_false_in_the_original_itself(metric: SpeechInSilence, speech: list[Audio]) -> None:
    original = with_pauses(speech, 1.5)
    found = score(metric, original, original)
    assert found.numerator == 0
    assert 2.5 < found.detail["non_speech_s"] < 6.0


@pytest.mark.parametrize("severity", [20.0, 5.0, 0.0])
def test_noise_is_no_speech(metric: SpeechInSilence, speech: list[Audio], severity: float) -> None:
    original = with_pauses(speech, 1.5)
    assert score(metric, original, with_noise(severity, original)).numerator == 0
    assert score(metric, original, low_pass(1000.0, original)).numerator == 0


def test_speech_in_a_pause_is_found_and_placed(metric: SpeechInSilence, speech: list[Audio]) -> None:
    quiet = Audio.mono(np.zeros(3 * RATE), RATE)
    original = with_pauses([speech[0], quiet, speech[1]], 0.2)
    start = 0.2 + speech[0].seconds + 0.2 + 0.5
    lie = original.samples[0].copy()
    lie[round(start * RATE) : round((start + 1.5) * RATE)] += speech[2].samples[0, : round(1.5 * RATE)]
    found = score(metric, original, Audio.mono(lie, RATE))
    assert 0.9 < found.detail["false_speech_s"] < 1.7
    for begin, end in found.detail["runs_s"]:
        assert start - 0.1 < begin < end < start + 1.8


def test_all_speech_in_a_silent_original_counts(metric: SpeechInSilence, speech: list[Audio]) -> None:
    quiet = Audio.mono(np.zeros(speech[0].length), RATE)
    found = score(metric, quiet, speech[0])
    assert 40 < found.value <= 60
    assert score(metric, quiet, quiet).value == 0


def test_what_prepare_gives_is_what_score_uses(metric: SpeechInSilence, speech: list[Audio]) -> None:
    original = with_pauses(speech, 1.0)
    sample = Sample(Utterance("u", Path("u.wav")), original, original, original, prepared=metric.prepare(original))
    assert metric.score(sample) == score(metric, original, original)


def test_an_original_without_pauses_abstains(metric: SpeechInSilence, speech: list[Audio]) -> None:
    middle = Audio.mono(speech[0].samples[0, RATE // 2 : -RATE // 2], RATE)
    with pytest.raises(Abstain, match="non-speech"):
        score(metric, middle, middle)
    empty = Audio.mono(np.zeros(0), RATE)
    with pytest.raises(Abstain):
        score(metric, empty, empty)


def test_nan_and_lengths_are_failures(metric: SpeechInSilence, speech: list[Audio]) -> None:
    broken = speech[0].samples[0].copy()
    broken[10] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        score(metric, speech[0], Audio.mono(broken, RATE))
    with pytest.raises(ValueError, match="lengths differ"):
        score(metric, speech[0], Audio.mono(speech[0].samples[0, :-5], RATE))


def test_the_guard_and_the_shortest_run() -> None:
    probabilities = np.zeros(40)
    probabilities[20] = 0.4
    quiet = non_speech(probabilities)
    assert quiet.sum() == 40 - 13
    assert not quiet[14:27].any()
    decoded = np.zeros(40)
    decoded[[0, 1, 5, 6, 7, 13, 14]] = 0.9
    assert np.flatnonzero(false_speech(quiet, decoded)).tolist() == [5, 6, 7]
    assert pytest.approx(0.032) == FRAME_S


def test_blurs_of_real_speech_raise_no_false_alarm(metric: SpeechInSilence, shared: Path) -> None:
    with (shared / "data" / "eval" / "manifest.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))[::5]
    seconds = 0.0
    for row in rows:
        original = source_signal(shared / "data" / "eval" / row["path"])
        for decoded in (with_noise(5.0, original), low_pass(2000.0, original)):
            try:
                found = score(metric, original, decoded)
            except Abstain:
                continue
            assert found.numerator == 0
            seconds += found.detail["non_speech_s"]
    assert seconds > 10


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "faster_whisper.vad", None)
    with pytest.raises(Unavailable, match=r"pip install 'codecbench\[asr\]'"):
        silence.load_detector()
