"""Evidence on many utterances under many changes, kept on disk: what calibration and controls are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecbench.api import Audio, Hypothesis, Recognizer, Scorer, Utterance
from codecbench.controls.kept_rows import add_row, read_rows
from codecbench.metrics.hallucination.comparison import compare
from codecbench.metrics.hallucination.lexicon import is_real_word
from codecbench.metrics.hallucination.margins import find_repairs, margins
from codecbench.metrics.hallucination.verdict import Evidence, gather
from codecbench.metrics.heard import Normalize

ORIGINAL = "original"


@dataclass(frozen=True)
class Measured:
    """One utterance under one change: the reference's words, E with its evidence, and all probabilities heard."""

    utterance: str
    speaker: str
    condition: str
    words: int
    errors: tuple[Evidence, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Stimulus:
    """What stands for the decoded of an utterance: `make` changes the signal that `original` reads."""

    utterance: Utterance
    condition: str
    original: Callable[[], Audio]
    make: Callable[[Audio], Audio]


class Measuring:
    """By one recognizer that is a `Scorer` too. What `file` (JSON lines) already has is not measured again.

    `wanted` says of which evidence, gathered without margins, the margin is needed: each costs two passes of the
    decoder and more. By default of all.
    """

    def __init__(
        self, recognizer: Recognizer, normalize: Normalize, file: Path,
        wanted: Callable[[Evidence], bool] = lambda _: True,
    ) -> None:  # fmt: skip
        if not isinstance(recognizer, Scorer):
            raise TypeError("the recognizer cannot score texts: it has no score_texts")
        self._recognizer = recognizer
        self._scorer: Scorer = recognizer
        self._normalize = normalize
        self._file = file
        self._wanted = wanted
        self._known = {(row.utterance, row.condition): row for row in read_measured(file)}
        self._heard: tuple[str, Hypothesis] | None = None

    def measure(self, stimuli: Iterable[Stimulus]) -> Iterator[Measured]:
        """In the order of `stimuli`, best sorted by utterance: the last original's hypothesis is kept."""
        for stimulus in stimuli:
            key = (stimulus.utterance.id, stimulus.condition)
            if key not in self._known:
                self._known[key] = self._measure(stimulus)
                add_row(self._file, self._known[key])
            yield self._known[key]

    def _measure(self, stimulus: Stimulus) -> Measured:
        utterance, original = stimulus.utterance, stimulus.original()
        changed = stimulus.make(original)
        before, after = self._original(utterance, original), self._recognizer.transcribe(changed)
        comparison = compare(utterance.transcript, before, after, self._normalize)
        open_cases = {n for n, one in enumerate(gather(comparison.errors, {}, is_real_word)) if self._wanted(one)}
        repairs = [
            repair
            for repair in find_repairs(comparison, before, after, changed.seconds)
            if open_cases.intersection(repair.errors)
        ]
        nats = margins(repairs, after, changed, self._scorer)
        return Measured(
            utterance.id, utterance.speaker, stimulus.condition, comparison.words,
            tuple(gather(comparison.errors, nats, is_real_word)), tuple(word.probability for word in after.words),
        )  # fmt: skip

    def _original(self, utterance: Utterance, audio: Audio) -> Hypothesis:
        if self._heard is None or self._heard[0] != utterance.id:
            self._heard = utterance.id, self._recognizer.transcribe(audio)
        return self._heard[1]


def read_measured(file: Path) -> Sequence[Measured]:
    """What an earlier measuring kept."""

    def row(values: dict[str, Any]) -> Measured:
        errors = tuple(Evidence(**each) for each in values.pop("errors"))
        return Measured(**values | {"errors": errors, "probabilities": tuple(values["probabilities"])})

    return list(read_rows(file, row))
