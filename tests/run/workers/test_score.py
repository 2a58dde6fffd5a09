"""One cell's scores in this process: single metrics and groups, and what each of them may do wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from codecbench.api import Abstain, Audio, MetricCard, Sample, Score, Utterance
from codecbench.conditions import SourceRecording
from codecbench.plugins import Registered, registry
from codecbench.run.workers import CellScores, ScoreJob, hearing, metric_jobs, original, score
from codecbench.run.workers.metrics import made_once
from codecbench.run.workers.score import _Cell
from codecbench.store.answers import Failure, ScoreValue

CARDS = tuple(MetricCard(name, "1", "") for name in ("one", "two", "three"))


class Group:
    """`one` is a figure, `two` abstains, `three` is missing; `prepare` counts how often it was called."""

    prepared = 0

    def prepare(self, reference: Audio) -> int:
        Group.prepared += 1
        return reference.length

    def score_all(self, sample: Sample) -> Mapping[str, Score | Abstain]:
        sample.decoded.samples[:] = 0.0  # its own copy: the next metric hears what was decoded
        return {"one": Score(float(sample.prepared)), "two": Abstain("not for this one"), "unknown": Score(1.0)}


class Broken(Group):
    def score_all(self, sample: Sample) -> Mapping[str, Score | Abstain]:
        raise Abstain("no word of it")


@pytest.fixture(autouse=True)
def _group(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    names = tuple(card.id for card in CARDS)
    for card in CARDS:
        monkeypatch.setitem(registry().metrics, card.id, Registered(card, Group, "test", group=names))
    made_once.cache_clear()
    yield
    made_once.cache_clear()


@pytest.fixture
def job(tmp_path: Path) -> ScoreJob:
    samples = 0.1 * np.random.default_rng(0).standard_normal(16000)
    soundfile.write(tmp_path / "a.wav", samples, 16000, subtype="FLOAT")
    jobs = metric_jobs([*CARDS, registry().metrics["si_sdr"].card])
    utterance = Utterance("u", tmp_path / "a.wav")
    recording = SourceRecording(utterance.path)
    prepared = original(utterance, recording, jobs, None).prepared
    return ScoreJob(utterance, recording, tmp_path / "a.wav", 0.0, jobs, None, None, prepared)


def scored(job: ScoreJob) -> CellScores:
    cell = score(job)
    assert isinstance(cell, CellScores), cell
    return cell


def test_a_group_scores_its_metrics_in_one_call_and_prepares_once(job: ScoreJob) -> None:
    before = Group.prepared
    assert [len(each.cards) for each in job.metrics] == [3, 1]
    cell = scored(job)
    assert cell.scores["one"] == ScoreValue(16000.0, 1.0)
    assert cell.scores["two"] == Failure("abstained", "not for this one")
    assert cell.scores["three"] == Failure("failed", "ValueError: it returned no score for this metric")
    assert "unknown" not in cell.scores
    assert Group.prepared == before  # the original's side was prepared by `original`


@pytest.mark.parametrize("group", [("stoi", "estoi"), ("mel_distance", "lsd")])
def test_what_is_asked_for_of_a_built_in_group_is_what_it_is_with_the_others(
    job: ScoreJob, group: tuple[str, ...]
) -> None:
    def values(*names: str) -> Mapping[str, ScoreValue | Failure]:
        return scored(replace(job, metrics=metric_jobs(registry().metrics[name].card for name in names))).scores

    together = values(*group)
    assert {name: answer.status for name, answer in together.items()} == dict.fromkeys(group, "ok")
    for name in group:
        assert values(name) == {name: together[name]}


def test_what_a_group_raises_stands_for_all_of_it_and_for_no_other(
    job: ScoreJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = registry().metrics["one"]
    monkeypatch.setitem(registry().metrics, "one", replace(entry, factory=Broken))
    made_once.cache_clear()
    cell = scored(job)
    assert [cell.scores[card.id] for card in CARDS] == [Failure("abstained", "no word of it")] * 3
    assert cell.scores["si_sdr"].status == "abstained"  # of identical signals, infinite


def test_no_metric_hears_what_another_one_wrote(job: ScoreJob, tmp_path: Path) -> None:
    noisy = 0.1 * np.random.default_rng(1).standard_normal(16000)
    soundfile.write(tmp_path / "b.wav", noisy, 16000, subtype="FLOAT")
    alone = scored(replace(job, decoded=tmp_path / "b.wav", metrics=job.metrics[1:]))
    beside = scored(replace(job, decoded=tmp_path / "b.wav"))
    assert beside.scores["si_sdr"] == alone.scores["si_sdr"]
    assert alone.scores["si_sdr"].status == "ok"


def test_samples_that_are_the_originals_are_not_heard_again(job: ScoreJob, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Audio] = []
    monkeypatch.setattr(
        hearing, "transcribe", lambda audio, spec, language: asked.append(audio) or {"text": "anew", "words": []}
    )
    signal = Audio.mono(0.1 * np.random.default_rng(0).standard_normal(1600), 16000)
    other = Audio.mono(0.1 * np.random.default_rng(1).standard_normal(1600), 16000)
    heard = replace(job, reference_hypothesis={"value": {"text": "before", "words": []}})
    same, changed = (_Cell(heard, signal, decoded, decoded, None) for decoded in (signal, other))
    assert same._transcribed("any")["text"] == "before"
    assert asked == []
    assert changed._transcribed("any")["text"] == "anew"
    assert asked == [other]
    lost = replace(job, reference_hypothesis={"status": "failed", "reason": "it crashed"})
    with pytest.raises(RuntimeError, match="on the original: it crashed"):
        _Cell(lost, signal, signal, signal, None)._transcribed("any")


WER = MetricCard("one", "1", "", uses_recognizer=True, needs_transcript=True)


NO_LATIN = "the transcript has no Latin letter, and the utterance is taken for English: name its language"


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        (None, "en", "the dataset has no transcript of this utterance"),
        ("слово и дело", "en", NO_LATIN),
        ("你好", "en", NO_LATIN),
        ("слово и дело", "ru", "the utterance is in 'ru', and the recognizer whisper-tiny.en hears en alone"),
        ("naïve слово", "en", None),
        ("1984", "en", None),
    ],
)
def test_words_that_the_recognizer_cannot_hear_are_not_counted(
    job: ScoreJob, text: str | None, language: str, said: str | None
) -> None:
    utterance = replace(job.utterance, transcript=text, extra={"language": language})
    heard = replace(job, utterance=utterance, recognizer="whisper-tiny.en")
    assert _Cell(heard, *[Audio.mono(np.zeros(9), 16000)] * 3, None)._without(WER) == said
