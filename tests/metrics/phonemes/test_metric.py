from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from codecbench.api import Abstain, Audio, Hypothesis, Sample, Score, Unavailable, Utterance
from codecbench.metrics.phonemes import Dper, Pronouncer

pytest.importorskip("hibari")

CLIP = Audio.mono(np.zeros(16000), 16000)


@pytest.fixture(scope="module")
def metric() -> Dper:
    return Dper()


@pytest.fixture(scope="module")
def pronouncer() -> Pronouncer:
    return Pronouncer()


def score(metric: Dper, original: str, decoded: str) -> Score:
    utterance = Utterance("u", Path("u.wav"))
    return metric.score(Sample(utterance, CLIP, CLIP, CLIP, Hypothesis(original), Hypothesis(decoded)))


def test_one_flipped_consonant(metric: Dper) -> None:
    found = score(metric, "A fan of his.", "A van of his.")
    assert (found.numerator, found.denominator) == (1.0, 9.0)
    assert found.detail["flips"] == [{"original": "f", "decoded": "v", "original_word": "fan", "decoded_word": "van"}]
    assert found.detail["distance"] == pytest.approx(1 / 3)


def test_homophones_and_spellings_are_no_error(metric: Dper) -> None:
    assert score(metric, "Two knights, at 10.", "too nights at ten").value == 0


def test_an_empty_decoded_is_all_deletions(metric: Dper) -> None:
    found = score(metric, "solve it", "")
    assert found.value == 1.0
    assert found.detail["deletions"] == found.denominator == 6


def test_no_words_in_the_original_abstains(metric: Dper) -> None:
    with pytest.raises(Abstain, match="no words in the original"):
        score(metric, "...", "solve")


def test_what_cannot_be_spoken_is_named(metric: Dper) -> None:
    assert score(metric, "solve", "solve 日本").detail["unspoken"] == ["日本"]


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hibari.g2p", None)
    with pytest.raises(Unavailable, match=r"pip install 'codecbench\[phonemes\]'"):
        Pronouncer()
