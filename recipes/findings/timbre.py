"""Whether FACodec's timbre carries the voice: another speaker's is put into a payload, and who it sounds like is asked.

Beside it, what an equalizer would do: the recording with the other speaker's average spectrum. The timbre is one vector
an utterance, which scales and offsets the decoder's latents. Where those code the waveform linearly, as they do at
their start, that is an equalizer, and this one is the best of its kind, for it knows the other's recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import istft, stft

from codecbench.api import Audio, CodecOptions, Dataset, OperatingPoint, Sample, Utterance
from codecbench.audio import source_signal
from codecbench.errors import UsageError
from codecbench.metrics.speaker.metric import SpeakerSimilarity
from codecbench.plugins import registry
from codecbench.weights import resolve
from recipes.findings.tables import table

FEWEST = 4
"""Voices."""
WINDOW = 512
"""Samples of the average spectrum's frames."""
FLOOR = 1e-3
"""Frames of less than this share of the loudest one's power are silence, and not averaged."""
SMOOTHED = (16, 30, 60)
"""Cepstral coefficients that are kept of an average spectrum: from a tone control to nearly the harmonics."""

Voices = Mapping[str, Audio]


@dataclass(frozen=True)
class Move:
    """By how much similarity to the other speaker rises, over pairs of speakers, and for how many of them."""

    what: str
    rise: float
    standard_error: float
    closer: int
    pairs: int

    @classmethod
    def of(cls, what: str, rises: list[float]) -> Move:
        error = float(np.std(rises, ddof=1)) / len(rises) ** 0.5
        return cls(what, float(np.mean(rises)), error, sum(rise > 0 for rise in rises), len(rises))

    @property
    def line(self) -> list[str]:
        """Of a table."""
        return [self.what, f"{self.rise:+.3f} ± {self.standard_error:.3f}", f"{self.closer} of {self.pairs}"]


@dataclass(frozen=True)
class Timbre:
    """All moves on the speech of `dataset`."""

    dataset: str
    moves: tuple[Move, ...]

    def markdown(self) -> str:
        headers = [f"towards the other speaker ({self.dataset})", "rise in similarity", "closer"]
        return f"{table([move.line for move in self.moves], headers)}\n"


def load_facodec(weights: Path | None) -> Any:
    """The reference codec, by `weights` or by those that are shipped. Raises UsageError where they are not its own."""
    entry = registry().codec("facodec:reference")
    return entry.factory(CodecOptions.of(entry.card, resolve(entry.card, weights)))


def find_timbre(codec: Any, dataset: Dataset) -> Timbre:
    """At FACodec's lowest rate, which has no detail, and its highest. Raises UsageError for too few speakers."""
    voices = voices_of(dataset)
    ends = (codec.card.points[0], codec.card.points[-1])
    moves = [Move.of(f"timbre swapped, {point}", swapped(codec, voices, point)) for point in ends]
    moves += [Move.of(f"equalized, {count} coefficients", equalized(voices, count)) for count in SMOOTHED]
    return Timbre(dataset.id, tuple(moves))


def voices_of(dataset: Dataset) -> dict[str, Audio]:
    """The longest utterance of each speaker, by name. Raises UsageError where there are too few speakers."""
    longest: dict[str, Audio] = {}
    for utterance in dataset.utterances:
        audio, known = source_signal(utterance.recording_path), longest.get(utterance.speaker)
        if utterance.speaker and (known is None or audio.length > known.length):
            longest[utterance.speaker] = audio
    if len(longest) < FEWEST:
        raise UsageError(f"--data: {len(longest)} named speakers; at least {FEWEST} are needed to swap their timbres")
    return dict(sorted(longest.items()))


def swapped(codec: Any, voices: Voices, point: OperatingPoint) -> list[float]:
    """Rise in similarity to the other speaker when the other's timbre is put into a payload, a pair each."""
    payloads = {name: codec.parts(codec.encode(audio, point), point) for name, audio in voices.items()}
    rises = []
    for own, other in _pairs(voices):
        changed = replace(payloads[own], timbre=payloads[other].timbre)
        before, after = (codec.decode(parts.to_bytes(), point) for parts in (payloads[own], changed))
        rises.append(_rise(before, after, voices[other]))
    return rises


def equalized(voices: Voices, coefficients: int) -> list[float]:
    """The same when a recording gets the other's average spectrum, smoothed to so many cepstral `coefficients`."""
    averages = {name: _average_spectrum(audio, coefficients) for name, audio in voices.items()}
    rises = []
    for own, other in _pairs(voices):
        before, gains = voices[own], averages[other] / averages[own]
        samples = istft(_frames(before) * gains[:, None], nperseg=WINDOW)[1][: before.length]
        level = np.sqrt(np.mean(before.samples**2) / np.mean(samples**2))
        after = Audio.mono((level * samples).astype(np.float32), before.sample_rate)
        rises.append(_rise(before, after, voices[other]))
    return rises


def _pairs(voices: Voices) -> list[tuple[str, str]]:
    """Each name with the next, the last with the first."""
    ring = list(voices)
    return list(pairwise([*ring, ring[0]]))


def _frames(audio: Audio) -> NDArray[np.complex128]:
    spectrum: NDArray[np.complex128] = stft(audio.samples[0].astype(np.float64), nperseg=WINDOW)[2]
    return spectrum


def _average_spectrum(audio: Audio, coefficients: int) -> NDArray[np.float64]:
    """Magnitudes [bins] of what is not silent."""
    powers = np.abs(_frames(audio)) ** 2
    loudness = powers.sum(axis=0)
    average = np.sqrt(powers[:, loudness > FLOOR * loudness.max()].mean(axis=1))
    cepstrum = np.fft.irfft(np.log(average + 1e-6))
    cepstrum[coefficients : 1 - coefficients] = 0
    smoothed: NDArray[np.float64] = np.exp(np.fft.rfft(cepstrum).real)
    return smoothed


def _rise(before: Audio, after: Audio, speaker: Audio) -> float:
    """In similarity to `speaker`, over what all have, for the metric takes signals of one length."""
    length, metric = min(before.length, after.length, speaker.length), _metric()
    first, second, known = (Audio.mono(one.samples[0, :length], one.sample_rate) for one in (before, after, speaker))
    prepared, likenesses = metric.prepare(known), []
    for heard in (first, second):
        score = metric.score(Sample(Utterance("voice", Path()), known, heard, heard, prepared=prepared))
        assert score.value is not None
        likenesses.append(score.value)
    return likenesses[1] - likenesses[0]


@cache
def _metric() -> SpeakerSimilarity:
    return SpeakerSimilarity()
