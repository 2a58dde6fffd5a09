"""What became of the phones at one codec × operating point: confusions by manner, place and voicing, and flips."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from codecbench.metrics.phonemes.evidence import CONSONANTS, GAP, PhoneEvidence, articulatory_distance
from codecbench.store.rows import ScoreRow

METRIC = "dper"
Feature = Literal["manner", "place", "voicing"]
FEATURES: tuple[Feature, ...] = ("manner", "place", "voicing")


@dataclass(frozen=True)
class Confusions:
    """Consonants of the original by what they became; `counts[row][column]`, rows and columns in `classes`' order.

    Kept phones are on the diagonal. A substitution within a class is on it too: it is counted in `within`.
    `lost` counts deletions and substitutions by a vowel, by row.
    """

    feature: Feature
    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    within: tuple[int, ...]
    lost: tuple[int, ...]


@dataclass(frozen=True)
class FlipCount:
    """A near-neighbour substitution of one word by another, how often, and where first."""

    original_word: str
    decoded_word: str
    original: str
    decoded: str
    count: int
    utterance: str


@dataclass(frozen=True)
class PhonemeSummary:
    """All of one codec × point. `distance` is the mean over substitutions, in [0, 1]; None where there are none."""

    phones: int
    substitutions: int
    deletions: int
    insertions: int
    distance: float | None
    confusions: Mapping[Feature, Confusions]
    flips: tuple[FlipCount, ...]


def summarize_phonemes(rows: Sequence[ScoreRow]) -> PhonemeSummary | None:
    """Of `rows` of one codec × point those of `dper` that are ok and tell their alignment count; None without any."""
    ok = [row for row in rows if row.metric == METRIC and row.status == "ok"]
    told = [(row.utterance, evidence) for row in ok if (evidence := PhoneEvidence.from_json(row.detail)).aligned()]
    if not told:
        return None
    pairs = Counter(pair for _, evidence in told for pair in evidence.aligned() or ())
    substituted = {pair: n for pair, n in pairs.items() if GAP not in pair and pair[0] != pair[1]}
    total = sum(substituted.values())
    distance = sum(n * articulatory_distance(*pair) for pair, n in substituted.items())
    return PhonemeSummary(
        phones=sum(n for (original, _), n in pairs.items() if original != GAP),
        substitutions=total,
        deletions=sum(n for (_, decoded), n in pairs.items() if decoded == GAP),
        insertions=sum(n for (original, _), n in pairs.items() if original == GAP),
        distance=distance / total if total else None,
        confusions={feature: _confusions(feature, pairs) for feature in FEATURES},
        flips=_flips(told),
    )


def _confusions(feature: Feature, pairs: Mapping[tuple[str, str], int]) -> Confusions:
    value = {phone: str(getattr(consonant, feature)) for phone, consonant in CONSONANTS.items()}
    classes = tuple(dict.fromkeys(value.values()))
    counts = [[0] * len(classes) for _ in classes]
    within, lost = [0] * len(classes), [0] * len(classes)
    for (original, decoded), n in pairs.items():
        if original not in value:
            continue
        row = classes.index(value[original])
        if decoded not in value:
            lost[row] += n
            continue
        column = classes.index(value[decoded])
        counts[row][column] += n
        if row == column and original != decoded:
            within[row] += n
    return Confusions(feature, classes, tuple(map(tuple, counts)), tuple(within), tuple(lost))


def _flips(told: Sequence[tuple[str, PhoneEvidence]]) -> tuple[FlipCount, ...]:
    """The most frequent first, then alphabetically."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    first: dict[tuple[str, str, str, str], str] = {}
    for utterance, evidence in told:
        for flip in evidence.flips or ():
            key = (flip.original_word, flip.decoded_word, flip.original, flip.decoded)
            counts[key] += 1
            first.setdefault(key, utterance)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(FlipCount(*key, count=n, utterance=first[key]) for key, n in ordered)
