"""One utterance, original and decoded: the words that the codec broke (E) and mended (F)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codecbench.api import Abstain, Hypothesis, Sample
from codecbench.metrics.hallucination.alignment import Operation, Step, ThreeWay, align_three
from codecbench.metrics.heard import HeardWord, Normalize, heard_words
from codecbench.metrics.loops import HeardPair, cut_loops


@dataclass(frozen=True)
class ChangedWord:
    """A word of E or F. `reference` is None for an insertion, `heard` for a deletion.

    `position` is the reference word's index, for an insertion the gap's (0 to words). `elsewhere` is the reference word
    as it was heard on the other side, where it is right.
    """

    operation: Operation
    position: int
    reference: str | None
    heard: HeardWord | None
    elsewhere: HeardWord | None = None


@dataclass(frozen=True)
class WordComparison:
    """`texts` are what was heard, without loops; `stand_in`: there was no transcript, and what was heard in the
    original stands in for it.
    """

    texts: HeardPair
    reference: tuple[str, ...]
    original: tuple[HeardWord, ...]
    decoded: tuple[HeardWord, ...]
    alignment: ThreeWay
    errors: tuple[ChangedWord, ...]
    fixes: tuple[ChangedWord, ...]
    stand_in: bool

    @property
    def words(self) -> int:
        return len(self.reference)


def compare(transcript: str | None, original: Hypothesis, decoded: Hypothesis, normalize: Normalize) -> WordComparison:
    """Align transcript and hypotheses, all normalized and without loops, and say what the codec changed.

    Raises:
        Abstain: no words in the transcript, or without one in the original.
    """
    stand_in = transcript is None
    texts = cut_loops(transcript, original, decoded, normalize)
    original, decoded = texts.original, texts.decoded
    reference = tuple(normalize(original.text if transcript is None else transcript).split())
    if not reference:
        what = "the recognizer heard no words in the original" if stand_in else "the transcript has no words"
        raise Abstain(f"{what} after normalization")
    before, after = heard_words(original, normalize), heard_words(decoded, normalize)
    left, right = [word.text for word in before], [word.text for word in after]
    alignment = align_three(reference, left, right)
    return WordComparison(
        texts, reference, before, after, alignment,
        _changes(alignment.errors(left, right), reference, after, _hits(alignment.original, before)),
        _changes(alignment.fixes(left, right), reference, before, _hits(alignment.decoded, after)),
        stand_in,
    )  # fmt: skip


def compare_sample(sample: Sample, normalize: Normalize) -> WordComparison:
    """Raises Abstain as `compare` does; ValueError where a hypothesis is missing."""
    if sample.reference_hypothesis is None or sample.decoded_hypothesis is None:
        raise ValueError("a hypothesis is missing: this metric needs a recognizer on original and decoded")
    return compare(sample.utterance.transcript, sample.reference_hypothesis, sample.decoded_hypothesis, normalize)


def _hits(steps: Sequence[Step], heard: Sequence[HeardWord]) -> dict[int, HeardWord]:
    """What was heard rightly, by the reference word's index."""
    return {s.reference: heard[s.hypothesis] for s in steps if s.operation == "hit" and s.hypothesis is not None}


def _changes(
    steps: Sequence[Step], reference: Sequence[str], heard: Sequence[HeardWord], elsewhere: Mapping[int, HeardWord]
) -> tuple[ChangedWord, ...]:
    return tuple(
        ChangedWord(
            step.operation,
            step.reference,
            None if step.operation == "insertion" else reference[step.reference],
            None if step.hypothesis is None else heard[step.hypothesis],
            None if step.operation == "insertion" else elsewhere.get(step.reference),
        )
        for step in steps
    )
