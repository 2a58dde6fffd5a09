"""The originals: one clip of each voice of `probe`, and of `pairs` for metrics that read its columns.

Each lies in a quiet room (noise at −70 dBFS, 45 dB under the speech: synthetic speech alone is cleaner than any
recording, and metrics that look at pauses would start at any change) and is followed by a second of pause, in which a
decoder may say what nobody said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codecbench.api import Dataset, Utterance
from codecbench.audio import SOURCE_RATE, source_signal
from codecbench.controls.sensitivity.changes import Signal, put_in
from codecbench.degradations import louder

ROOM_DBFS = -70.0
PAUSE_S = 1.0
FRAME, ACTIVE_DB = 160, 25.0
SAY_AFTER_S = 0.4
"""From the end of the speech to the word that is said in the pause."""


@dataclass(frozen=True)
class Splice:
    """A word in a clip and one of another clip of the same voice to be put in its place; times in seconds.

    Times are those of Whisper tiny.en.
    """

    clip: str
    start: float
    end: float
    donor: str
    donor_start: float
    donor_end: float


SPLICES = (
    Splice("probe-01", 0.42, 0.70, "probe-09", 2.52, 2.76),  # kettle: broken
    Splice("probe-02", 0.96, 1.22, "probe-10", 1.60, 1.84),  # garden: boots
    Splice("probe-03", 0.76, 1.22, "probe-11", 1.46, 1.80),  # birds: teams
    Splice("probe-04", 2.08, 2.40, "probe-12", 1.66, 1.92),  # clocks: hooks
    Splice("probe-05", 1.14, 1.56, "probe-13", 1.70, 2.02),  # dust: lamps
    Splice("probe-06", 0.54, 0.82, "probe-14", 0.72, 1.00),  # anyone: soup
    Splice("probe-07", 0.58, 0.86, "probe-15", 1.90, 2.18),  # leaves: speech
    Splice("probe-08", 0.82, 1.04, "probe-16", 1.88, 2.10),  # shelf: narrow
)
PAIRS = (
    "voicing-grow-crow-target-v1", "nasality-mad-bad-target-v2", "sibilation-sick-thick-target-v3",
    "compactness-cold-told-target-v4", "sibilation-chair-care-target-v5", "nasality-mend-bend-target-v6",
    "sustention-share-chair-target-v7", "compactness-cook-took-target-v8",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class OriginalClip:
    """An original and what its distortions are made of.

    `signal` is in its room and with its pause, which begins after `speech` samples; `other` another utterance of the
    same voice, `spliced` the same clip with another word in it, both in the same room and as long; `word` what can be
    said in the pause, `room` the quiet of the room alone.
    """

    utterance: Utterance
    signal: Signal
    speech: int
    other: Signal
    spliced: Signal
    word: Signal
    room: Signal


def probe_clips(dataset: Dataset, seed: int) -> tuple[OriginalClip, ...]:
    """One for each of the eight voices of `probe`."""
    by_id = {utterance.id: utterance for utterance in dataset.utterances}
    return tuple(_spoken(by_id, splice, seed) for splice in SPLICES)


def pair_clips(dataset: Dataset, seed: int) -> tuple[OriginalClip, ...]:
    """One for each of the eight voices of `pairs`; `spliced` is the rival reading."""
    by_id = {utterance.id: utterance for utterance in dataset.utterances}
    return tuple(_reading(by_id, PAIRS, place, seed) for place in range(len(PAIRS)))


def _spoken(by_id: dict[str, Utterance], splice: Splice, seed: int) -> OriginalClip:
    utterance = by_id[splice.clip]
    speech, donor = _read(utterance), _read(by_id[splice.donor])
    word = donor[_at(splice.donor_start) : _at(splice.donor_end)]
    start, end = _at(splice.start), _at(splice.end)
    return _clip(utterance, speech, donor, put_in(speech, word, start, end - start), word, seed)


def _reading(by_id: dict[str, Utterance], names: Sequence[str], place: int, seed: int) -> OriginalClip:
    name = names[place]
    voice = name.rpartition("-")[2]
    speech, rival = _read(by_id[name]), _read(by_id[name.replace("-target-", "-rival-")])
    unlike = next(u for i, u in by_id.items() if i.endswith(f"-{voice}") and not i.startswith(name.partition("-t")[0]))
    other = _read(unlike)
    middle = len(other) // 2
    return _clip(by_id[name], speech, other, rival, other[middle - _at(0.15) : middle + _at(0.15)], seed)


def _clip(
    utterance: Utterance, speech: Signal, other: Signal, spliced: Signal, word: Signal, seed: int
) -> OriginalClip:
    length = len(speech) + _at(PAUSE_S)
    g = np.random.default_rng([seed, *utterance.id.encode()])
    room = louder(g.standard_normal(length), ROOM_DBFS)
    signals = [_lengthened(one, length) + room for one in (speech, other, spliced)]
    return OriginalClip(utterance, signals[0], _end(speech), signals[1], signals[2], word, room)


def _end(speech: Signal) -> int:
    """Where the last frame ends that is within 25 dB of the loudest: recordings fade into their last silence."""
    frames = speech[: len(speech) // FRAME * FRAME].reshape(-1, FRAME)
    levels = np.mean(np.square(frames), axis=1)
    return (int(np.flatnonzero(levels >= levels.max() * 10 ** (-ACTIVE_DB / 10))[-1]) + 1) * FRAME


def _lengthened(signal: Signal, length: int) -> Signal:
    return np.pad(signal[:length], (0, max(0, length - len(signal))))


def _read(utterance: Utterance) -> Signal:
    samples: Signal = source_signal(utterance.recording_path).samples[0].astype(np.float64)
    return samples


def _at(seconds: float) -> int:
    return round(seconds * SOURCE_RATE)
