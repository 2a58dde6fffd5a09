from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.metrics.hallucination.loops import LONGEST, REPEATS, find_loops


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
