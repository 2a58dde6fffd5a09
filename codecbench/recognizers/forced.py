"""Forced decoding with Whisper: how likely each token of a given text is, and when its words are spoken.

ctranslate2's `align` runs the decoder once over the text and returns each token's probability given the audio and the
tokens before it, and the alignment by dynamic time warping of the cross-attention (Radford et al., 2022; the method is
that of openai/whisper's `timing.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, TextScore, Word, WordScore

PROBABILITY_FLOOR = 1e-30
"""A token that the model excludes altogether counts −69 nats, not minus infinity."""
MOST_TOKENS = 440
"""Of the decoder's 448 positions, less the start sequence and the end."""
KEPT = 2
"""Encodings of sounds: the signal in question, and one that its scores may be compared with (the original)."""
HOP = 160
WINDOW_FRAMES = 3000


@dataclass(frozen=True)
class ForcedWord:
    """A word as the tokenizer splits it (with its punctuation) and the probability of each of its tokens."""

    text: str
    probabilities: NDArray[np.float64]
    start: float
    end: float

    @property
    def log_probability(self) -> float:
        """Nats, summed over the tokens."""
        return float(np.log(np.maximum(self.probabilities, PROBABILITY_FLOOR)).sum())

    @property
    def is_mark(self) -> bool:
        return not any(map(str.isalnum, self.text))


@dataclass(frozen=True, eq=False)
class Heard:
    """A segment: where its window begins (frames of 10 ms), its text's tokens, and the window's encoding."""

    seek: int
    tokens: list[int]
    encoding: Any


def whole_window(_: Audio) -> int:
    """Every signal is heard in the model's window."""
    return WINDOW_FRAMES


