"""Does a second recognizer's confirmation tell planted words from blur? Figures of `confirmed_wer` on the controls.

The second recognizer hears each stimulus that holds a word heard anew, and its original; what it heard is kept beside
the first's evidence, so that measuring goes on from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codecbench.api import Audio, Recognizer
from codecbench.controls.hallucination.figures import NOISES, SPLICED, ControlFigure, area, errors_of, ratio, words_of
from codecbench.controls.hallucination.measuring import ORIGINAL, Measured, Stimulus
from codecbench.controls.hallucination.splices import SPLICE
from codecbench.controls.kept_rows import add_row, read_rows
from codecbench.metrics.confirmed.confirming import confirm_heard
from codecbench.metrics.hallucination.comparison import ChangedWord
from codecbench.metrics.heard import HeardWord, Normalize

Confirmed = Mapping[tuple[str, str], int]
"""How many words of E are confirmed, by utterance and condition."""


@dataclass(frozen=True)
class SecondHearing:
    """What the second recognizer heard of one utterance under one change."""

    utterance: str
    condition: str
    text: str


class Confirming:
    """By one recognizer. What `file` (JSON lines) already has is not heard again."""

    def __init__(self, second: Recognizer, normalize: Normalize, file: Path) -> None:
        self._second = second
        self._normalize = normalize
        self._file = file
        self._known = {(one.utterance, one.condition): one.text for one in read_hearings(file)}

    def confirmed(self, measured: Iterable[tuple[Stimulus, Measured]]) -> dict[tuple[str, str], int]:
        """Of each utterance and condition, with the stimulus that it was measured on.

        Utterances without a transcript are left out: what the first heard in the original is not kept.
        """
        return {
            (row.utterance, row.condition): self._confirmed(stimulus, row, stimulus.utterance.transcript)
            for stimulus, row in measured
            if stimulus.utterance.transcript is not None
        }

    def _confirmed(self, stimulus: Stimulus, row: Measured, transcript: str) -> int:
        if not any(error.heard for error in row.errors):
            return 0
        original = self._text(stimulus, ORIGINAL)
        changed = self._text(stimulus, stimulus.condition)
        opinions = confirm_heard(_changes(row), transcript, original, changed, self._normalize)
        return sum(word.confirmed for word in opinions)

    def _text(self, stimulus: Stimulus, condition: str) -> str:
        key = (stimulus.utterance.id, condition)
        if key not in self._known:
            audio: Audio = stimulus.original()
            heard = self._second.transcribe(audio if condition == ORIGINAL else stimulus.make(audio))
            self._known[key] = heard.text
            add_row(self._file, SecondHearing(*key, heard.text))
        return self._known[key]


def read_hearings(file: Path) -> list[SecondHearing]:
    """What was heard before."""
    return list(read_rows(file, lambda values: SecondHearing(**values)))


def confirming_figures(measured: Sequence[Measured], confirmed: Confirmed) -> list[ControlFigure]:
    """Per condition the confirmed share of E; the AUC of splices against noise by confirmed words, per utterance."""
    by: dict[str, list[Measured]] = {}
    for row in measured:
        if (row.utterance, row.condition) in confirmed:
            by.setdefault(row.condition, []).append(row)

    def count(row: Measured) -> int:
        return confirmed[row.utterance, row.condition]

    def rate(row: Measured) -> list[float]:
        return [count(row) / row.words]

    def share(row: Measured) -> list[float]:
        return [count(row) / len(row.errors)] if row.errors else []

    figures = [
        ratio("confirmed share of E", name, rows, count, errors_of)
        for name, rows in by.items()
        if any(row.errors for row in rows)
    ]
    for name in NOISES if SPLICE in by else ():
        if name in by:
            figures += [
                area(f"{SPLICED} against {name}: AUC", "confirmed words", by[SPLICE], by[name], rate, rate),
                area(f"{SPLICED} against {name}: AUC", "confirmed share", by[SPLICE], by[name], share, share),
                ratio("confirmed WER", name, by[name], count, words_of),
            ]
    return figures


def _changes(row: Measured) -> list[ChangedWord]:
    """E as it was measured."""
    return [
        ChangedWord(
            error.operation, error.position, error.reference,
            None if error.heard is None else HeardWord(error.heard, 0, 0, error.probability, error.begins, error.ends),
        )
        for error in row.errors
    ]  # fmt: skip
