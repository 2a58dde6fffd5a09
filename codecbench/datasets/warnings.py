"""What a dataset lacks, as its user should know before anything is computed."""

from __future__ import annotations

from collections.abc import Sequence

from codecbench.api import Utterance


def utterance_warnings(utterances: Sequence[Utterance]) -> tuple[str, ...]:
    """Of missing speakers, and of speech without a transcript at all.

    Intervals resample speakers: without them every utterance counts as one, and intervals may be too narrow.
    """
    said = []
    nameless = sum(not utterance.speaker for utterance in utterances)
    if nameless:
        said.append(f"{nameless} of {len(utterances)} utterances have no speaker: each counts as its own")
    if all(utterance.transcript is None for utterance in utterances):
        said.append("no utterance has a transcript: there are no word errors")
    return tuple(said)


def some(names: Sequence[str], most: int = 3) -> str:
    """The first of `names`, for a note."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
