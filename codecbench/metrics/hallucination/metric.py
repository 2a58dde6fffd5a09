"""`ci_wer`, `cf_wer`, `hallucinated_wer`, `degraded_wer`: one comparison of an utterance, four figures.

    wer − wer of the original = ci_wer − cf_wer        hallucinated_wer + degraded_wer = ci_wer

Both hold exactly, utterance by utterance. Without a transcript what was heard in the original stands in for it
(`stand_in` in the detail). Aligned transcripts are welcome: what they favour is favoured on both sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codecbench.api import Abstain, Audio, Hypothesis, Recognizer, Sample, Score, Utterance
from codecbench.metrics.hallucination.calibration import VerdictCalibration, calibration_of
from codecbench.metrics.hallucination.cards import CF_CARD, CI_CARD, DEGRADED_CARD, HALLUCINATED_CARD, NULL_FLOOR
from codecbench.metrics.hallucination.comparison import WordComparison, compare, compare_sample
from codecbench.metrics.hallucination.evidence import (
    BlurCount,
    FixedEvidence,
    InducedEvidence,
    JudgedEvidence,
    WordError,
)
from codecbench.metrics.hallucination.lexicon import is_real_word
from codecbench.metrics.hallucination.margins import find_repairs, margins
from codecbench.metrics.hallucination.null_floor import heard_under_null
from codecbench.metrics.hallucination.verdict import Kind, Verdict, doubtful, gather, judge
from codecbench.metrics.pair import checked_pair
from codecbench.recognizers.normalizer import load_normalizer


class WordChanges:
    """What the codec did to the words of an utterance, by one alignment of transcript, original and decoded.

    `ci_wer` is |E| per reference word, `cf_wer` |F|; `hallucinated_wer` and `degraded_wer` are |H| and |D|, where every
    codec-induced error is either. These two abstain where the recognizer has no calibration or returns no evidence on
    words; without words in transcript or original all do.
    """

    def __init__(self) -> None:
        self._normalize = load_normalizer()

    def prepare(self, reference: Audio) -> None:
        """Nothing is computed from the original alone."""

    def prepare_heard(
        self,
        utterance: Utterance,  # noqa: ARG002 - what is heard does not depend on what was said
        reference: Audio,
        recognizer: Recognizer,
        parameters: Mapping[str, Any],
    ) -> dict[str, str]:
        """What is heard in `reference` under the null floor's conditions; nothing where `ci_wer` is not planned."""
        extent = parameters.get(NULL_FLOOR)
        return {} if extent is None else heard_under_null(reference, recognizer, extent)

    def score_all(self, sample: Sample) -> dict[str, Score | Abstain]:
        checked_pair(sample)
        comparison = compare_sample(sample, self._normalize)
        return {
            CI_CARD.id: self._induced(sample, comparison),
            CF_CARD.id: _fixed(comparison),
            **_judged(sample, comparison),
        }

    def _induced(self, sample: Sample, comparison: WordComparison) -> Score:
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


def _fixed(comparison: WordComparison) -> Score:
    evidence = FixedEvidence(comparison.stand_in, tuple(map(WordError.of, comparison.fixes)))
    return Score(float(len(comparison.fixes)), float(comparison.words), evidence.to_json())


def _judged(sample: Sample, comparison: WordComparison) -> dict[str, Score | Abstain]:
    """Both verdict metrics; an Abstain for both where the words cannot be judged."""
    cards: dict[Kind, str] = {"hallucinated": HALLUCINATED_CARD.id, "degraded": DEGRADED_CARD.id}
    try:
        judgement = judge_words(sample, comparison)
    except Abstain as reason:
        return dict.fromkeys(cards.values(), reason)
    scores: dict[str, Score | Abstain] = {}
    for kind, name in cards.items():
        verdicts = [verdict for verdict in judgement.verdicts if verdict.kind == kind]
        reasons = Counter[str](verdict.reason for verdict in verdicts) if kind == "degraded" else None
        blurs = blur_counts(judgement.calibration) if kind == "hallucinated" else None
        evidence = JudgedEvidence(comparison.stand_in, tuple(verdicts), comparison.texts.looped, reasons, blurs)
        scores[name] = Score(float(len(verdicts)), float(comparison.words), evidence.to_json())
    return scores


def blur_counts(calibration: VerdictCalibration) -> dict[str, BlurCount]:
    """What the calibration found in each blur."""
    return {
        name: BlurCount(calibration.words, round(blur["errors"]), round(blur["errors"] * blur["share"]))
        for name, blur in calibration.blurs.items()
    }


@dataclass(frozen=True)
class Judgement:
    """The verdict on each codec-induced error, in their order, and the thresholds that it went by."""

    verdicts: Sequence[Verdict]
    calibration: VerdictCalibration


def judge_words(sample: Sample, comparison: WordComparison) -> Judgement:
    """The verdicts on what the codec changed.

    Raises:
        Abstain: the recognizer has no calibration, or returns no evidence on words.
    """
    before, after = comparison.texts.original, comparison.texts.decoded
    told = ((comparison.original, before), (comparison.decoded, after))  # dots alone are a text without words
    if sample.scorer is None or any(words and not hypothesis.words for words, hypothesis in told):
        name = f"the recognizer '{sample.recognizer.id}'" if sample.recognizer else "the recognizer"
        raise Abstain(f"{name} returns no evidence on words (their probability, and scores of given texts)")
    calibration = calibration_of(sample.recognizer)
    # Each margin costs two passes of the decoder: only where the verdict hangs on it.
    open_cases = doubtful(gather(comparison.errors, {}, is_real_word), calibration)
    repairs = [
        repair
        for repair in find_repairs(comparison, before, after, sample.decoded.seconds)
        if open_cases.intersection(repair.errors)
    ]
    nats = margins(repairs, after, sample.decoded, sample.scorer)
    return Judgement(judge(gather(comparison.errors, nats, is_real_word), calibration), calibration)
