"""What was asked of a codec: the recordings of a run, and the words and speakers that they are taken to have.

A run's revision is over the utterances that it has, and no others: what `--limit` leaves out of a corpus is not read.
Two runs ask the same where the utterances that both have agree, however many each has besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from codecbench.api.dataset import ENGLISH
from codecbench.digests import digest
from codecbench.store.rows import UtteranceRow

Asked: TypeAlias = tuple[str, ...]
"""Of an utterance: id, audio sha256, transcript, speaker, and the language where it is not English."""
SHORT = 12
"""Hex digits of an utterance's own digest in a baseline: one in 2.8e14 pairs that differ has the same."""


def asked(id: str, sha256: str, transcript: str | None, speaker: str, language: str) -> Asked:
    """What of an utterance decides its figures' meaning."""
    return (id, sha256, transcript or "", speaker, *(() if language == ENGLISH else (language,)))


def asked_of(row: UtteranceRow) -> Asked:
    return asked(row.id, row.sha256, row.transcript, row.speaker, row.language)


def revision(utterances: Iterable[Asked]) -> str:
    """sha256 over all of them, whatever their order."""
    return digest("dataset", sorted(utterances))


def own_revision(row: UtteranceRow) -> str:
    """A digest of one utterance, short; empty where its recording could not be read."""
    return "" if row.reason is not None else digest("utterance", asked_of(row))[:SHORT]


def disagreement(first: Mapping[str, str], second: Mapping[str, str]) -> str | None:
    """Why two sets of utterances, by id with the revision of each, ask different questions; None where they do not.

    One that could not be read, whose revision is empty, has no figures on that side: it is as good as absent there.
    """
    common = [id for id in first if first[id] and second.get(id)]
    if not common:
        same = any(id in second for id in first)
        return "of no common utterance both recordings are known" if same else "they have no utterance in common"
    others = [id for id in common if first[id] != second[id]]
    if not others:
        return None
    return f"{len(others)} of {len(common)} common utterances have another recording, words or speaker ({others[0]})"


def own_revisions(rows: Sequence[UtteranceRow]) -> dict[str, str]:
    """By id."""
    return {row.id: own_revision(row) for row in rows}
