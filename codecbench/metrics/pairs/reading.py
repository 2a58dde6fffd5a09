"""A reading of a minimal pair: what is said, and the rival that it could be turned into.

Any manifest can bring pairs. Columns, beside `id`, `path` and `transcript`:

    word      what is said, as it stands in the transcript, exactly once ("solve"; several words are allowed)
    rival     what it might become ("serve"), which fits the sentence as well
    feature   optional: what the two differ in, for the table by feature ("voicing"); "other" if left out
    pair      optional: names what belongs together, e.g. both readings by several voices; "word/rival" if left out
    reading   optional: `target` if the word said has the feature, `rival` if the other one has it

An utterance without `word` and `rival` is no pair. Both texts are the transcript, with one or the other word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from codecbench.api import Dataset, UsageError, Utterance

COLUMNS = ("word", "rival", "feature", "pair", "reading")
READINGS = ("target", "rival", "")


@dataclass(frozen=True)
class Reading:
    """`said` and `rival` are whole sentences; `words` counts the words in which they differ, at least 1."""

    word: str
    rival_word: str
    said: str
    rival: str
    feature: str
    pair: str
    reading: str

    @property
    def words(self) -> int:
        return max(len(self.word.split()), len(self.rival_word.split()))


def reading_of(utterance: Utterance) -> Reading | None:
    """The reading that `utterance` is, None if its manifest says nothing of a pair.

    Raises:
        UsageError: one line that says what is wrong with this entry of the list.
    """
    word, rival = (utterance.extra.get(name, "").strip() for name in ("word", "rival"))
    if not word and not rival:
        return None
    if not word or not rival:
        raise _bad(utterance, f"it has {'no word' if not word else 'no rival'}; a pair needs both columns")
    if word.lower() == rival.lower():
        raise _bad(utterance, f"word and rival are both '{word}'; they must differ")
    if utterance.transcript is None:
        raise _bad(utterance, "it has no transcript; a pair needs the sentence that is said")
    occurrences = re.findall(_pattern(word), utterance.transcript, re.IGNORECASE)
    if len(occurrences) != 1:
        raise _bad(
            utterance,
            f"'{word}' stands {len(occurrences)} times in its transcript '{utterance.transcript}'; once is needed",
        )
    reading = utterance.extra.get("reading", "").strip()
    if reading not in READINGS:
        raise _bad(utterance, f"its reading is '{reading}'; allowed: target, rival, or nothing")
    return Reading(
        word=word,
        rival_word=rival,
        said=utterance.transcript,
        rival=_replaced(utterance.transcript, word, rival),
        feature=utterance.extra.get("feature", "").strip() or "other",
        pair=utterance.extra.get("pair", "").strip() or "/".join(sorted((word.lower(), rival.lower()))),
        reading=reading,
    )  # fmt: skip


def check_pairs(dataset: Dataset) -> int:
    """How many utterances of `dataset` are readings of a pair. Raises UsageError for the first bad entry."""
    return sum(reading_of(utterance) is not None for utterance in dataset.utterances)


def _pattern(word: str) -> str:
    return rf"(?<!\w){re.escape(word)}(?!\w)"


def _replaced(sentence: str, word: str, rival: str) -> str:
    def fitted(match: re.Match[str]) -> str:
        # A sentence keeps its capital; within it a name brings its own ("Kate" for "gate").
        first = not sentence[: match.start()].strip() and match.group()[0].isupper()
        return rival[0].upper() + rival[1:] if first else rival

    return re.sub(_pattern(word), fitted, sentence, flags=re.IGNORECASE)


def _bad(utterance: Utterance, what: str) -> UsageError:
    return UsageError(f"pair list, utterance '{utterance.id}': {what}")
