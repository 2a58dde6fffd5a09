"""Minimal pairs to choose from: words that differ in one consonant, and that in one feature.

The six features are those of the diagnostic rhyme test (W. D. Voiers, 1977); the words are our own. The target has the
feature, the rival lacks it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codecbench.synthesis.synthesizer import Synthesizer

FILE = Path(__file__).with_name("candidates.tsv")

CONTRASTS = {
    "voicing": "bp dt ɡk vf zs ʤʧ ðθ",
    "nasality": "mb nd ŋɡ",
    "sustention": "vb fp θt ðd ʃʧ",
    "sibilation": "sθ zð ʧk ʤɡ",
    "graveness": "pt bd mn fθ vð wɹ",
    "compactness": "ɡd ɡb kt kp ŋn ʃs hf jw jɹ",
}
"""By feature, the consonants that differ in it: with it, without it."""


@dataclass(frozen=True)
class Candidate:
    number: int
    feature: str
    target: str
    rival: str

    @property
    def id(self) -> str:
        return f"{self.feature}-{self.target}-{self.rival}".lower()


def candidates() -> Iterator[Candidate]:
    with FILE.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter="\t")):
            yield Candidate(number, row["feature"], row["target"], row["rival"])


def check_minimal(candidate: Candidate, synthesizer: Synthesizer) -> None:
    """The two words, as the synthesizer will say them, must differ in one consonant and that in the feature."""
    target, rival = (re.sub("[ˈˌ]", "", synthesizer.phonemes_of(word)) for word in (candidate.target, candidate.rival))
    differing = [a + b for a, b in zip(target, rival, strict=False) if a != b]
    allowed = CONTRASTS[candidate.feature].split()
    if len(target) != len(rival) or len(differing) != 1 or differing[0] not in allowed:
        raise ValueError(
            f"{FILE.name}: {candidate.target} [{target}] and {candidate.rival} [{rival}] are no {candidate.feature} "
            f"pair; they must differ in one consonant, one of {', '.join(allowed)}: take the line out"
        )
