from __future__ import annotations

import json

import numpy as np
import pytest

from codecbench.api import Audio, Recognizer, Scorer, Unavailable
from codecbench.audio import source_signal
from codecbench.datasets import load_dataset
from codecbench.metrics.recognition import count_edits
from codecbench.plugins import registry
from codecbench.recognizers import sphinx
from codecbench.recognizers.normalizer import load_normalizer

pytest.importorskip("pocketsphinx")


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return sphinx.PocketSphinx()


@pytest.fixture(scope="module")
def clips() -> list[tuple[str, Audio]]:
    utterances = load_dataset("probe", registry()).utterances[2:5]
    return [(utterance.transcript or "", source_signal(utterance.path)) for utterance in utterances]


def test_what_was_heard_before_changes_nothing(recognizer: Recognizer, clips: list[tuple[str, Audio]]) -> None:
    another = sphinx.PocketSphinx()
    first = [recognizer.transcribe(audio) for _, audio in clips]
    backwards = [another.transcribe(audio) for _, audio in reversed(clips)]
    assert first == backwards[::-1]


def test_it_hears_more_than_by_chance_and_places_its_words(
    recognizer: Recognizer, clips: list[tuple[str, Audio]]
) -> None:
    normalize = load_normalizer()
    errors = words = 0
    for text, audio in clips:
        heard = recognizer.transcribe(audio)
        edits = count_edits(normalize(text), normalize(heard.text))
        errors, words = errors + edits.total, words + edits.reference_length
        assert " ".join(word.text for word in heard.words) == heard.text
        assert not set("<[(") & set(heard.text)
        assert all(0 <= word.probability <= 1 for word in heard.words)
        ends = [0.0, *(word.end for word in heard.words)]
        assert all(before <= word.start + 1e-9 for before, word in zip(ends, heard.words, strict=False))
        assert ends[-1] <= audio.seconds + 0.02
    assert errors / words < 0.8


@pytest.mark.parametrize("level", [0.0, 0.1])
@pytest.mark.parametrize("samples", [1, 100, 401])
def test_a_click_is_survived(recognizer: Recognizer, samples: int, level: float) -> None:
    heard = recognizer.transcribe(Audio.mono(np.full(samples, level), 16000))
    assert heard.text == "" if level == 0 else isinstance(heard.text, str)


def test_clipping_does_not_wrap() -> None:
    pcm = np.frombuffer(sphinx.as_pcm(np.array([2.0, -2.0], dtype=np.float32)), dtype="<i2")
    assert pcm[:2].tolist() == [32767, -32767]


def test_other_input_is_refused(recognizer: Recognizer) -> None:
    with pytest.raises(ValueError, match="the recognizer"):
        recognizer.transcribe(Audio.mono(np.ones(8000), 8000))


def test_the_card_warns_and_names_its_model() -> None:
    json.dumps(dict(sphinx.CARD.parameters))
    assert "weak" in sphinx.CARD.notes
    assert {"means", "cmudict-en-us.dict", "en-us.lm.bin"} <= {path.name for path in sphinx.CARD.model_files()}
    assert not isinstance(sphinx.PocketSphinx(), Scorer)


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sphinx.importlib.util, "find_spec", lambda name: None)
    for ask in (sphinx.CARD.model_files, sphinx.PocketSphinx):
        with pytest.raises(Unavailable, match=r"pip install 'codecbench\[sphinx\]'"):
            ask()
