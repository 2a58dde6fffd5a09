from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.api import Hypothesis, Word
from codecbench.metrics.loops import LONGEST, REPEATS, HeardPair, cut_loops, find_loops


@pytest.mark.parametrize(
    ("words", "reference", "looped"),
    [
        ("go go go go", "go", [1, 2, 3]),
        ("so I know I know I know end", "so I know end", [3, 4, 5, 6]),
        ("no no no", "no no no", []),
        ("the cat the cat", "the dog", []),
        ("", "the", []),
        ("we go on we go on we go on we go", "we go on", [3, 4, 5, 6, 7, 8, 9, 10]),
    ],
)
def test_a_loop_is_what_is_said_three_times_and_not_in_the_reference(
    words: str, reference: str, looped: list[int]
) -> None:
    assert sorted(find_loops(words.split(), reference.split())) == looped


WORDS = st.lists(st.sampled_from("abc"), max_size=14)


@given(WORDS, WORDS)
def test_what_the_reference_says_as_often_is_no_loop_and_a_first_copy_never(words: list[str], said: list[str]) -> None:
    looped = find_loops(words, said)
    assert looped <= set(range(1, len(words)))
    assert find_loops(words, words) == frozenset()


def test_a_phrase_may_be_as_long_as_its_limit_and_no_longer() -> None:
    for length, counted in ((LONGEST, True), (LONGEST + 1, False)):
        phrase = [f"w{number}" for number in range(length)]
        assert find_loops(phrase * REPEATS, phrase) == (
            frozenset(range(length, length * REPEATS)) if counted else frozenset()
        )


def said(text: str) -> Hypothesis:
    return Hypothesis(text, tuple(Word(word, float(n), n + 1.0, 0.9) for n, word in enumerate(text.split())))


def cut(transcript: str | None, original: str, decoded: str) -> HeardPair:
    return cut_loops(transcript, said(original), said(decoded), lambda text: text.lower().replace(".", ""))


def test_loops_are_cut_of_texts_and_words_alike() -> None:
    pair = cut("we go home", "We go home.", "We go. go. go. go. home.")
    assert pair.decoded.text == "We go. home."
    assert [(word.text, word.start) for word in pair.decoded.words] == [("We", 0.0), ("go.", 1.0), ("home.", 5.0)]
    assert pair.looped == 3
    assert pair.original.text == "We go home."


def test_an_original_may_loop_against_its_transcript_alone() -> None:
    assert cut("oh no", "oh no no no", "oh no").original.text == "oh no"
    assert cut(None, "oh no no no", "oh no no no") == HeardPair(said("oh no no no"), said("oh no no no"), 0)


def test_a_hypothesis_without_words_keeps_its_text_where_nothing_loops() -> None:
    same, looping = Hypothesis("We GO home."), Hypothesis("Go. Go. Go. Home.")
    pair = cut_loops("go home", same, looping, lambda text: text.lower().replace(".", ""))
    assert (pair.original, pair.decoded, pair.looped) == (same, Hypothesis("go home"), 2)


@given(WORDS, WORDS)
def test_what_is_left_loops_no_more_than_it_did(words: list[str], reference: list[str]) -> None:
    pair = cut(" ".join(reference), "", " ".join(words))
    assert len(pair.decoded.words) + pair.looped == len(words)
    assert set(pair.decoded.text.split()) == set(words)
