"""The four metrics on a recognizer made for the test: it hears what it is told, and scores by a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from codecbench.api import Abstain, Audio, Hypothesis, RecognizerCard, Sample, Score, TextScore, Utterance, Word
from codecbench.metrics import hallucination
from codecbench.metrics.hallucination import metric as module
from codecbench.metrics.hallucination.calibration import VerdictCalibration
from codecbench.metrics.hallucination.margins import find_repairs, margins
from codecbench.metrics.recognition import DELTA_WER_CARD, DeltaWer
from codecbench.recognizers.normalizer import load_normalizer

pytest.importorskip("jiwer")
pytest.importorskip("whisper_normalizer")
pytest.importorskip("hibari")

SIGNAL = Audio.mono(0.1 * np.random.default_rng(0).standard_normal(32000), 16000)
CARD = RecognizerCard("told", "1", list)
CALIBRATION = VerdictCalibration("told", "1", (), "n", "w", 0.6, 0.5, 2.0, 0.05, 0.2, 500, 30, 30, "0" * 64, {})


class Table:
    """Log-probabilities by text given speech, 0 where it has none; given silence `silence` by text."""

    def __init__(self, speech: Mapping[str, float], silence: Mapping[str, float] | None = None) -> None:
        self.speech, self.silence = speech, silence or {}
        self.asked: list[str] = []

    def score_texts(self, audio: Audio, texts: Sequence[str]) -> list[TextScore]:
        table = self.speech if audio.samples.any() else self.silence
        self.asked += texts if audio.samples.any() else []
        return [TextScore(text, table.get(text, 0.0), len(text.split())) for text in texts]


def said(text: str, probability: float = 0.9) -> Hypothesis:
    return Hypothesis(text, tuple(Word(w, n / 4, (n + 1) / 4, probability) for n, w in enumerate(text.split())))


def sample(transcript: str | None, original: Hypothesis, decoded: Hypothesis, scorer: Table | None = None) -> Sample:
    utterance = Utterance("u", Path("u.wav"), transcript)
    return Sample(utterance, SIGNAL, SIGNAL, SIGNAL, original, decoded, None, CARD, scorer or Table({}))


@pytest.fixture(autouse=True)
def _calibrated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "calibration_of", lambda card: CALIBRATION)


def scores(of: Sample) -> dict[str, Score]:
    every = hallucination.WordChanges().score_all(of)
    found = {}
    for name, card in zip(("ci", "cf", "h", "d"), hallucination.CARDS, strict=True):
        score = every[card.id]
        assert isinstance(score, Score), score
        found[name] = score
    return found


def test_a_lie_a_blur_and_a_loss() -> None:
    """ "serve" is a lie; "sam" is doubted by the recognizer; "now" is gone; "a" was wrong before."""
    before, after = said("We solve a sums now."), said("We serve the sam.")
    words = list(after.words)
    words[3] = Word("sam.", 0.75, 1.0, 0.2)
    after = Hypothesis(after.text, tuple(words))
    scorer = Table({"We serve the sam.": -4.0, "We solve the sam.": -9.0, "We serve the sums now.": -6.0})
    found = scores(sample("we solve the sums now", before, after, scorer))
    assert [(name, score.numerator, score.denominator) for name, score in found.items()] == [
        ("ci", 3.0, 5.0), ("cf", 1.0, 5.0), ("h", 1.0, 5.0), ("d", 2.0, 5.0),
    ]  # fmt: skip
    (lie,) = found["h"].detail["words"]
    assert (lie["reference"], lie["heard"], lie["margin"], lie["begins"]) == ("solve", "serve", 5.0, 0.25)
    assert found["d"].detail["reasons"] == {"unsure": 1, "deletion": 1}
    assert [error["reference"] for error in found["ci"].detail["errors"]] == ["solve", "sums", "now"]
    assert [fix["reference"] for fix in found["cf"].detail["fixes"]] == ["the"]
    assert scorer.asked == ["We serve the sam.", "We solve the sam."]  # nothing else hangs on a margin


def test_the_two_identities_hold_on_any_texts() -> None:
    draw = np.random.default_rng(3)
    words = ["we", "solve", "serve", "the", "sums", "it's", "twenty", "five", "Mr.", "zzgh"]
    for _ in range(150):
        transcript, before, after = (" ".join(draw.choice(words, draw.integers(1, 9))) for _ in range(3))
        of = sample(transcript, said(before), said(after, float(draw.random())), Table({}))
        found = scores(of)
        assert found["h"].numerator + found["d"].numerator == found["ci"].numerator
        assert found["ci"].numerator - found["cf"].numerator == DeltaWer().score(of).numerator
        assert len({score.denominator for score in found.values()} | {DeltaWer().score(of).denominator}) == 1
    assert DELTA_WER_CARD.parameters["normalizer"] == hallucination.CI_CARD.parameters["normalizer"]


def test_the_recognizer_s_taste_in_texts_is_no_evidence() -> None:
    """The same five nats, but given silence too: the recognizer would say "serve" anyway."""
    texts = {"we serve": -4.0, "we solve": -9.0}
    found = scores(sample("we solve", said("we solve"), said("we serve"), Table(texts, texts)))
    assert (found["h"].numerator, found["d"].detail["reasons"]) == (0.0, {"no better": 1})
    assert found["d"].detail["words"][0]["margin"] == 0.0


def test_a_run_of_errors_is_repaired_as_one_in_the_recognizer_s_spelling() -> None:
    before, after = said("Doctor Brown solved it."), said("Actor Ryan solved it.")
    comparison = hallucination.compare("doctor brown solved it", before, after, load_normalizer())
    (repair,) = find_repairs(comparison, before, after, 2.0)
    assert (repair.heard, repair.repaired) == ("Actor Ryan solved it.", "Doctor Brown solved it.")
    scorer = Table({repair.heard: -3.0, repair.repaired: -9.0})
    assert margins([repair], after, SIGNAL, scorer) == {0: 3.0, 1: 3.0}  # six nats for two words


@pytest.mark.parametrize(
    ("before", "after", "repaired"),
    [
        ("Solve it now.", "It now.", None),
        ("It is so.", "Well it is so.", "it is so."),
        ("We left. Solve it.", "We left. Serve it.", "We left. Solve it."),
        ("They solve, we rest.", "They serve. We rest.", "They solve. We rest."),
        ("So we go.", "So we may go.", "So we go."),
    ],
)
def test_repairs_keep_marks_and_capitals(before: str, after: str, repaired: str | None) -> None:
    comparison = hallucination.compare(before, said(before), said(after), load_normalizer())
    found = find_repairs(comparison, said(before), said(after), 2.0)
    assert [repair.repaired for repair in found] == ([] if repaired is None else [repaired])


def test_of_a_long_recording_only_an_excerpt_is_scored() -> None:
    names = ["".join(chr(ord("b") + int(digit)) for digit in f"{n:03}") + "o" for n in range(200)]
    text = " ".join(names)
    before, after = said(text), said(text.replace(names[100], "serve"))
    comparison = hallucination.compare(text, before, after, load_normalizer())
    (repair,) = find_repairs(comparison, before, after, 50.0)
    assert (repair.last - repair.first) / 4 <= 28.0
    assert "serve" in repair.heard
    assert names[100] in repair.repaired

    class Short(Table):
        def score_texts(self, audio: Audio, texts: Sequence[str]) -> list[TextScore]:
            assert audio.seconds <= 30.0
            return super().score_texts(audio, texts)

    noise = Audio.mono(np.random.default_rng(0).standard_normal(50 * 16000), 16000)
    assert margins([repair], after, noise, Short({})) == {0: 0.0}


def test_without_a_transcript_the_original_stands_in_and_says_so() -> None:
    found = scores(sample(None, said("we solve it"), said("we serve it")))
    assert all(score.detail["stand_in"] for score in found.values())
    assert (found["ci"].numerator, found["cf"].numerator, found["ci"].denominator) == (1.0, 0.0, 3.0)
    with pytest.raises(Abstain, match="no words in the original"):
        scores(sample(None, said(""), said("we serve it")))
    with pytest.raises(Abstain, match="transcript has no words"):
        scores(sample("...", said("we"), said("we serve it")))


def test_loops_are_degraded_and_counted_apart() -> None:
    found = scores(sample("we go home", said("we go home"), said("we go go go go home")))
    assert (found["d"].detail["looped"], found["d"].detail["reasons"]) == (3, {"loop": 3})


def test_a_recognizer_without_evidence_on_words_is_not_judged_by() -> None:
    of = sample("we solve it", Hypothesis("we solve it"), Hypothesis("we serve it"))
    every = hallucination.WordChanges().score_all(of)
    induced, judged = every["ci_wer"], every["hallucinated_wer"]
    assert isinstance(induced, Score)
    assert induced.numerator == 1.0
    assert isinstance(judged, Abstain)
    assert "no evidence on words" in str(judged)
    assert every["degraded_wer"] is judged


def test_a_text_of_dots_is_deletions_not_a_lack_of_evidence() -> None:
    found = scores(sample("we solve it", said("we solve it"), Hypothesis(". . . . .")))
    assert (found["ci"].numerator, found["h"].numerator, found["d"].numerator) == (3.0, 0.0, 3.0)
    assert found["d"].detail["reasons"] == {"deletion": 3}


def test_the_null_floor_is_counted_with_the_transcript() -> None:
    of = sample("we solve it", said("we solve it"), said("we solve it"))
    of = Sample(**vars(of) | {"prepared": {"shift 1 ms": "we serve it", "+1 dB": "we solve it"}})
    assert scores(of)["ci"].detail["null"] == {"shift 1 ms": 1, "+1 dB": 0}
