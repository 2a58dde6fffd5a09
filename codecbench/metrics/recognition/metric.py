"""What the recognizer makes of it: word and character error rates, absolute and against the original.

Corpus figures are Σ edits / Σ words (pooling `ratio`), so each score is a numerator and a denominator. Both texts go
through one named normalizer first, that of the utterance's language, and the recognizer's loops are cut; `loop_rate`
says how many words that were.
Alignment: Levenshtein, by jiwer.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Literal

from codecbench.api import Abstain, Hypothesis, MetricCard, Sample, Score, Unavailable
from codecbench.metrics.heard import Normalize
from codecbench.metrics.loops import PARAMETERS, HeardPair, cut_decoded, cut_loops
from codecbench.metrics.pair import PairMetric, checked_pair
from codecbench.metrics.recognition.evidence import DeltaEvidence, EditEvidence, LoopEvidence, Texts
from codecbench.recognizers.normalizer import UNSPACED, load_normalizer, normalizer_id

Unit = Literal["words", "characters"]
MISSING = "a hypothesis is missing: this metric needs a recognizer on original and decoded"

WER_CARD = MetricCard(
    id="wer",
    title="WER",
    version="2",  # version 1 counted the recognizer's loops
    description="Word error rate of the recognizer on the decoded signal against the transcript.",
    higher_is_better=False,
    low=0.0,
    pooling="ratio",
    uses_recognizer=True,
    needs_transcript=True,
    stand_in="transcript",
    parameters={"normalizer": normalizer_id(), **PARAMETERS},
)

CER_CARD = replace(
    WER_CARD,
    id="cer",
    title="CER",
    description="Character error rate of the recognizer on the decoded signal against the transcript.",
)

DELTA_WER_CARD = replace(
    WER_CARD,
    id="delta_wer",
    title="ΔWER",
    description="Word error rate that the codec adds: decoded minus original, both against the transcript.",
    low=None,
    stand_in="",
)

DWER_CARD = replace(
    WER_CARD,
    id="dwer",
    title="dWER",
    description="Word error rate of the decoded against what the recognizer heard in the original.",
    needs_transcript=False,
    stand_in="",
)

LOOP_CARD = replace(
    DWER_CARD,
    id="loop_rate",
    title="loops",
    long_title="recognizer loops",
    version="1",
    description="Words of phrases that the recognizer repeats of its own accord, per reference word; no other figure "
    "counts them.",
)


@dataclass(frozen=True)
class Edits:
    """Counts of one optimal alignment of a hypothesis with its reference."""

    substitutions: int
    deletions: int
    insertions: int
    hits: int

    @property
    def total(self) -> int:
        return self.substitutions + self.deletions + self.insertions

    @property
    def reference_length(self) -> int:
        return self.substitutions + self.deletions + self.hits


def count_edits(reference: str, hypothesis: str, unit: Unit = "words") -> Edits:
    """Edits from `reference`, which must not be empty, to `hypothesis`; both normalized. Spaces are characters."""
    try:
        import jiwer
    except ImportError as error:
        raise Unavailable(f"word error rates need jiwer ({error}): pip install 'codecbench[asr]'") from error
    process = jiwer.process_words if unit == "words" else jiwer.process_characters
    counts = process(reference, hypothesis)
    return Edits(counts.substitutions, counts.deletions, counts.insertions, counts.hits)


class ErrorRate(PairMetric):
    """Edits of the decoded's hypothesis per word (or character) of the transcript.

    An empty hypothesis is all deletions. Abstains without a transcript, with one that a recognizer aligned
    (`transcript_kind=reference-aligned`: that recognizer would be judged by its own words), and with one of no words.
    The detail has the floor (edits on the original, where there is a recording of it), so that it can be summed over
    exactly the scored utterances, and
    for words the normalized texts that were compared, so that a reader sees what was counted.
    """

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        load_normalizer()  # at once where it is not installed

    def score(self, sample: Sample) -> Score:
        checked_pair(sample)
        normalize = _normalizer(sample, self._unit)
        heard = None if sample.reference_hypothesis is None else _heard(sample, normalize)
        if sample.utterance.extra.get("transcript_kind") == "reference-aligned":
            raise Abstain("the transcript was aligned by a recognizer: it stays out of absolute error rates")
        transcript = _transcript(sample, normalize)
        decoded, looped = (heard.decoded, heard.looped) if heard is not None else _heard_alone(sample, normalize)
        original = None if heard is None else normalize(heard.original.text)
        texts = Texts(transcript, original, normalize(decoded.text))
        edits = count_edits(transcript, texts.decoded, self._unit)
        evidence = _evidence(edits, sample, looped)
        if original is not None:
            evidence = replace(evidence, floor_edits=count_edits(transcript, original, self._unit).total)
        if self._unit == "words":
            evidence = replace(evidence, words=edits.reference_length, normalized=texts)
        else:
            evidence = replace(evidence, characters=edits.reference_length)
        return Score(float(edits.total), float(edits.reference_length), evidence.to_json())


class DeltaWer(PairMetric):
    """(Edits on the decoded − edits on the original) per word of the transcript, negative where decoding helped.

    Aligned transcripts are welcome here: what they favour is favoured on both sides of the difference.
    """

    def __init__(self) -> None:
        load_normalizer()

    def score(self, sample: Sample) -> Score:
        checked_pair(sample)
        normalize = _normalizer(sample)
        texts = _heard(sample, normalize)
        transcript = _transcript(sample, normalize)
        edits = count_edits(transcript, normalize(texts.decoded.text))
        floor = count_edits(transcript, normalize(texts.original.text))
        evidence = DeltaEvidence(edits.total, floor.total)
        return Score(float(edits.total - floor.total), float(edits.reference_length), evidence.to_json())


class Dwer(PairMetric):
    """Edits between the hypotheses on original and decoded per word of the former. Needs no transcript."""

    def __init__(self) -> None:
        load_normalizer()

    def score(self, sample: Sample) -> Score:
        checked_pair(sample)
        normalize = _normalizer(sample)
        texts = _heard(sample, normalize)
        original = normalize(texts.original.text)
        if not original:
            raise Abstain("the recognizer heard no words in the original")
        edits = count_edits(original, normalize(texts.decoded.text))
        return Score(
            float(edits.total), float(edits.reference_length), _evidence(edits, sample, texts.looped).to_json()
        )


class LoopRate(PairMetric):
    """Words that were cut of the decoded's hypothesis as loops, per word of the transcript; where the dataset has none,
    per word that was heard in the original. Abstains where neither has a word.
    """

    def __init__(self) -> None:
        load_normalizer()

    def score(self, sample: Sample) -> Score:
        checked_pair(sample)
        normalize = _normalizer(sample)
        texts = _heard(sample, normalize)
        said = sample.utterance.transcript
        words = normalize(texts.original.text if said is None else said).split()
        if not words:
            raise Abstain("neither transcript nor original has words after normalization")
        return Score(float(texts.looped), float(len(words)), LoopEvidence(said is None).to_json())


def _normalizer(sample: Sample, unit: Unit = "words") -> Normalize:
    """That of the utterance's language. Raises Abstain for words of a language that writes none apart."""
    language = sample.utterance.language
    if unit == "words" and language in UNSPACED:
        raise Abstain(f"'{language}' is written without blanks between words: count characters (cer)")
    normalize = load_normalizer(language)
    if language not in UNSPACED:
        return normalize
    return lambda text: normalize(text).replace(" ", "")


