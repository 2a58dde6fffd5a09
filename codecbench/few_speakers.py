"""What a run over a handful of speakers cannot tell, said before it is begun."""

from __future__ import annotations

from collections.abc import Sequence

from codecbench.analysis.clusters import VoiceCount, find_voices, one_synthesizer
from codecbench.api import Dataset, Utterance
from codecbench.printing.wording import count, voices_text
from codecbench.store.rows import UtteranceRow

FEWEST, FEWEST_PRIMARY = 6, 8
"""With fewer clusters of speakers no pattern of signs is rare enough: see "Comparisons" in docs/definitions.md."""


def few_speakers_note(taken: Sequence[Utterance], dataset: Dataset) -> str | None:
    """Of a run over `taken`; None where its speakers are enough."""
    rows = [_row(utterance) for utterance in taken]
    here = _voices(rows, dataset)
    if here.clusters >= FEWEST:
        return None
    there = _voices([_row(one) for one in dataset.utterances], dataset)
    no_interval = "no intervals, and " if here.clusters == 1 else "intervals are indicative, and "
    known = there.clusters > here.clusters
    more = f"; the dataset has {voices_text(there)}: a larger --limit takes more of them" if known else ""
    return (
        f"{count(len(rows), 'utterance')}, {voices_text(here, one_synthesizer(rows))}: {no_interval}no codec is told "
        f"from another: that takes {FEWEST} independent speakers, {FEWEST_PRIMARY} for the primary metrics{more}"
    )


def _voices(rows: Sequence[UtteranceRow], dataset: Dataset) -> VoiceCount:
    return find_voices(rows, dataset.synthetic).count(row.id for row in rows)


def _row(one: Utterance) -> UtteranceRow:
    return UtteranceRow(one.id, "", str(one.path), one.transcript, one.speaker, one.sex, None, extra=dict(one.extra))
