from __future__ import annotations

import pytest
from made_runs import MadeCodec
from made_words import made

from codecbench.analysis import Findings
from codecbench.analysis.word_rivals import find_word_rivals


@pytest.mark.parametrize("speakers", [1, 2, 5])
def test_a_few_speakers_tell_nothing(speakers: int) -> None:
    results = made(speakers=speakers)
    found = Findings(results).word_rivals
    assert found
    assert {one.outcome for one in found} == {"cannot tell"}


def test_comparisons_of_one_codec_are_a_smaller_family() -> None:
    findings = Findings(made())
    mine = findings.word_rivals_of("blur")
    assert mine
    assert {one.first.codec for one in mine} == {"blur"}
    assert len(mine) <= len(findings.word_rivals)


def test_who_is_asked_about_comes_first_and_decides_the_sign() -> None:
    findings = Findings(made())
    liar, blur = (find_word_rivals(findings.summary, findings.cells, name)[0] for name in ("liar", "blur"))
    assert (liar.first.codec, liar.outcome, blur.first.codec, blur.outcome) == ("liar", "more", "blur", "less")
    assert liar.change == pytest.approx(-blur.change)


def test_only_like_bitrates_are_rivals() -> None:
    assert Findings(made(codecs=[MadeCodec("liar", (3,)), MadeCodec("blur", (6,))])).word_rivals == ()
