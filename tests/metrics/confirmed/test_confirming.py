from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.api import Hypothesis
from codecbench.metrics.confirmed.confirming import confirm
from codecbench.metrics.hallucination.comparison import ChangedWord, compare

SAID = "he sought to solve the riddle"
WORDS = st.lists(st.sampled_from([*SAID.split(), "sold", "serve", "fiddle"]), max_size=8).map(" ".join)


def changed(decoded: str, original: str = SAID, said: str = SAID) -> tuple[ChangedWord, ...]:
    return compare(said, Hypothesis(original), Hypothesis(decoded), str).errors


@pytest.mark.parametrize(
    ("first", "second", "second_original", "confirmed"),
    [
        ("he sought to sold the riddle", "he sought to sold the riddle", SAID, ["sold"]),
        ("he sought to sold the riddle", "he sought to serve the riddle", SAID, []),
        ("he sought to sold the riddle", SAID, SAID, []),
        ("he sought to sold the riddle", "he sold to solve the riddle", SAID, []),  # the same word elsewhere
        ("he sought to sold the riddle", "he sought to sold the riddle", "he sought to sold the riddle", []),
        ("he sought to solve the the riddle", "he sought to solve the the riddle", SAID, ["the"]),
        ("he sought to solve riddle", "he sought to solve riddle", SAID, []),  # nothing was heard
        ("he sought to so old the riddle", "he sought to so the riddle", SAID, ["so"]),  # one word, or one of two
        ("he sought to sold the fiddle", "he sought to sold the riddle", SAID, ["sold"]),
    ],
)
def test_the_same_new_word_in_the_same_place(
    first: str, second: str, second_original: str, confirmed: list[str]
) -> None:
    words = confirm(changed(first), changed(second, second_original))
    assert [word.heard for word in words if word.confirmed] == confirmed


def test_one_word_confirms_one() -> None:
    twice = changed("he sought to sold sold the riddle")
    once = changed("he sought to sold the riddle")
    assert [word.confirmed for word in confirm(twice, once)].count(True) == 1
    assert [word.confirmed for word in confirm(twice, twice)] == [True, True]


@settings(deadline=None)
@given(WORDS, WORDS, WORDS, WORDS)
def test_never_more_than_either_heard(first: str, original: str, second: str, other: str) -> None:
    mine, theirs = changed(first, original), changed(second, other)
    words = confirm(mine, theirs)
    assert [(word.operation, word.position, word.reference) for word in words] == [
        (word.operation, word.position, word.reference) for word in mine
    ]
    heard = [word.heard.text for word in theirs if word.heard]
    found = [word.heard for word in words if word.confirmed]
    assert all(found.count(word) <= heard.count(word or "") for word in found)
    assert all(word.confirmed == (word.heard is not None) for word in confirm(mine, mine))
