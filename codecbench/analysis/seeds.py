"""Stochastic decoders: the words that one seed breaks and another does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codecbench.metrics.hallucination.evidence import InducedEvidence, WordError
from codecbench.store.rows import ScoreRow

METRIC = "ci_wer"


@dataclass(frozen=True)
class SeedWord:
    """A place on which seeds disagree: a reference word, or with `reference` None the gap before the word `position`.

    `heard` is what was heard there, by seed: the word itself where it is right, "" where it is gone or nothing was
    inserted.
    """

    utterance: str
    position: int
    reference: str | None
    heard: Mapping[int, str]


@dataclass(frozen=True)
class SeedDisagreement:
    """Of one codec × point. `words` counts the reference words of the utterances with several seeds."""

    seeds: int
    utterances: int
    words: int
    places: tuple[SeedWord, ...]

    @property
    def rate(self) -> float:
        """Places of disagreement per reference word."""
        return len(self.places) / self.words


def compare_seeds(rows: Sequence[ScoreRow]) -> SeedDisagreement | None:
    """`rows` of one codec × point, of which those of `ci_wer` that are ok count; None without several seeds of any."""
    groups: dict[str, dict[int, _Heard]] = {}
    for row in rows:
        if row.metric == METRIC and row.status == "ok" and (heard := _Heard.of(row)) is not None:
            groups.setdefault(row.utterance, {})[row.seed] = heard
    several = {utterance: group for utterance, group in groups.items() if len(group) > 1}
    if not several:
        return None
    return SeedDisagreement(
        seeds=max(len(group) for group in several.values()),
        utterances=len(several),
        words=sum(len(next(iter(group.values())).reference) for group in several.values()),
        places=tuple(place for utterance, group in several.items() for place in _places(utterance, group)),
    )


@dataclass(frozen=True)
class _Heard:
    """One utterance with one seed: its words, and what was heard where an error is."""

    reference: tuple[str, ...]
    errors: tuple[WordError, ...]

    @classmethod
    def of(cls, row: ScoreRow) -> _Heard | None:
        """None where the score, of an older version, does not tell."""
        evidence = InducedEvidence.from_json(row.detail)
        if evidence.reference is None or evidence.errors is None:
            return None
        return cls(evidence.reference, evidence.errors)


def _places(utterance: str, group: Mapping[int, _Heard]) -> list[SeedWord]:
    reference = next(iter(group.values())).reference
    heard = {seed: _heard(one.errors) for seed, one in group.items()}
    spreads = []
    keys = {key for each in heard.values() for key in each}
    for inserted, position in sorted(keys, key=lambda key: (key[1], not key[0])):
        right = "" if inserted else reference[position]
        here = {seed: each.get((inserted, position), right) for seed, each in heard.items()}
        if len(set(here.values())) > 1:
            spreads.append(SeedWord(utterance, position, None if inserted else reference[position], here))
    return spreads


def _heard(errors: Sequence[WordError]) -> dict[tuple[bool, int], str]:
    """What was heard at each place with an error, by (whether it is a gap, position)."""
    places: dict[tuple[bool, int], list[str]] = {}
    for error in errors:
        place = error.operation == "insertion", error.position
        places.setdefault(place, []).extend([error.heard] if error.heard else [])
    return {place: " ".join(words) for place, words in places.items()}
