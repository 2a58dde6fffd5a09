"""How much better does what was heard fit the decoded audio than what was said?

Each run of neighbouring errors is put right on its own: the words that were heard in the original stand in for those
that were heard in the decoded, all else stays. The margin is the difference of the two texts' log-likelihoods given the
audio, by forcing the recognizer through both (`Scorer`), less the same difference given silence, per word of the run,
in nats. Without the correction a recognizer's taste in texts weighs as much as the sound: a blurred name becomes a
common word by ten nats, of which none are heard. What is left is the recognizer's estimate of the pointwise mutual
information of text and sound, as used against bland answers by Li et al., "A Diversity-Promoting Objective Function for
Neural Conversation Models" (2016), equation 10.

The original's words, not the transcript's: they are the same words (else they were no codec-induced errors), written as
this recognizer writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from codecbench.api import Audio, Hypothesis, Scorer, Word
from codecbench.metrics.hallucination.alignment import Step
from codecbench.metrics.hallucination.comparison import WordComparison
from codecbench.metrics.heard import HeardWord

LONGEST_S = 28.0
"""Beyond it, texts are scored on an excerpt around the error: the recognizer's window is 30 s."""
CONTEXT_S = 10.0
PAUSE_S = 0.2
SILENCE = Audio.mono(np.zeros(16000), 16000)
MARKS = ".,;:!?…\"'”’)]}"
ENDS = (".", "!", "?")


@dataclass(frozen=True)
class Repair:
    """A run of errors: indices into the comparison's errors, and the two texts of the stretch that is compared.

    `first` and `last` (half-open) are the recognized words of the decoded that make `heard`.
    """

    errors: tuple[int, ...]
    heard: str
    repaired: str
    first: int
    last: int


def find_repairs(comparison: WordComparison, original: Hypothesis, decoded: Hypothesis, seconds: float) -> list[Repair]:
    """One repair for each run of errors in which something was heard; deletions alone leave nothing to doubt."""
    return [
        _repair(comparison, original.words, decoded.words, run, seconds)
        for run in _runs(comparison)
        if any(comparison.errors[n].heard is not None for n, _ in run)
    ]


def margins(repairs: Sequence[Repair], decoded: Hypothesis, audio: Audio, scorer: Scorer) -> dict[int, float]:
    """Nats per word by which what was heard fits `audio` better than what was said, by index of the error."""
    nats: dict[int, float] = {}
    for (first, last), group in groupby(repairs, key=lambda repair: (repair.first, repair.last)):
        mine = list(group)
        texts = [mine[0].heard, *(repair.repaired for repair in mine)]
        here = scorer.score_texts(_excerpt(audio, decoded.words[first:last]), texts)
        nowhere = scorer.score_texts(SILENCE, texts)
        fits = [a.log_probability - b.log_probability for a, b in zip(here, nowhere, strict=True)]
        for repair, fit in zip(mine, fits[1:], strict=True):
            nats |= dict.fromkeys(repair.errors, (fits[0] - fit) / len(repair.errors))
    return nats


_Run = list[tuple[int, Step]]
"""(index of the error, its step)"""


def _runs(comparison: WordComparison) -> Iterator[_Run]:
    left, right = ([word.text for word in side] for side in (comparison.original, comparison.decoded))
    errors = {step: n for n, step in enumerate(comparison.alignment.errors(left, right))}
    run: _Run = []
    for step in comparison.alignment.decoded:
        if step in errors:
            run.append((errors[step], step))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _repair(
    comparison: WordComparison, original: Sequence[Word], decoded: Sequence[Word], run: _Run, seconds: float
) -> Repair:
    start, end = _span([comparison.errors[n].heard for n, _ in run])
    said = {step.reference for _, step in run if step.operation != "insertion"}
    before = [s.hypothesis for s in comparison.alignment.original if s.operation == "hit" and s.reference in said]
    left, right = _span([comparison.original[n] for n in before if n is not None])
    first, last = 0, len(decoded)
    if seconds > LONGEST_S:
        first, last = _neighbourhood(decoded, start, end)
    texts = [word.text for word in decoded]
    new = _fitted([word.text for word in original[left:right]], texts, start, end)
    return Repair(
        tuple(n for n, _ in run), " ".join(texts[first:last]),
        " ".join([*texts[first:start], *new, *texts[end:last]]), first, last,
    )  # fmt: skip


def _span(words: Sequence[HeardWord | None]) -> tuple[int, int]:
    """The range of recognized words that `words` came from; empty for none."""
    spans = [(word.start, word.end) for word in words if word is not None and word.end > word.start]
    if not spans:
        return 0, 0
    return min(start for start, _ in spans), max(end for _, end in spans)


def _fitted(new: list[str], texts: Sequence[str], start: int, end: int) -> list[str]:
    """`new` in the place of `texts[start:end]`: with its closing marks, and its capital where a sentence begins."""
    if not new or start == end:
        return new
    last = texts[end - 1]
    new = [*new[:-1], new[-1].rstrip(MARKS) + last[len(last.rstrip(MARKS)) :]]
    if start == 0 or texts[start - 1].endswith(ENDS):
        new[0] = new[0][:1].upper() + new[0][1:]
    return new


def _neighbourhood(words: Sequence[Word], start: int, end: int) -> tuple[int, int]:
    """The words within `CONTEXT_S` of the error, as long as they fit."""
    begins, ends = words[start].start - CONTEXT_S, words[max(start, end - 1)].end + CONTEXT_S
    ends = min(ends, begins + LONGEST_S)
    near = [n for n, word in enumerate(words) if begins <= word.start and word.end <= ends]
    return min([*near, start]), max([*near, end - 1]) + 1


def _excerpt(audio: Audio, words: Sequence[Word]) -> Audio:
    if audio.seconds <= LONGEST_S:
        return audio
    begin = max(0.0, words[0].start - PAUSE_S)
    end = min(words[-1].end + PAUSE_S, begin + LONGEST_S)
    rate = audio.sample_rate
    return Audio(audio.samples[:, round(begin * rate) : round(end * rate)], rate)
