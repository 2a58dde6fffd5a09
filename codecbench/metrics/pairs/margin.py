"""The likelihood margin of what was said over its rival, by forced decoding of both texts.

    margin(audio) = [L(said | audio) − L(said | silence) − L(rival | audio) + L(rival | silence)] / words

L is the recognizer's log-probability of the whole text in nats, `words` the number of words in which the two texts
differ. What the texts share before the difference cancels. The score on silence is the recognizer's own liking for a
text, its length in tokens included: without it, closed-set choice on 144 clips of the calibration's words and voices is
right less often (94 instead of 95 % clean, 72 instead of 78 % in noise of 5 dB, 75 instead of 83 % through Codec 2 at
700 bit/s). Dividing by all tokens instead would make a long carrier hide a flip, and separates flips from blurs a
little worse (AUC .964 instead of .974 below 1 kHz).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np

from codecbench.api import Audio, Scorer
from codecbench.metrics.pair import RATE
from codecbench.metrics.pairs.reading import Reading

SILENCE = Audio.mono(np.zeros(RATE), RATE)


@dataclass
class Margins:
    """Margins by one recognizer. Originals and silence are scored once each and remembered."""

    scorer: Scorer
    _silence: dict[frozenset[str], dict[str, float]] = field(default_factory=dict)
    _originals: dict[tuple[bytes, str, str], float] = field(default_factory=dict)

    def of(self, audio: Audio, reading: Reading) -> float:
        """The margin in nats per differing word on `audio`, mono at 16 kHz; positive where the said word is heard."""
        said, rival = self._likelihoods(audio, reading)
        silence = self._on_silence(reading)
        return ((said - silence[reading.said]) - (rival - silence[reading.rival])) / reading.words

    def of_original(self, audio: Audio, reading: Reading) -> float:
        """As `of`, remembered: every codec and bitrate is compared with the same original."""
        key = (hashlib.sha256(audio.samples.tobytes()).digest(), reading.said, reading.rival)
        if key not in self._originals:
            self._originals[key] = self.of(audio, reading)
        return self._originals[key]

    def _on_silence(self, reading: Reading) -> dict[str, float]:
        texts = frozenset((reading.said, reading.rival))
        if texts not in self._silence:
            said, rival = self._likelihoods(SILENCE, reading)
            self._silence[texts] = {reading.said: said, reading.rival: rival}
        return self._silence[texts]

    def _likelihoods(self, audio: Audio, reading: Reading) -> list[float]:
        return [score.log_probability for score in self.scorer.score_texts(audio, (reading.said, reading.rival))]
