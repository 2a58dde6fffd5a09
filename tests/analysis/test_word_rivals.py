from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from made_runs import MadeCodec
from made_words import made

from codecbench.analysis import Findings
from codecbench.analysis.word_rivals import find_word_rivals
from codecbench.metrics.hallucination.evidence import BlurCount, JudgedEvidence
from codecbench.store.rows import StoredResults


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
    liar, blur = (find_word_rivals(findings.summary, findings.cells, None, name)[0] for name in ("liar", "blur"))
    assert (liar.first.codec, liar.outcome, blur.first.codec, blur.outcome) == ("liar", "more", "blur", "less")
    assert liar.change == pytest.approx(-blur.change)


def test_only_like_bitrates_are_rivals() -> None:
    assert Findings(made(codecs=[MadeCodec("liar", (3,)), MadeCodec("blur", (6,))])).word_rivals == ()


BLURS = {"noise 10 dB": BlurCount(6202, 636, 103), "noise 0 dB": BlurCount(6202, 3058, 242)}


def counted(
    errors: Mapping[str, float], share: Mapping[str, float], seed: int = 0, utterances: int = 60
) -> StoredResults:
    """A made run whose codecs change on average `errors` of 17 words, of which a `share` is hallucinated."""
    results = made(codecs=[MadeCodec(name, (6,)) for name in errors], utterances=utterances, speakers=20)
    draw, changed, scores = np.random.default_rng(seed), {}, []
    for row in results.scores:
        if row.metric == "ci_wer":
            changed[row.cell] = min(17, int(draw.poisson(errors[row.codec])))
            row = replace(row, numerator=float(changed[row.cell]), denominator=17.0)
        elif row.metric == "hallucinated_wer":
            wrong = float(draw.binomial(changed[row.cell], share[row.codec]))
            detail = JudgedEvidence(False, (), 0, None, BLURS).to_json()
            row = replace(row, numerator=wrong, denominator=17.0, detail=detail)
        elif row.metric != "degraded_wer":
            continue
        scores.append(row)
    return replace(results, scores=tuple(scores))


def outcome(results: StoredResults, first: str) -> tuple[str, str]:
    (one,) = [one for one in Findings(results).word_rivals_of(first) if one.metric == "hallucinated_wer"]
    return one.outcome, one.beyond


@pytest.mark.parametrize(("errors", "share"), [(9.5, 0.067), (15.0, 0.03), (1.8, 0.16)])
@pytest.mark.parametrize("seed", range(5))
def test_noise_of_any_level_never_hallucinates_more(errors: float, share: float, seed: int) -> None:
    """Shares as white noise at 0, -5 and 10 dB has them, against a codec that changes a tenth of the words."""
    told, _ = outcome(counted({"noise": errors, "codec": 1.2}, {"noise": share, "codec": 0.2}, seed), "noise")
    assert told in ("more misheard", "cannot tell")


def test_more_noise_is_more_words_misheard_with_confidence() -> None:
    results = counted({"noise": 9.5, "codec": 0.5}, {"noise": 0.08, "codec": 0.2})
    assert outcome(results, "noise") == ("more misheard", "")
    assert outcome(results, "codec") == ("less misheard", "")


@pytest.mark.parametrize("seed", range(5))
def test_a_codec_that_swaps_words_hallucinates_more(seed: int) -> None:
    """Two of 17 words in each of 60 utterances, of which the verdict finds .4, against a clean codec: beyond blur."""
    results = counted({"splicer": 2.0, "codec": 0.3}, {"splicer": 0.4, "codec": 0.15}, seed)
    assert outcome(results, "splicer") == ("more", "blur") or outcome(results, "splicer") == ("more", "share")


def test_of_two_that_change_as_many_words_the_share_tells() -> None:
    results = counted({"splicer": 4.0, "codec": 4.0}, {"splicer": 0.4, "codec": 0.1})
    assert outcome(results, "splicer") == ("more", "share")
    assert outcome(results, "codec") == ("less", "share")
