"""Phones: which of them the codec changed, into what, and how far that is in the mouth."""

from codecbench.metrics.phonemes.alignment import GAP, PhoneAlignment, align_phones
from codecbench.metrics.phonemes.evidence import PhoneFlip
from codecbench.metrics.phonemes.features import (
    CONSONANTS,
    VOWELS,
    Consonant,
    Vowel,
    articulatory_distance,
    is_near,
    kind,
)
from codecbench.metrics.phonemes.metric import CARD, Dper, near_flips
from codecbench.metrics.phonemes.pronounce import Pronouncer, SpokenWord, split_words

__all__ = [
    "CARD", "CONSONANTS", "GAP", "VOWELS", "Consonant", "Dper", "PhoneAlignment", "PhoneFlip", "Pronouncer",
    "SpokenWord", "Vowel", "align_phones", "articulatory_distance", "is_near", "kind", "near_flips", "split_words",
]  # fmt: skip
