from __future__ import annotations

import pytest

from codecbench.api import Hypothesis, Word
from codecbench.metrics.hallucination.heard import heard_words
from codecbench.metrics.hallucination.lexicon import is_real_word
from codecbench.metrics.hallucination.loops import find_loops
from codecbench.recognizers.normalizer import load_normalizer

pytest.importorskip("whisper_normalizer")


def hypothesis(text: str) -> Hypothesis:
    """Word n from n to n + 1 seconds, with the probability 1 / (n + 1)."""
    return Hypothesis(text, tuple(Word(w, float(n), n + 1.0, 1 / (n + 1)) for n, w in enumerate(text.split())))


def test_a_normalized_word_knows_the_words_it_came_from() -> None:
    words = heard_words(hypothesis("Don't pay twenty five dollars, Mr. Hale ... it's over."), load_normalizer())
    assert [(word.text, word.start, word.end) for word in words] == [
        ("do", 0, 1), ("not", 0, 1), ("pay", 1, 2), ("$25", 2, 5), ("mister", 5, 6), ("hale", 6, 7), ("it", 8, 9),
        ("is", 8, 9), ("over", 9, 10),
    ]  # fmt: skip
    price = words[3]
    assert (price.begins, price.ends, price.probability) == (2.0, 5.0, pytest.approx(1 / 5))


def test_without_word_evidence_there_is_none() -> None:
    (word,) = heard_words(Hypothesis("Yes."), load_normalizer())
    assert (word.text, word.probability, word.begins, word.start, word.end) == ("yes", None, None, 0, 0)
    assert heard_words(Hypothesis(""), load_normalizer()) == ()


@pytest.mark.parametrize(
    ("words", "reference", "looped"),
    [
        ("go go go go", "go", [1, 2, 3]),
        ("so I know I know I know end", "so I know end", [3, 4, 5, 6]),
        ("no no no", "no no no", []),
        ("the cat the cat", "the dog", []),
        ("", "the", []),
    ],
)
def test_a_loop_is_what_is_said_three_times_and_not_in_the_reference(
    words: str, reference: str, looped: list[int]
) -> None:
    assert sorted(find_loops(words.split(), reference.split())) == looped


def test_words_names_and_numbers_are_real() -> None:
    pytest.importorskip("hibari")
    assert all(map(is_real_word, ["solve", "serve", "london", "dog's", "$25", "2nd", "mister", "a"]))
    assert not any(map(is_real_word, ["asdf", "zxcvb", "'s", ""]))
