from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.metrics.phonemes.alignment import GAP, align_phones
from codecbench.metrics.phonemes.features import PHONES, differing_features

texts = st.text("sztdmɑi", max_size=8)


def cheapest(first: str, second: str) -> tuple[int, int]:
    """Brute force: (edits, differing features) of the best alignment."""
    if not first or not second:
        return len(first) + len(second), 0
    edits, features = cheapest(first[1:], second[1:])
    different = first[0] != second[0]
    kept = (edits + different, features + (differing_features(first[0], second[0]) if different else 0))
    skip = [cheapest(first[1:], second), cheapest(first, second[1:])]
    return min([kept, *[(edits + 1, features) for edits, features in skip]])


@settings(max_examples=150, deadline=None)
@given(first=st.text("sztmɑ", max_size=5), second=st.text("sztmɑ", max_size=5))
def test_it_is_the_cheapest_by_brute_force(first: str, second: str) -> None:
    found = align_phones(first, second)
    features = sum(differing_features(a, b) for a, b in found if GAP not in (a, b))
    assert (found.edits, features) == cheapest(first, second)


@given(first=texts, second=texts)
def test_it_spells_both_strings(first: str, second: str) -> None:
    found = align_phones(first, second)
    assert found.original.replace(GAP, "") == first
    assert found.decoded.replace(GAP, "") == second
    assert (GAP, GAP) not in list(found)
    assert found.edits == align_phones(second, first).edits


def test_ties_go_to_the_nearer_phone() -> None:
    # Either z or m may stand for the s; one of them is inserted.
    found = align_phones("s", "mz")
    assert (found.original, found.decoded) == ("-s", "mz")


def test_edits_equal_jiwers_on_long_strings() -> None:
    jiwer = pytest.importorskip("jiwer")
    rng = random.Random(0)
    for _ in range(20):
        first, second = ("".join(rng.choices(list(PHONES), k=rng.randint(1, 120))) for _ in range(2))
        counts = jiwer.process_words(" ".join(first), " ".join(second))
        assert align_phones(first, second).edits == counts.substitutions + counts.deletions + counts.insertions


def test_what_is_no_phone_is_refused() -> None:
    with pytest.raises(KeyError):
        align_phones("s", "x")
