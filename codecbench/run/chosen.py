"""Which utterances of a dataset a plan takes, in which order, and what is cut from their recordings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import soundfile

from codecbench.api import Utterance
from codecbench.audio import SOURCE_RATE


def by_turns(utterances: Iterable[Utterance]) -> list[int]:
    """Their indices, a speaker after the other: the first utterance of each, in the dataset's order, then the second.

    So the first N of a corpus that is sorted by speaker are not one speaker's; more of them are the same and others,
    and what the first ones decide (a point's delay) rests on several voices. Who has no name is a speaker.

    >>> from pathlib import Path
    >>> by_turns(Utterance(name, Path(name), speaker=name[0]) for name in ("a1", "a2", "a3", "b1", "c1", "b2"))
    [0, 3, 4, 1, 5, 2]
    """
    turns: dict[str, int] = {}
    order = []
    for index, utterance in enumerate(utterances):
        speaker = utterance.speaker or f"\0{utterance.id}"
        turns[speaker] = turns.get(speaker, 0) + 1
        order.append((turns[speaker], index))
    return [index for _, index in sorted(order)]


def cut_by_condition(utterances: Sequence[Utterance]) -> str | None:
    """Of recordings above 16 kHz or of several channels, what condition wb leaves of them; None where there are none.

    By their headers; what cannot be read is said when it is to be coded.
    """
    rates: dict[int, None] = {}
    fast = several = either = 0
    for utterance in utterances:
        try:
            header = soundfile.info(utterance.path)
        except (soundfile.SoundFileError, OSError, TypeError, ValueError):
            continue
        fast += header.samplerate > SOURCE_RATE
        several += header.channels > 1
        either += header.samplerate > SOURCE_RATE or header.channels > 1
        if header.samplerate > SOURCE_RATE:
            rates[header.samplerate] = None
    if not either:
        return None
    at = f"sampled at {', '.join(f'{rate / 1000:g}' for rate in sorted(rates))} kHz" if fast else ""
    what = " or ".join(filter(None, [at, "of several channels" if several else ""]))
    return (
        f"{either} of {len(utterances)} recordings are {what}: in condition wb every codec is given "
        f"{SOURCE_RATE // 1000} kHz mono, and nothing above {SOURCE_RATE // 2000} kHz, nor a channel's place, counts"
    )
