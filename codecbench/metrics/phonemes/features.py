"""English phones by articulation, and how far a substitution moves.

Consonants by manner, place and voicing as in the chart of the International Phonetic Association (Handbook of the IPA,
1999); vowels by height, backness and off-glide after Ladefoged and Johnson, A Course in Phonetics (7th ed., 2014),
chapters 4 and 9, American English. A phone is one character: diphthongs and affricates have letters of their own.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import cache
from typing import Literal

Kind = Literal["consonant", "vowel"]


@dataclass(frozen=True)
class Consonant:
    manner: str
    place: str
    voicing: str


@dataclass(frozen=True)
class Vowel:
    height: str
    backness: str
    offglide: str


CONSONANTS: dict[str, Consonant] = {
    "p": Consonant("plosive", "bilabial", "voiceless"),
    "b": Consonant("plosive", "bilabial", "voiced"),
    "t": Consonant("plosive", "alveolar", "voiceless"),
    "d": Consonant("plosive", "alveolar", "voiced"),
    "k": Consonant("plosive", "velar", "voiceless"),
    "ɡ": Consonant("plosive", "velar", "voiced"),
    "ʧ": Consonant("affricate", "postalveolar", "voiceless"),
    "ʤ": Consonant("affricate", "postalveolar", "voiced"),
    "f": Consonant("fricative", "labiodental", "voiceless"),
    "v": Consonant("fricative", "labiodental", "voiced"),
    "θ": Consonant("fricative", "dental", "voiceless"),
    "ð": Consonant("fricative", "dental", "voiced"),
    "s": Consonant("fricative", "alveolar", "voiceless"),
    "z": Consonant("fricative", "alveolar", "voiced"),
    "ʃ": Consonant("fricative", "postalveolar", "voiceless"),
    "ʒ": Consonant("fricative", "postalveolar", "voiced"),
    "h": Consonant("fricative", "glottal", "voiceless"),
    "m": Consonant("nasal", "bilabial", "voiced"),
    "n": Consonant("nasal", "alveolar", "voiced"),
    "ŋ": Consonant("nasal", "velar", "voiced"),
    "l": Consonant("lateral", "alveolar", "voiced"),
    "ɹ": Consonant("approximant", "postalveolar", "voiced"),
    "j": Consonant("approximant", "palatal", "voiced"),
    "w": Consonant("approximant", "labial-velar", "voiced"),
}

VOWELS: dict[str, Vowel] = {
    "i": Vowel("close", "front", "none"),
    "ɪ": Vowel("near-close", "front", "none"),
    "ɛ": Vowel("open-mid", "front", "none"),
    "æ": Vowel("near-open", "front", "none"),
    "ə": Vowel("mid", "central", "none"),
    "ɜ": Vowel("open-mid", "central", "none"),
    "ʌ": Vowel("open-mid", "back", "none"),
    "ɑ": Vowel("open", "back", "none"),
    "ɔ": Vowel("mid", "back", "none"),
    "ʊ": Vowel("near-close", "back", "none"),
    "u": Vowel("close", "back", "none"),
    "A": Vowel("close-mid", "front", "front"),  # day
    "I": Vowel("open", "central", "front"),  # my
    "Y": Vowel("mid", "back", "front"),  # boy
    "W": Vowel("open", "central", "back"),  # now
    "O": Vowel("close-mid", "back", "back"),  # go
}

PHONES: dict[str, Consonant | Vowel] = {**CONSONANTS, **VOWELS}
FEATURES = 3
NEAR = 1


def kind(phone: str) -> Kind:
    """Raises KeyError for what is not a phone of the table."""
    return "consonant" if isinstance(PHONES[phone], Consonant) else "vowel"


@cache
def differing_features(first: str, second: str) -> int:
    """How many of the three features differ; 4 between a consonant and a vowel, which share none. 0 only if equal.

    >>> [differing_features(*pair) for pair in ("ss", "sz", "sθ", "sm", "sɑ", "iu")]
    [0, 1, 1, 3, 4, 1]
    """
    a, b = PHONES[first], PHONES[second]
    if type(a) is not type(b):
        return FEATURES + 1
    return sum(x != y for x, y in zip(astuple(a), astuple(b), strict=True))


def articulatory_distance(first: str, second: str) -> float:
    """The share of the features that differ, in [0, 1]: 1/3 for "s" and "z", 1 for a consonant and a vowel."""
    return min(1.0, differing_features(first, second) / FEATURES)


def is_near(first: str, second: str) -> bool:
    """Whether the two differ in exactly one feature: what a listener confuses, and what a fluent lie sounds like."""
    return differing_features(first, second) == NEAR