class ForcedDecoder:
    """On one faster-whisper model; keeps the encodings of the last signals that fit a window.

    `window_frames` says how many frames of 10 ms the encoder is to see for a signal that fits one window; `language` is
    the code that a model of several languages is started with.
    """

    def __init__(self, model: Any, window_frames: Callable[[Audio], int] = whole_window, language: str = "en") -> None:
        from faster_whisper.tokenizer import Tokenizer

        self._model = model
        self._window_frames = window_frames
        # A multilingual model is started with its language and task, one for English alone without.
        several = model.model.is_multilingual
        self._tokenizer = Tokenizer(model.hf_tokenizer, several, task="transcribe", language=language)
        self._encode = model.encode
        self._encoding: Any = None
        self._kept: dict[bytes, Any] = {}
        self._silences: dict[bytes, Any] = {}  # what texts score without any sound is asked for again and again

    @contextmanager
    def remembering(self, audio: Audio | None) -> Iterator[None]:
        """The last encoding that the model makes within is at hand; it is kept beyond if it is all of `audio`."""
        self._encoding = None
        frames = WINDOW_FRAMES if audio is None else self._window_frames(audio)

        def encode(features: Any) -> Any:
            self._encoding = self._encode(np.ascontiguousarray(features[..., :frames]))
            return self._encoding

        self._model.encode = encode
        try:
            yield
        finally:
            del self._model.encode  # the class's own again
        if audio is not None and self._encoding is not None:  # a click of under a frame is not encoded
            self._keep(audio, _digest(audio), self._encoding)

    def heard(self, segment: Any) -> Heard:
        """A segment that `transcribe` has just yielded: it is lazy, so the last encoding is that of its window."""
        tokens = [token for token in segment.tokens if token < self._tokenizer.eot]
        return Heard(segment.seek, tokens, self._encoding)

    def words(self, segments: Sequence[Heard], audio: Audio) -> list[Word]:
        """The words of all segments of `audio`. Those of one window are forced together: they share its time.

        A window's text ends where the next window begins, within its 30 s: beyond, its words are not looked for.
        """
        words: list[Word] = []
        windows = [list(group) for _, group in groupby(segments, key=lambda segment: segment.seek)]
        bounds = [*(window[0].seek for window in windows), audio.length // HOP]
        for window, (seek, end) in zip(windows, pairwise(bounds), strict=True):
            tokens = [token for segment in window for token in segment.tokens]
            frames = min(WINDOW_FRAMES, end - seek)
            offset = seek * HOP / audio.sample_rate
            words += [
                Word(word.text.strip(), offset + word.start, offset + word.end, float(word.probabilities.mean()))
                for word in _without_marks(self._force(tokens, frames, window[0].encoding))
            ]
        return words

    def score(self, audio: Audio, text: str) -> TextScore:
        """Raises ValueError for a text of too many tokens."""
        tokens = self._tokenizer.encode(" " + text.strip())
        if len(tokens) > MOST_TOKENS:
            raise ValueError(f"a text of {len(tokens)} tokens cannot be scored, {MOST_TOKENS} are the most")
        if not text.strip():
            return TextScore(text, 0.0, 0)
        pieces = self._force(tokens, audio.length // HOP, self._encoding_of(audio))
        words = tuple(
            WordScore(word.text.strip(), word.log_probability, word.start, word.end) for word in _without_marks(pieces)
        )
        return TextScore(text, sum(piece.log_probability for piece in pieces), len(tokens), words)

    def _encoding_of(self, audio: Audio) -> Any:
        digest = _digest(audio)
        for kept in (self._kept, self._silences):
            if digest in kept:
                return self._keep(audio, digest, kept[digest])
        return self._keep(audio, digest, self._encode(self._features(audio)))

    def _keep(self, audio: Audio, digest: bytes, encoding: Any) -> Any:
        """As the newest of its kind; the oldest is let go."""
        kept = self._kept if audio.samples.any() else self._silences
        kept.pop(digest, None)
        kept[digest] = encoding
        while len(kept) > KEPT:
            del kept[next(iter(kept))]
        return encoding

    def _features(self, audio: Audio) -> Any:
        """As `transcribe` makes them: log-mel of the signal, padded to the window with zeros."""
        from faster_whisper.audio import pad_or_trim

        return pad_or_trim(self._model.feature_extractor(audio.samples[0])[..., :-1], self._window_frames(audio))

    def _force(self, tokens: list[int], frames: int, encoding: Any) -> list[ForcedWord]:
        tokens = tokens[:MOST_TOKENS]
        if not tokens:
            return []
        tokenizer = self._tokenizer
        # Two frames are one position of the encoder, and the aligner's median filter wants more than one.
        (aligned,) = self._model.model.align(encoding, tokenizer.sot_sequence, [tokens], max(4, frames))
        probabilities = np.array(aligned.text_token_probs, dtype=np.float64)
        texts, pieces = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
        bounds = np.cumsum([0, *(len(piece) for piece in pieces[:-1])])  # the end token's piece is left out
        times = self._jumps(aligned.alignments, len(tokens))
        return [
            ForcedWord(text, probabilities[start:end], float(times[start]), float(times[end]))
            for text, start, end in zip(texts, bounds[:-1], bounds[1:], strict=False)
        ]

    def _jumps(self, alignments: Sequence[tuple[int, int]], tokens: int) -> NDArray[np.float64]:
        """When each of the tokens, and the end after them, begins, in seconds [tokens + 1]."""
        starts = np.full(tokens + 1, np.nan)
        for token, frame in reversed(alignments):
            if token <= tokens:
                starts[token] = frame / self._model.tokens_per_second
        known = ~np.isnan(starts)
        filled: NDArray[np.float64] = np.interp(np.arange(tokens + 1), np.flatnonzero(known), starts[known])
        return filled


def _without_marks(pieces: Sequence[ForcedWord]) -> list[ForcedWord]:
    """Marks are shown with the word before them, whose probability is its own."""
    words: list[ForcedWord] = []
    for piece in pieces:
        if not piece.is_mark:
            words.append(piece)
        elif words:
            words[-1] = replace(words[-1], text=words[-1].text + piece.text)
    return words


def _digest(audio: Audio) -> bytes:
    return hashlib.sha256(audio.samples.tobytes()).digest()
