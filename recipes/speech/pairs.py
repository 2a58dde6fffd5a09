"""The pairs set: minimal pairs in short carriers, each reading in two voices that a recognizer reads right.

The six features are those of the diagnostic rhyme test (W. D. Voiers, 1977); the words and carriers are our own. The
target has the feature, the rival lacks it. Candidates are tried in the file's order until every feature has enough.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codecbench.controls.pairs.candidates import Candidate, candidates, check_minimal
from codecbench.synthesis import clip
from codecbench.synthesis.synthesizer import SAMPLE_RATE, Synthesizer
from codecbench.synthesis.voices import VOICES, Voice

from . import manifest, pitch
from .pairs_readme import Tally, write_readme
from .recognizer import Recognizer

LEVEL_DBFS = -28.0
SILENCE_S = 0.05
PAIRS_PER_FEATURE = 17
VOICES_KEPT = 2
ATTEMPTS = 5
# Either word fits any of them, and none hints at one.
CARRIERS = ("I will say {}.", "The word is {}.", "Say the word {} now.", "I will say {} now.", "We heard {}.")
COLUMNS = (*manifest.COLUMNS, "pair", "reading", "word", "rival", "feature")


@dataclass(frozen=True)
class Take:
    """Both readings of a pair in one voice and carrier."""

    voice: Voice
    carrier: str
    target: NDArray[np.float32]
    rival: NDArray[np.float32]


def build(folder: Path, synthesizer: Synthesizer, cache: Path) -> None:
    manifest.clear(folder)
    sexes = voice_sexes(synthesizer)
    screen = Screen(synthesizer, Recognizer(cache))
    tally = Tally()
    rows = []
    for candidate in candidates():
        if tally.kept[candidate.feature] == PAIRS_PER_FEATURE:
            continue
        check_minimal(candidate, synthesizer)
        takes = screen.passing_takes(candidate, tally)
        tally.count(candidate.feature, kept=len(takes) == VOICES_KEPT)
        if len(takes) == VOICES_KEPT:
            rows += [row for take in takes for row in store(folder, candidate, take, sexes)]
    rows.sort(key=lambda row: row["id"])
    manifest.write_manifest(folder, COLUMNS, rows)
    write_readme(folder, tally, rows)


class Screen:
    def __init__(self, synthesizer: Synthesizer, recognizer: Recognizer) -> None:
        self.synthesizer = synthesizer
        self.recognizer = recognizer
        with (Path(__file__).parent / "homophones.tsv").open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t")
            self.homophones = {row["word"]: set(row["sounds like"].split()) for row in rows}

    def passing_takes(self, candidate: Candidate, tally: Tally) -> list[Take]:
        takes: list[Take] = []
        for attempt in range(ATTEMPTS):
            if len(takes) == VOICES_KEPT or len(takes) + ATTEMPTS - attempt < VOICES_KEPT:
                break
            # Steps of 3 through 8 voices: neighbours in the list, which are more alike, are not both taken.
            voice = VOICES[(candidate.number + 3 * attempt) % len(VOICES)]
            carrier = CARRIERS[(candidate.number + attempt) % len(CARRIERS)]
            take = self.take(candidate, voice, carrier)
            tally.takes += 1
            if take is not None:
                takes.append(take)
                tally.takes_passed += 1
        print(f"{candidate.id}: {len(takes)} takes", flush=True)
        return takes

    def take(self, candidate: Candidate, voice: Voice, carrier: str) -> Take | None:
        readings = []
        for word, other in ((candidate.target, candidate.rival), (candidate.rival, candidate.target)):
            audio = clip.trim(self.synthesizer.say(carrier.format(word), voice), SILENCE_S)
            audio = clip.at_level(audio, LEVEL_DBFS + voice.level_offset_db)
            if not self.is_read_right(audio, word, other):
                return None
            readings.append(audio)
        return Take(voice, carrier, *readings)

    def is_read_right(self, audio: NDArray[np.float32], word: str, other: str) -> bool:
        heard = set(re.findall(r"[a-z0-9']+", self.recognizer.read(audio).lower()))
        return bool(heard & self.spellings(word)) and not heard & self.spellings(other)

    def spellings(self, word: str) -> set[str]:
        return {word.lower()} | self.homophones.get(word, set())


def store(folder: Path, candidate: Candidate, take: Take, sexes: dict[str, str]) -> Iterator[dict[str, str]]:
    for reading, word, rival, audio in (
        ("target", candidate.target, candidate.rival, take.target),
        ("rival", candidate.rival, candidate.target, take.rival),
    ):
        name = f"{candidate.id}-{reading}-{take.voice.id.removeprefix('syn-')}"
        clip.write(folder / f"{name}.flac", audio)
        yield {
            "id": name,
            "path": f"{name}.flac",
            "transcript": take.carrier.format(word),
            "speaker": take.voice.id,
            "sex": sexes[take.voice.id],
            "seconds": f"{len(audio) / SAMPLE_RATE:.3f}",
            **manifest.ORIGIN,
            "pair": candidate.id,
            "reading": reading,
            "word": word,
            "rival": rival,
            "feature": candidate.feature,
        }


def voice_sexes(synthesizer: Synthesizer) -> dict[str, str]:
    """By the pitch of each voice's first probe sentence, which is longer than any carrier."""
    from .probe import TEXTS

    return {
        voice.id: pitch.sex(pitch.median_f0_hz(synthesizer.say(text, voice)))
        for voice, text in zip(VOICES, TEXTS, strict=False)
    }
