"""Recordings and transcripts that a layout keeps apart, joined by their ids; what is there of one alone is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from codecbench.api import Dataset, Utterance
from codecbench.api.dataset import ENGLISH, LANGUAGE
from codecbench.datasets.warnings import some, utterance_warnings
from codecbench.errors import UsageError

SPOKEN_ENGLISH: Mapping[str, str] = {LANGUAGE: ENGLISH}
"""`Utterance.extra` in corpora of English alone."""


def joined(
    name: str, place: Path, recordings: Iterable[Utterance], transcripts: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
) -> Dataset:  # fmt: skip
    """The dataset of `recordings`, each with the transcript of its id; None: they have their own. `notes` are the first
    of its warnings.

    Raises:
        UsageError: there is no recording, or two have one id.
    """
    utterances = tuple(recordings)
    if transcripts is None:
        transcripts = {}
    else:
        utterances = tuple(replace(one, transcript=transcripts.get(one.id) or None) for one in utterances)
    if not utterances:
        raise UsageError(f"'{place}' holds no recordings, but {len(transcripts)} transcripts: get the audio too")
    ids: dict[str, Path | None] = {}
    for one in utterances:
        if one.id in ids:
            raise UsageError(f"'{place}': utterance '{one.id}' is there twice, '{ids[one.id]}' and '{one.path}'")
        ids[one.id] = one.path
    lacking = _lacking(place, utterances, [id for id in transcripts if id not in ids])
    return Dataset(name, utterances, warnings=(*notes, *lacking, *utterance_warnings(utterances)))


def _lacking(place: Path, utterances: Sequence[Utterance], alone: Sequence[str]) -> Iterator[str]:
    if alone:
        yield f"'{place}': {len(alone)} transcripts belong to no recording ({some(alone)})"
    silent = [one.id for one in utterances if one.transcript is None]
    if silent and len(silent) < len(utterances):
        yield f"'{place}': {len(silent)} of {len(utterances)} recordings have no transcript ({some(silent)})"


def sex_of(text: str) -> str:
    """`M` or `F` of what corpora write (m, Female, male_masculine); empty for anything else."""
    first = text.strip().lower().partition("_")[0]
    return {"m": "M", "male": "M", "f": "F", "female": "F"}.get(first, "")