def _heard(sample: Sample, normalize: Normalize) -> HeardPair:
    """What was heard, without loops."""
    if sample.reference_hypothesis is None or sample.decoded_hypothesis is None:
        raise ValueError(MISSING)
    return cut_loops(sample.utterance.transcript, sample.reference_hypothesis, sample.decoded_hypothesis, normalize)


def _heard_alone(sample: Sample, normalize: Normalize) -> tuple[Hypothesis, int]:
    """What was heard in the decoded without its loops, and how many words these were, where there is no original."""
    if sample.decoded_hypothesis is None:
        raise ValueError(MISSING)
    return cut_decoded(sample.utterance.transcript or "", sample.decoded_hypothesis, normalize)


def _transcript(sample: Sample, normalize: Normalize) -> str:
    if sample.utterance.transcript is None:
        raise Abstain("the dataset has no transcript of this utterance")
    transcript = normalize(sample.utterance.transcript)
    if not transcript:
        raise Abstain(f"the transcript has no words after normalization by {normalizer_id()}")
    return transcript


def _evidence(edits: Edits, sample: Sample, looped: int) -> EditEvidence:
    """The hypotheses as they were heard, loops included: a reader sees what was cut."""
    original, decoded = sample.reference_hypothesis, sample.decoded_hypothesis
    assert decoded is not None  # _heard has refused it
    return EditEvidence(decoded.text, None if original is None else original.text, **asdict(edits), looped=looped)
