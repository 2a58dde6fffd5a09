"""A CTC recognizer (Graves et al., 2006) from a local folder of transformers: wav2vec 2.0, HuBERT, MMS and their kind.

Greedy decoding: of each frame the likeliest symbol, repetitions once, blanks dropped. No language model stands between
sound and text, so that it spells what it hears: a second opinion on near-homophones, which Whisper reads by context.
One language: that of the folder's tokenizer (of MMS, the adapter that is saved with it).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, Hypothesis, RecognizerCard, Unavailable, Word
from codecbench.api.recognizer import ANY_LANGUAGE
from codecbench.plugins import Registered
from codecbench.recognizers.hearing import RATE, checked_samples

INSTALL = "pip install 'codecbench[neural]'"
VERSION = "1"
SHORTEST = RATE // 10
"""Less is padded with zeros: the network's first layers span 25 ms."""
PATTERNS = ("*.json", "*.safetensors", "pytorch_model*.bin", "*.txt")
NEEDED = {
    "weights": ("*.safetensors", "pytorch_model*.bin"),
    "tokenizer": ("vocab.json", "tokenizer.json"),
    "feature extractor": ("preprocessor_config.json", "processor_config.json"),
}
"""By what it is, the files of which one must be there."""


@dataclass(frozen=True)
class Alphabet:
    """What a frame can be. `symbols` by id has those that are written; `blank` and `space` are ids."""

    symbols: Mapping[int, str]
    blank: int
    space: int | None


def files_in(folder: Path) -> list[Path]:
    """What transformers may read of `folder`, in a fixed order. Raises Unavailable where it is no CTC model."""
    if not folder.is_dir():
        raise Unavailable(f"there is no folder '{folder}'; wanted: one with a CTC model and its processor")
    try:
        kinds = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("architectures") or []
    except (OSError, ValueError, AttributeError) as error:
        raise Unavailable(f"'{folder}' is not a transformers model: its config.json cannot be read") from error
    if not any(str(kind).endswith("ForCTC") for kind in kinds):
        raise Unavailable(
            f"'{folder}' does not hold a CTC model but {', '.join(map(str, kinds)) or 'one of no known kind'}"
        )
    for what, patterns in NEEDED.items():
        if not any(True for pattern in patterns for _ in folder.glob(pattern)):
            raise Unavailable(f"'{folder}' has no {what}: {' or '.join(patterns)}")
    return sorted({path for pattern in PATTERNS for path in folder.glob(pattern)})


def in_folder(folder: Path) -> Registered[RecognizerCard]:
    """The model in `folder`. Raises Unavailable where there is none."""
    files_in(folder)
    card = RecognizerCard(
        id=f"ctc:{folder.name}",
        version=VERSION,
        model_files=partial(files_in, folder),
        parameters={"decoding": "greedy", "probability": "mean of frame maxima", "shortest_samples": SHORTEST},
        languages=(ANY_LANGUAGE,),  # no file of such a folder says reliably what it was trained for
        devices={"cuda": {}, "mps": {}},
    )
    return Registered(card, partial(Ctc, folder), "recognizers")


class Ctc:
    """The network in float32; nothing but the folder is read, and nothing of it executed."""

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        """`device` as torch calls it.

        Raises:
            Unavailable: torch or transformers is missing, or the folder wants another sample rate.
        """
        try:
            import torch
            from transformers import AutoFeatureExtractor, AutoModelForCTC, AutoTokenizer
        except ImportError as error:
            raise Unavailable(f"CTC recognizers need torch and transformers ({error}): {INSTALL}") from error
        self._torch: Any = torch
        here = {"local_files_only": True, "trust_remote_code": False}
        features: Any = AutoFeatureExtractor
        self._features = features.from_pretrained(folder, **here)
        if self._features.sampling_rate != RATE:
            raise Unavailable(
                f"'{folder}' expects {self._features.sampling_rate} Hz input; only {RATE} Hz models are supported"
            )
        self._alphabet = _alphabet(AutoTokenizer.from_pretrained(folder, **here))
        model = AutoModelForCTC.from_pretrained(folder, **here, weights_only=True, dtype=torch.float32)
        self._device = device
        self._model: Any = model.eval().to(device)

    def transcribe(self, audio: Audio) -> Hypothesis:
        """The words in `audio`, mono at 16 kHz. Raises ValueError for any other, and for NaN or infinite samples."""
        samples = checked_samples(audio)
        if not samples.any():
            return Hypothesis("")
        padded = np.pad(samples, (0, max(0, SHORTEST - samples.size)))
        with self._torch.inference_mode():
            features = self._features(padded, sampling_rate=RATE, return_tensors="pt").to(self._device)
            logits = self._model(**features).logits[0].cpu()
            probabilities = logits.double().softmax(-1).numpy()  # [frames, symbols]
        hop = getattr(self._model.config, "inputs_to_logits_ratio", None) or padded.size / len(probabilities)
        return read_frames(probabilities, self._alphabet, hop / RATE)


def read_frames(probabilities: NDArray[np.float64], alphabet: Alphabet, frame_s: float) -> Hypothesis:
    """Greedy decoding of `probabilities` [frames, symbols], a frame every `frame_s` seconds.

    A word lasts from its first to its last frame that is no blank; its probability is the mean, over those of its
    frames that are no blank, of the likeliest symbol's probability.
    """
    best, most = probabilities.argmax(axis=1), probabilities.max(axis=1)
    words = []
    for run in _words(best, alphabet):
        text = "".join(alphabet.symbols[symbol] for symbol, _ in run)
        frames = [frame for _, its in run for frame in its]
        words.append(Word(text, frames[0] * frame_s, (frames[-1] + 1) * frame_s, min(1.0, float(most[frames].mean()))))
    return Hypothesis(" ".join(word.text for word in words), tuple(words))


_Letters = list[tuple[int, list[int]]]
"""(symbol, its frames)"""


def _words(best: NDArray[np.int64], alphabet: Alphabet) -> Iterator[_Letters]:
    letters: _Letters = []
    for symbol, run in groupby(enumerate(best.tolist()), key=lambda pair: pair[1]):
        if symbol == alphabet.space:
            if letters:
                yield letters
            letters = []
        elif symbol != alphabet.blank and symbol in alphabet.symbols:
            letters.append((symbol, [frame for frame, _ in run]))
    if letters:
        yield letters


def _alphabet(tokenizer: Any) -> Alphabet:
    """CTC's blank is the padding symbol in these models. Marks such as <unk> are heard, but never written."""
    delimiter = getattr(tokenizer, "word_delimiter_token", None) or " "
    ids: dict[str, int] = tokenizer.get_vocab()
    if tokenizer.pad_token_id is None:
        raise Unavailable("the folder's tokenizer names no padding symbol, which is CTC's blank")
    unwritten = {*tokenizer.all_special_ids, ids.get(delimiter)}
    symbols = {number: symbol for symbol, number in ids.items() if number not in unwritten}
    return Alphabet(symbols, tokenizer.pad_token_id, ids.get(delimiter))
