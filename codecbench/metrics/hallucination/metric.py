"""`ci_wer`, `cf_wer`, `hallucinated_wer`, `degraded_wer`: one comparison of an utterance, four figures.

    wer − wer of the original = ci_wer − cf_wer        hallucinated_wer + degraded_wer = ci_wer

Both hold exactly, utterance by utterance. Without a transcript what was heard in the original stands in for it
(`stand_in` in the detail). Aligned transcripts are welcome: what they favour is favoured on both sides.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from codecbench.api import Abstain, Audio, Hypothesis, MetricCard, Recognizer, Sample, Score, Utterance
from codecbench.metrics.hallucination.calibration import calibration_of
from codecbench.metrics.hallucination.cards import CF_CARD, CI_CARD, DEGRADED_CARD, HALLUCINATED_CARD, NULL_FLOOR
from codecbench.metrics.hallucination.comparison import Comparison, compare, compare_sample
from codecbench.metrics.hallucination.evidence import FixedEvidence, InducedEvidence, JudgedEvidence, WordError
from codecbench.metrics.hallucination.lexicon import is_real_word
from codecbench.metrics.hallucination.margins import find_repairs, margins
from codecbench.metrics.hallucination.null_floor import heard_under_null
from codecbench.metrics.hallucination.verdict import Kind, Verdict, doubtful, gather, judge
from codecbench.metrics.pair import PairMetric, checked_pair
from codecbench.recognizers.normalizer import load_normalizer


class CodecInduced(PairMetric):
    """|E| per reference word.

    The detail has the errors with their places in reference and decoded, so that a reader can look at and listen to
    each, the reference itself, and |E| of the same original under the null floor's inaudible changes.
    """

    card = CI_CARD

    def __init__(self) -> None:
        self._normalize = load_normalizer()

    def prepare_heard(
        self,
        utterance: Utterance,  # noqa: ARG002 - what is heard does not depend on what was said
        reference: Audio,
        recognizer: Recognizer,
        parameters: Mapping[str, Any],
    ) -> dict[str, str]:
        """What is heard in `reference` under the null floor's conditions."""
        return heard_under_null(reference, recognizer, parameters[NULL_FLOOR])

    def score(self, sample: Sample) -> Score:
        checked_pair(sample)
        comparison = compare_sample(sample, self._normalize)
        evidence = InducedEvidence(
            comparison.stand_in,
            comparison.reference,
            tuple(map(WordError.of, comparison.errors)),
            self._null_edits(sample),
        )
        return Score(float(len(comparison.errors)), float(comparison.words), evidence.to_json())

    def _null_edits(self, sample: Sample) -> dict[str, int]:
        """|E| by condition; the words are the score's denominator."""
        original, transcript = sample.reference_hypothesis, sample.utterance.transcript
        assert original is not None  # compare_sample has refused it
        heard: Mapping[str, str] = sample.prepared or {}
        return {
            condition: len(compare(transcript, original, Hypothesis(text), self._normalize).errors)
            for condition, text in heard.items()
        }


class CodecFixed(PairMetric):
    """|F| per reference word. The detail has the words."""

    card = CF_CARD

    def __init__(self) -> None:
        self._normalize = load_normalizer()

    def score(self, sample: Sample) -> Score:
        checked_pair(sample)
        comparison = compare_sample(sample, self._normalize)
        evidence = FixedEvidence(comparison.stand_in, tuple(map(WordError.of, comparison.fixes)))
        return Score(float(len(comparison.fixes)), float(comparison.words), evidence.to_json())


class Judged(PairMetric):
    """|H| or |D| per reference word, where every codec-induced error is either.

    The detail has the verdict on each word of its kind with the evidence, and counts of why words are degraded.
    Abstains where the recognizer has no calibration or gives no evidence on words.
    """

    def __init__(self, card: MetricCard, kind: Kind) -> None:
        self.card = card
        self._kind = kind
        self._normalize = load_normalizer()

    def score(self, sample: Sample) -> Score:
        checked_pair(sample)
        comparison = compare_sample(sample, self._normalize)
        verdicts = [verdict for verdict in verdicts_on(sample, comparison) if verdict.kind == self._kind]
        reasons = Counter[str](verdict.reason for verdict in verdicts) if self._kind == "degraded" else None
        looped = sum(verdict.evidence.looped for verdict in verdicts)
        evidence = JudgedEvidence(comparison.stand_in, tuple(verdicts), looped, reasons)
        return Score(float(len(verdicts)), float(comparison.words), evidence.to_json())


def hallucinated() -> Judged:
    """The metric `hallucinated_wer`."""
    return Judged(HALLUCINATED_CARD, "hallucinated")


def degraded() -> Judged:
    """The metric `degraded_wer`."""
    return Judged(DEGRADED_CARD, "degraded")


def verdicts_on(sample: Sample, comparison: Comparison) -> list[Verdict]:
    """Of all errors, in their order. Metrics ask in turn for the same sample: the last answer is kept.

    Raises:
        Abstain: the recognizer has no calibration, or gives no evidence on words.
    """
    key = _key(sample)
    if key not in _last:
        _last.clear()
        _last[key] = _judge(sample, comparison)
    return _last[key]


_last: dict[str, list[Verdict]] = {}


def _key(sample: Sample) -> str:
    digest = hashlib.sha256(sample.decoded.samples.tobytes())
    digest.update(repr((sample.recognizer and sample.recognizer.id, sample.utterance.transcript)).encode())
    digest.update(repr((sample.reference_hypothesis, sample.decoded_hypothesis)).encode())
    return digest.hexdigest()


def _judge(sample: Sample, comparison: Comparison) -> list[Verdict]:
    before, after = sample.reference_hypothesis, sample.decoded_hypothesis
    assert before is not None  # compare_sample has refused it
    assert after is not None
    told = ((comparison.original, before), (comparison.decoded, after))  # dots alone are a text without words
    if sample.scorer is None or any(words and not hypothesis.words for words, hypothesis in told):
        name = f"the recognizer '{sample.recognizer.id}'" if sample.recognizer else "the recognizer"
        raise Abstain(f"{name} gives no evidence on words (their probability, and scores of given texts)")
    calibration = calibration_of(sample.recognizer)
    # Each margin costs two passes of the decoder: only where the verdict hangs on it.
    open_cases = doubtful(gather(comparison.errors, {}, is_real_word), calibration)
    repairs = [
        repair
        for repair in find_repairs(comparison, before, after, sample.decoded.seconds)
        if open_cases.intersection(repair.errors)
    ]
    found = margins(repairs, after, sample.decoded, sample.scorer)
    return judge(gather(comparison.errors, found, is_real_word), calibration)
