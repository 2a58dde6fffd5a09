"""The alignment of three texts, against every pair of optimal alignments that there is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.metrics.hallucination.alignment import align_three

Text = tuple[str, ...]
Signature = tuple[tuple[int, ...], tuple[int, ...], int]
"""Wrong or not for each reference word, insertions for each gap, edits."""
TRIPLES = 20_000


def walk(reference: Text, heard: Text, i: int = 0, j: int = 0) -> Iterator[Signature]:
    """All alignments from (i, j) on, optimal or not."""
    if i == len(reference) and j == len(heard):
        yield (), (0,), 0
    if i < len(reference):
        if j < len(heard):
            wrong = int(reference[i] != heard[j])
            yield from (((wrong, *w), (0, *g), e + wrong) for w, g, e in walk(reference, heard, i + 1, j + 1))
        yield from (((1, *w), (0, *g), e + 1) for w, g, e in walk(reference, heard, i + 1, j))
    if j < len(heard):
        yield from ((w, (g[0] + 1, *g[1:]), e + 1) for w, g, e in walk(reference, heard, i, j + 1))


@cache
def optimal(reference: Text, heard: Text) -> list[Signature]:
    found = set(walk(reference, heard))
    fewest = min(edits for _, _, edits in found)
    return [signature for signature in found if signature[2] == fewest]


def brute_force(reference: Text, original: Text, decoded: Text) -> tuple[int, int]:
    """(|E|, |F|) of the pair of optimal alignments with the smallest sum."""
    pairs = []
    for wrong_o, gaps_o, _ in optimal(reference, original):
        for wrong_d, gaps_d, _ in optimal(reference, decoded):
            before, after = (*wrong_o, *gaps_o), (*wrong_d, *gaps_d)
            pairs.append(
                (
                    sum(max(0, d - o) for o, d in zip(before, after, strict=True)),
                    sum(max(0, o - d) for o, d in zip(before, after, strict=True)),
                )
            )
    return min(pairs, key=sum)


def test_random_triples_against_brute_force() -> None:
    draw = random.Random(5)
    for _ in range(TRIPLES):
        reference, original, decoded = (tuple(draw.choices("abc", k=draw.randint(0, 4))) for _ in range(3))
        aligned = align_three(reference, original, decoded)
        found = len(aligned.errors(original, decoded)), len(aligned.fixes(original, decoded))
        assert found == brute_force(reference, original, decoded), (reference, original, decoded)
        assert aligned.decoded_edits - aligned.original_edits == found[0] - found[1]


texts = st.lists(st.sampled_from(["solve", "serve", "the", "a", "sum"]), max_size=12)


@given(texts, texts, texts)
@settings(max_examples=300, deadline=None)
def test_the_identity_holds_with_the_edits_that_jiwer_counts(
    reference: list[str], original: list[str], decoded: list[str]
) -> None:
    jiwer = pytest.importorskip("jiwer")
    aligned = align_three(reference, original, decoded)
    errors, fixes = aligned.errors(original, decoded), aligned.fixes(original, decoded)

    def edits(heard: list[str]) -> int:
        if not reference:
            return len(heard)
        found = jiwer.process_words(" ".join(reference), " ".join(heard))
        return int(found.substitutions + found.deletions + found.insertions)

    assert len(errors) - len(fixes) == edits(decoded) - edits(original)
    assert (aligned.original_edits, aligned.decoded_edits) == (edits(original), edits(decoded))


@given(texts, texts, texts)
@settings(max_examples=300, deadline=None)
def test_the_steps_rebuild_the_texts(reference: list[str], original: list[str], decoded: list[str]) -> None:
    aligned = align_three(reference, original, decoded)
    for steps, heard in ((aligned.original, original), (aligned.decoded, decoded)):
        assert [step.hypothesis for step in steps if step.hypothesis is not None] == list(range(len(heard)))
        assert [s.reference for s in steps if s.operation != "insertion"] == list(range(len(reference)))
        for step in steps:
            if step.operation in ("hit", "substitution"):
                assert step.hypothesis is not None
                assert (reference[step.reference] == heard[step.hypothesis]) == (step.operation == "hit")


@given(texts, texts)
@settings(max_examples=200, deadline=None)
def test_what_is_heard_alike_is_no_change(reference: list[str], heard: list[str]) -> None:
    aligned = align_three(reference, heard, heard)
    assert aligned.errors(heard, heard) == aligned.fixes(heard, heard) == ()


def test_a_tie_goes_to_the_original_s_own_alignment() -> None:
    """Which "a" is missing is open: the same one in both, so that the codec broke nothing."""
    heard = ["a", "b"]
    assert align_three(["a", "b", "a"], heard, heard).errors(heard, heard) == ()


def test_an_insertion_that_the_original_had_too_is_no_error() -> None:
    original, decoded = ["so", "we", "go", "on"], ["so", "you", "we", "go", "on"]
    (error,) = align_three(["we", "go", "on"], original, decoded).errors(original, decoded)
    assert (error.operation, error.reference, decoded[error.hypothesis or 0]) == ("insertion", 0, "you")


def test_among_equals_a_word_is_taken_for_the_one_it_resembles() -> None:
    reference, decoded = ["we", "solve", "sums"], ["we", "serve"]
    errors = align_three(reference, reference, decoded).errors(reference, decoded)
    assert [(error.operation, reference[error.reference]) for error in errors] == [
        ("substitution", "solve"),
        ("deletion", "sums"),
    ]


def test_minutes_of_speech_are_no_trouble() -> None:
    draw = random.Random(1)
    words = [f"w{n}" for n in range(80)]
    reference = draw.choices(words, k=1500)
    original, decoded = ([w if draw.random() > p else draw.choice(words) for w in reference] for p in (0.05, 0.3))
    aligned = align_three(reference, original, decoded)
    errors, fixes = aligned.errors(original, decoded), aligned.fixes(original, decoded)
    assert len(errors) - len(fixes) == aligned.decoded_edits - aligned.original_edits
