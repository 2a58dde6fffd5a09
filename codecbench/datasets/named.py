"""Corpora that can be named: where they are fetched from, and what of them a name means.

https://www.openslr.org/12, https://www.openslr.org/60, https://datashare.ed.ac.uk/handle/10283/3443; torchaudio pins
the same sha256.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from codecbench.api import Archive, Dataset, DatasetCard, Utterance
from codecbench.datasets.layouts import Layout, librispeech, libritts, vctk
from codecbench.errors import UsageError
from codecbench.hookspecs import RegisterDataset

CC_BY_4 = "CC BY 4.0"
LIBRISPEECH_CLEAN = Archive(
    "https://www.openslr.org/resources/12/test-clean.tar.gz", 346663984,
    "39fde525e59672dc6d1551919b1478f724438a95aa55f874b576be21967e6c23",
)  # fmt: skip
LIBRISPEECH_OTHER = Archive(
    "https://www.openslr.org/resources/12/test-other.tar.gz", 328757843,
    "d09c181bba5cf717b3dee7d4d592af11a3ee3a09e08ae025c5506f6ebe961c29",
)  # fmt: skip
LIBRITTS_CLEAN = Archive(
    "https://www.openslr.org/resources/60/test-clean.tar.gz", 1230670113,
    "234ea5b25859102a87024a4b9b86641f5b5aaaf1197335c95090cde04fe9a4f5",
)  # fmt: skip
VCTK_092 = Archive(
    "https://datashare.ed.ac.uk/bitstream/handle/10283/3443/VCTK-Corpus-0.92.zip", 11747302977,
    "f96258be9fdc2cbff6559541aae7ea4f59df3fcaf5cf963aae5ca647357e359c",
    members=r"(?!.*_mic2\.flac$).*",  # the first microphone alone is read: half of the room
)  # fmt: skip
SUBSET = 100


@dataclass(frozen=True)
class NamedCorpus:
    """A name, and what it means: a folder of an archive, by its layout, and of that perhaps a part."""

    card: DatasetCard
    layout: Layout
    folder: str
    part: Callable[[Sequence[Utterance]], Sequence[Utterance]] | None = None

    def read(self, speech: Path) -> Dataset:
        """From the folder that the archive was unpacked to."""
        place = speech / self.folder
        if not self.layout.recognizes(place):
            raise UsageError(f"dataset '{self.card.id}': '{place}' is not of the layout {self.layout.NAME}")
        dataset = replace(self.layout.read(place), id=self.card.id)
        return dataset if self.part is None else replace(dataset, utterances=tuple(self.part(dataset.utterances)))


def a_hundred(utterances: Sequence[Utterance]) -> list[Utterance]:
    """`SUBSET` of them, the same on every machine, from as many speakers as there are, in the order of the whole.

    Each speaker's are ranked by the sha256 of their ids: first the first of each speaker, then the second, and so on;
    of those with one rank the smaller sha256 goes first. So there is no list of ids, and anybody can make it again.
    """
    chosen = {one.id for one in _by_rank(utterances)[:SUBSET]}
    return [one for one in utterances if one.id in chosen]


def _by_rank(utterances: Sequence[Utterance]) -> list[Utterance]:
    hashed = sorted(utterances, key=lambda one: hashlib.sha256(one.id.encode()).digest())
    ranks: Counter[str] = Counter()
    ranked = []
    for one in hashed:
        ranks[one.speaker] += 1
        ranked.append((ranks[one.speaker], one))
    return [one for _, one in sorted(ranked, key=lambda each: each[0])]  # of one rank: as they were


def _corpora() -> tuple[NamedCorpus, ...]:
    def card(id: str, description: str, archive: Archive) -> DatasetCard:
        return DatasetCard(id, description, CC_BY_4, archive=archive)

    clean, other = "LibriSpeech/test-clean", "LibriSpeech/test-other"
    return (
        NamedCorpus(
            card("librispeech:test-clean", "LibriSpeech test-clean: 2620 utterances, 40 speakers", LIBRISPEECH_CLEAN),
            librispeech, clean,
        ),
        NamedCorpus(
            card("librispeech:test-clean-100", "LibriSpeech test-clean: 100 of them, 40 speakers", LIBRISPEECH_CLEAN),
            librispeech, clean, a_hundred,
        ),
        NamedCorpus(
            card("librispeech:test-other", "LibriSpeech test-other: 2939 utterances, 33 speakers", LIBRISPEECH_OTHER),
            librispeech, other,
        ),
        NamedCorpus(
            card("libritts:test-clean", "LibriTTS test-clean: 24 kHz, 39 speakers", LIBRITTS_CLEAN),
            libritts, "LibriTTS/test-clean",
        ),
        NamedCorpus(card("vctk", "VCTK 0.92: 48 kHz, 110 speakers, first microphone", VCTK_092), vctk, ""),
    )  # fmt: skip


def register_corpora(register: RegisterDataset) -> None:
    for corpus in _corpora():
        register(corpus.card, partial(NamedCorpus.read, corpus))
