"""The scores of one cell, in a scoring process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from codecbench.alignment import shift
from codecbench.api import Abstain, Audio, MetricCard, Sample, Score, Unavailable, Utterance
from codecbench.api.dataset import ENGLISH
from codecbench.audio import fit_length
from codecbench.conditions import SourceRecording, reference_for
from codecbench.run.pool import guarded
from codecbench.run.workers import hearing
from codecbench.run.workers.evidence import Evidence, failure_of, originals_of, value_of
from codecbench.run.workers.metrics import MetricJob, built, checked, scored
from codecbench.run.workers.signals import own_copy, source, write_listening_copy
from codecbench.store.answers import Failure, ScoreValue
from codecbench.store.originals import KEY, OriginalScore


@dataclass(frozen=True)
class ScoreJob:
    """A decoded signal and what it is to be scored by. `prepared` by the name of each metric job."""

    utterance: Utterance
    recording: SourceRecording
    decoded: Path
    delay_s: float
    metrics: tuple[MetricJob, ...]
    recognizer: str | None
    recognizer_reason: str | None
    prepared: Mapping[str, Evidence | None] = field(default_factory=dict)
    reference_hypothesis: Evidence | None = None
    decoded_hypothesis: Mapping[str, Any] | None = None
    keep: Path | None = None


@dataclass(frozen=True)
class CellScores:
    """Scores by metric id; the hypothesis on the decoded is evidence for later metrics."""

    scores: Mapping[str, ScoreValue | Failure]
    hypothesis: Mapping[str, Any] | None


@guarded
def score(job: ScoreJob) -> CellScores:
    reference, raw, decoded = _signals(job.recording, job.decoded, job.delay_s)
    if job.keep is not None:
        write_listening_copy(decoded, job.keep)
    cell = _Cell(job, reference, decoded, raw, job.decoded_hypothesis)
    scores: dict[str, ScoreValue | Failure] = {}
    for metrics in job.metrics:
        scores |= cell.scores(metrics)
    return CellScores(scores, cell.heard)


@dataclass
class _Cell:
    """The signals of one cell, and what was heard in the decoded, once anybody asked."""

    job: ScoreJob
    reference: Audio
    decoded: Audio
    raw: Audio
    heard: Mapping[str, Any] | None

    @property
    def language(self) -> str:
        return self.job.utterance.language

    def scores(self, metrics: MetricJob) -> dict[str, ScoreValue | Failure]:
        """Of all cards of `metrics`: whatever its object raises stands for each of them."""
        scores: dict[str, ScoreValue | Failure] = {}
        cards = []
        for card in metrics.cards:
            if reason := self._without(card):
                scores[card.id] = Failure("abstained", reason)
            else:
                cards.append(card)
        try:
            values = self._values(metrics, cards) if cards else {}
        except BaseException as error:  # workers ignore Ctrl-C: whatever it is, it is the plugin's
            return scores | {card.id: failure_of(error) for card in cards}
        known = originals_of(self.job.prepared.get(metrics.name))
        return scores | {card.id: _beside(checked(values.get(card.id)), known.get(card.id)) for card in cards}

    def _without(self, card: MetricCard) -> str | None:
        """Why this utterance has no score by `card`, whatever it sounds like; None where it may have one."""
        language, spec = self.language, self.job.recognizer
        if self.job.recording.path is None and (reason := self._unrecorded(card)):
            return reason
        if not card.speaks(language):
            return f"the utterance is in '{language}', and {card.id} is of {', '.join(card.languages)} alone"
        if spec is None or not card.uses_recognizer:
            return None
        return hearing.deaf(spec, language) or (self._wordless() if card.needs_transcript else None)

    def _unrecorded(self, card: MetricCard) -> str | None:
        """Why there is no score without a recording of the original; None where there may be one."""
        if not card.needs_reference or card.stand_in == "transcript":
            return None
        if card.stand_in == "enrolment":
            enrolled = self.job.utterance.enrolment is not None
            return None if enrolled else "there is no recording of the original, and no enrolment of the speaker"
        return f"there is no recording of the original, with which {card.id} compares"

    def _wordless(self) -> str | None:
        """Why there are no words to compare with what is heard; None where there are."""
        text = self.job.utterance.transcript
        if text is None:
            return "the dataset has no transcript of this utterance"
        letters = [letter for letter in text if letter.isalpha()]
        if self.language == ENGLISH and letters and not any(letter.isascii() for letter in letters):
            return "the transcript has no Latin letter, and the utterance is taken for English: name its language"
        return None

    def _values(self, metrics: MetricJob, cards: list[MetricCard]) -> Mapping[str, Score | Abstain]:
        built(metrics)  # without what it needs nothing else is asked of the sample
        return scored(metrics, self._sample(metrics, cards), cards)

    def _sample(self, metrics: MetricJob, cards: list[MetricCard]) -> Sample:
        """All that the metrics may look at. Raises Unavailable without a recognizer where one is needed."""
        spec = self.job.recognizer if metrics.uses_recognizer else None
        original = None
        if metrics.uses_recognizer:
            if spec is None:
                raise Unavailable(self.job.recognizer_reason or "there is no recognizer")
            original = hearing.as_hypothesis(value_of(self.job.reference_hypothesis))
            if any(card.needs_hypothesis for card in cards):
                self.heard = self.heard or self._transcribed(spec)
        return Sample(
            self.job.utterance, own_copy(self.reference), own_copy(self.decoded), own_copy(self.raw), original,
            hearing.as_hypothesis(self.heard), value_of(self.job.prepared.get(metrics.name)),
            *((hearing.entry(spec).card, hearing.LazyScorer(spec, self.language)) if spec else (None, None)),
        )  # fmt: skip

    def _transcribed(self, spec: str) -> Mapping[str, Any]:
        """Samples that are the original's are heard as the original was, without hearing them again."""
        if self.job.recording.path is not None and np.array_equal(self.decoded.samples, self.reference.samples):
            heard: Mapping[str, Any] = value_of(self.job.reference_hypothesis)
            return heard
        return hearing.transcribe(self.decoded, spec, self.language)


def _beside(answer: ScoreValue | Failure, original: OriginalScore | None) -> ScoreValue | Failure:
    """With the original's own score in its detail, where there is one."""
    if original is None or isinstance(answer, Failure):
        return answer
    return replace(answer, detail={**answer.detail, KEY: original.to_json()})


def _signals(recording: SourceRecording, file: Path, delay_s: float) -> tuple[Audio, Audio, Audio]:
    """The reference; the decoded signal of `file` at its length, as it came, and without its delay."""
    samples, rate = soundfile.read(file, dtype="float32", always_2d=True)  # [samples, channels]
    signal = Audio(samples.T, rate)
    if recording.path is None:
        return signal, signal, signal
    reference = reference_for(source(recording), signal.channels)
    raw = fit_length(signal, reference.length).audio
    # Shifted before it is cut: the samples that a delay pushed beyond the end belong to the utterance.
    return reference, raw, fit_length(shift(signal, delay_s), reference.length).audio if delay_s else raw


@guarded
def keep_decoded(recording: SourceRecording, decoded: Path, delay_s: float, out: Path) -> None:
    """A decoded signal as the report plays it: what was scored."""
    write_listening_copy(_signals(recording, decoded, delay_s)[2], out)
