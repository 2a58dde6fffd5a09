"""The four metrics on a recognizer made for the test: it hears what it is told, and scores by a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_ears import SIGNAL, Table, said

from codecbench.api import Abstain, Hypothesis, RecognizerCard, Sample, Score, Utterance, Word
from codecbench.metrics import hallucination
from codecbench.metrics.hallucination import metric as module
from codecbench.metrics.hallucination.calibration import VerdictCalibration
from codecbench.metrics.recognition import DELTA_WER_CARD, DeltaWer

pytest.importorskip("jiwer")
pytest.importorskip("whisper_normalizer")
pytest.importorskip("hibari")

CARD = RecognizerCard("told", "1", list)
CALIBRATION = VerdictCalibration("told", "1", (), "n", "w", 0.6, 0.5, 2.0, 0.05, 0.2, 500, 30, 30, "0" * 64, {})


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


def test_without_a_transcript_the_original_stands_in_and_says_so() -> None:
    found = scores(sample(None, said("we solve it"), said("we serve it")))
    assert all(score.detail["stand_in"] for score in found.values())
    assert (found["ci"].numerator, found["cf"].numerator, found["ci"].denominator) == (1.0, 0.0, 3.0)
    with pytest.raises(Abstain, match="no words in the original"):
        scores(sample(None, said(""), said("we serve it")))
    with pytest.raises(Abstain, match="transcript has no words"):
        scores(sample("...", said("we"), said("we serve it")))


def test_loops_are_cut_and_counted_apart() -> None:
    found = scores(sample("we go home", said("we go home"), said("we go go go go home")))
    assert all(score.numerator == 0.0 for score in found.values())
    assert (found["d"].detail["looped"], found["d"].detail["reasons"]) == (3, {})


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
