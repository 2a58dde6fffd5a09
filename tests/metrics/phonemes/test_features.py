from __future__ import annotations

from itertools import product

import pytest

from codecbench.metrics.phonemes.features import (
    CONSONANTS,
    PHONES,
    VOWELS,
    articulatory_distance,
    differing_features,
    is_near,
    kind,
)

# Minimal contrasts of English, one feature each.
NEAR = ("pb", "td", "kɡ", "fv", "θð", "sz", "ʃʒ", "ʧʤ", "mn", "nŋ", "fθ", "sʃ", "iɪ", "bm", "dz", "ɪɛ")
FAR = ("pi", "ʃm", "kz", "hŋ")


def test_no_two_phones_are_alike() -> None:
    assert len(set(CONSONANTS.values())) == len(CONSONANTS) == 24
    assert len(set(VOWELS.values())) == len(VOWELS) == 16
    for first, second in product(PHONES, PHONES):
        assert (differing_features(first, second) == 0) == (first == second)


def test_the_distance_is_symmetric_and_within_0_and_1() -> None:
    for first, second in product(PHONES, PHONES):
        assert articulatory_distance(first, second) == articulatory_distance(second, first)
        assert 0 <= articulatory_distance(first, second) <= 1
        if kind(first) != kind(second):
            assert articulatory_distance(first, second) == 1


@pytest.mark.parametrize("pair", NEAR)
def test_minimal_contrasts_are_near(pair: str) -> None:
    assert is_near(*pair)


@pytest.mark.parametrize("pair", FAR)
def test_others_are_not(pair: str) -> None:
    assert not is_near(*pair)
