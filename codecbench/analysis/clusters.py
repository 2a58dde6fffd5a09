"""Which utterances of a run are independent of each other: what intervals resample, and sign flips flip together.

Two utterances belong to one *cluster* where they have the speaker or the transcript in common, or are joined by a chain
of such. Speakers who read the same sentences are mistaken on the same words: eight VCTK readers of two sentences tell
little more of a word error rate than one does, and as eight they make its interval two thirds as wide.

Voices of a synthesizer are no sample of speakers, and what they read is part of the set's design (`pairs` has its words
in several voices each): there the figure is one of these voices with these texts, and each voice is a cluster.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from codecbench.store.rows import UtteranceRow


@dataclass(frozen=True)
class Voices:
    """Of each utterance, by its id: who speaks it (its own id where that is not known), and its cluster's name."""

    speakers: Mapping[str, str]
    clusters: Mapping[str, str]

    def count(self, utterances: Iterable[str]) -> VoiceCount:
        """Of `utterances` alone: a metric rests on those that it scored."""
        names = list(utterances)
        return VoiceCount(len({self.speakers[name] for name in names}), len({self.clusters[name] for name in names}))


@dataclass(frozen=True)
class VoiceCount:
    """How many speakers, and how many clusters of them that are independent of each other."""

    speakers: int
    clusters: int


def find_voices(utterances: Sequence[UtteranceRow], synthetic: bool = False) -> Voices:
    """Connected components over speaker and normalized transcript; a cluster goes by its first speaker's name.

    `synthetic` says of the whole dataset that nobody speaks, as runs do that are older than the column `synthesizer`.
    """
    speakers = {row.id: row.speaker or row.id for row in utterances}
    links = _Links()
    for row in utterances:
        text = "" if synthetic or row.synthesizer else normalized(row.transcript or "")
        links.join(_speaker(row), ("text", text) if text else _speaker(row))
    first: dict[Hashable, str] = {}
    for row in sorted(utterances, key=lambda row: speakers[row.id]):
        first.setdefault(links.root(_speaker(row)), speakers[row.id])
    return Voices(speakers, {row.id: first[links.root(_speaker(row))] for row in utterances})


def one_synthesizer(utterances: Sequence[UtteranceRow]) -> str:
    """The synthesizer that all voices are of; empty where people speak too, or voices of two."""
    names = {row.synthesizer for row in utterances}
    return names.pop() if len(names) == 1 else ""


def normalized(transcript: str) -> str:
    """Its words alone.

    >>> normalized("Please call Stella.") == normalized("please, call stella")
    True
    """
    return " ".join(re.findall(r"\w+", transcript.casefold()))


def _speaker(row: UtteranceRow) -> Hashable:
    return ("speaker", row.speaker) if row.speaker else ("utterance", row.id)


class _Links:
    """Disjoint sets."""

    def __init__(self) -> None:
        self._above: dict[Hashable, Hashable] = {}

    def root(self, one: Hashable) -> Hashable:
        while (above := self._above.setdefault(one, one)) != one:
            self._above[one] = self._above[above]
            one = above
        return one

    def join(self, one: Hashable, other: Hashable) -> None:
        self._above[self.root(one)] = self.root(other)
