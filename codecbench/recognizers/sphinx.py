"""PocketSphinx 5 (Huggins-Daines et al., 2006): hidden Markov models and a trigram; its wheel holds its model.

As a recognizer it is weak, but it fails in other ways than a neural one, so it is good for a second look: it invents no
fluent sentence. Cepstral means are taken over each utterance alone: what was heard before must not change a score.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, Hypothesis, RecognizerCard, Unavailable, Word
from codecbench.recognizers.hearing import RATE, checked_samples

PACKAGE = "pocketsphinx"
INSTALL = "pip install 'codecbench[sphinx]'"
FRAME_S = 0.01
SHORTEST = RATE // 4
"""Less is padded with zeros: a click has no frame to decode."""
ACOUSTIC = {"cmn": "batch"}


def model_files() -> Sequence[Path]:
    """Acoustic model, dictionary and language model, in a fixed order. Raises Unavailable where it is not installed."""
    folder = _package() / "model" / "en-us"
    files = [*sorted((folder / "en-us").glob("*")), folder / "cmudict-en-us.dict", folder / "en-us.lm.bin"]
    if missing := [path.name for path in files if not path.is_file()]:
        raise Unavailable(f"pocketsphinx is installed without its model ({missing[0]}): reinstall pocketsphinx")
    return files


CARD = RecognizerCard(
    id="pocketsphinx",
    version="1",
    model_files=model_files,
    parameters={**ACOUSTIC, "level": "16 bit", "shortest_samples": SHORTEST},
    notes="weak (28 to 49 % word errors on clean speech): compare codecs by it, quote no figure of it alone",
)


class PocketSphinx:
    """Continuous speech by the wheel's own dictionary of 134,000 words and its language model."""

    def __init__(self) -> None:
        """Raises Unavailable where pocketsphinx is not installed."""
        self._decoder = load_decoder(**ACOUSTIC)

    def transcribe(self, audio: Audio) -> Hypothesis:
        """The words in `audio`, mono at 16 kHz; probabilities are posteriors in the lattice of what it considered.

        Raises:
            ValueError: not mono at 16 kHz, or NaN or infinite samples.
        """
        samples = checked_samples(audio)
        if not samples.any():
            return Hypothesis("")
        decode(self._decoder, as_pcm(samples))
        words = tuple(
            Word(plain(piece.word), piece.start_frame * FRAME_S, (piece.end_frame + 1) * FRAME_S, min(1.0, piece.prob))
            for piece in self._decoder.seg() or ()
            if is_word(piece.word)
        )
        return Hypothesis(" ".join(word.text for word in words), words)


def load_decoder(**settings: Any) -> Any:
    """A decoder on the wheel's model. Raises Unavailable where pocketsphinx is not installed."""
    _package()
    import pocketsphinx

    return pocketsphinx.Decoder(loglevel="FATAL", **settings)


def decode(decoder: Any, pcm: bytes) -> None:
    """One whole utterance, so that means are its own. Raises RuntimeError where the search finds no way through."""
    decoder.reinit_feat()  # else the utterances before have a part in its scores
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
    decoder.end_utt()


def as_pcm(samples: NDArray[np.float32]) -> bytes:
    """16 bit, as it takes them; clipped, and padded to `SHORTEST`."""
    padded = np.pad(samples, (0, max(0, SHORTEST - samples.size)))
    return np.round(np.clip(padded, -1.0, 1.0) * 32767).astype("<i2").tobytes()


def is_word(name: str) -> bool:
    """Neither silence nor noise, which it writes in brackets: `<sil>`, `[NOISE]`."""
    return name[:1] not in ("<", "[")


def plain(name: str) -> str:
    """Without the number of the pronunciation: `read(2)` is "read"."""
    return name.partition("(")[0]


def _package() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Unavailable(f"PocketSphinx is not installed: {INSTALL}")
    return Path(spec.origin).parent
