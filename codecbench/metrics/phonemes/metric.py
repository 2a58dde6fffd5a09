"""`dper`: how many phones the codec changed, by what the recognizer heard in original and decoded."""

from __future__ import annotations

from codecbench.api import Abstain, MetricCard, Sample, Score
from codecbench.api.dataset import ENGLISH
from codecbench.metrics.loops import PARAMETERS, cut_loops
from codecbench.metrics.pair import PairMetric, checked_pair
from codecbench.metrics.phonemes.alignment import GAP, PhoneAlignment, align_phones
from codecbench.metrics.phonemes.evidence import PhoneEvidence, PhoneFlip
from codecbench.metrics.phonemes.features import articulatory_distance, is_near
from codecbench.metrics.phonemes.pronounce import Pronouncer, SpokenWord, lexicon_id
from codecbench.recognizers.normalizer import load_normalizer, normalizer_id

CARD = MetricCard(
    id="dper",
    title="dPER",
    version="2",  # version 1 counted the recognizer's loops
    description="Phone error rate of the decoded against what the recognizer heard in the original; no transcript.",
    higher_is_better=False,
    low=0.0,
    pooling="ratio",
    uses_recognizer=True,
    languages=(ENGLISH,),
    parameters={"lexicon": lexicon_id(), "normalizer": normalizer_id(), **PARAMETERS},
)


class Dper(PairMetric):
    """Phone edits between the hypotheses on original and decoded per phone of the former.

    The recognizer's loops are cut. The phones are those of the recognized words, by lexicon: a recognizer's language
    model hides phones that make no word, so the figure is about the phones that changed a word. The detail has the
    alignment itself (`original` and `decoded`, one character a phone, `-` a gap), from which confusion matrices are
    made, the sum of the articulatory distances of the substitutions, and the near-neighbour flips with their words.
    """

    def __init__(self) -> None:
        self._pronouncer = Pronouncer()
        self._normalize = load_normalizer()

    def score(self, sample: Sample) -> Score:
        """Abstains where nothing speakable was heard in the original; an empty decoded is all deletions."""
        checked_pair(sample)
        if sample.reference_hypothesis is None or sample.decoded_hypothesis is None:
            raise ValueError("a hypothesis is missing: this metric needs a recognizer on original and decoded")
        heard = cut_loops(
            sample.utterance.transcript, sample.reference_hypothesis, sample.decoded_hypothesis, self._normalize
        )
        original = self._pronouncer.words(heard.original.text)
        decoded = self._pronouncer.words(heard.decoded.text)
        phones = "".join(word.phones for word in original)
        if not phones:
            raise Abstain("the recognizer heard no words in the original")
        aligned = align_phones(phones, "".join(word.phones for word in decoded))
        evidence = PhoneEvidence(
            substitutions=aligned.substitutions,
            deletions=aligned.deletions,
            insertions=aligned.insertions,
            distance=sum(articulatory_distance(a, b) for a, b in aligned if GAP not in (a, b)),
            original=aligned.original,
            decoded=aligned.decoded,
            flips=tuple(near_flips(aligned, original, decoded)),
            unspoken=tuple(word.text for word in decoded if not word.phones),
        )
        return Score(float(aligned.edits), float(len(phones)), evidence.to_json())


def near_flips(aligned: PhoneAlignment, original: list[SpokenWord], decoded: list[SpokenWord]) -> list[PhoneFlip]:
    """The substitutions of `aligned` by a near neighbour, in order. `original` and `decoded` spell its two strings."""
    upper = [word.text for word in original for _ in word.phones]
    lower = [word.text for word in decoded for _ in word.phones]
    flips = []
    i = j = 0
    for a, b in aligned:
        if GAP not in (a, b) and is_near(a, b):
            flips.append(PhoneFlip(a, b, upper[i], lower[j]))
        i += a != GAP
        j += b != GAP
    return flips
