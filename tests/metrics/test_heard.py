from __future__ import annotations

import pytest

from codecbench.api import Hypothesis, Word
from codecbench.metrics.heard import heard_words
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
