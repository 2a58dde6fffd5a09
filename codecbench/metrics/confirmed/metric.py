"""`confirmed_wer`: codec-induced words that a second recognizer of another family hears too, per reference word.

A recognizer fills in what it cannot make out, each by its own habits: of the words that Whisper hears anew in noise at
0 dB Moonshine hears one in ten. What both hear is more likely in the sound. It is a filter of precision, not of recall
(a true word that the second misses is not confirmed), and in mild noise both mishear alike (docs/hallucination.md).

The second recognizer hears only what holds a changed word.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from codecbench.api import Abstain, Audio, MetricCard, Recognizer, Sample, Score
from codecbench.api.dataset import ENGLISH
from codecbench.metrics import loops
from codecbench.metrics.confirmed.confirming import confirm, confirm_heard
from codecbench.metrics.confirmed.evidence import ConfirmedEvidence
from codecbench.metrics.hallucination.comparison import WordComparison, compare_sample
from codecbench.metrics.pair import PairMetric, checked_pair
from codecbench.recognizers import moonshine
from codecbench.recognizers.normalizer import load_normalizer, normalizer_id

CARD = MetricCard(
    id="confirmed_wer",
    title="Conf-WER",
    version="1",
    description="Codec-induced words that Moonshine hears too, per reference word (on request; needs its package).",
    higher_is_better=False,
    low=0.0,
    pooling="ratio",
    uses_recognizer=True,
    languages=(ENGLISH,),
    parameters={
        "normalizer": normalizer_id(), **loops.PARAMETERS, "second": moonshine.CARD.id,
        "second_version": moonshine.CARD.version, "second_model": moonshine.model_id(), **moonshine.CARD.parameters,
    },
    on_request=True,
)  # fmt: skip


class ConfirmedWer(PairMetric):
    """Confirmed words of E / reference words. The detail has every word of E, confirmed or not.

    Abstains where the run's recognizer is the second one itself, and where the second cannot hear so long a signal.
    """

    def __init__(self, load: Callable[[], Recognizer] = moonshine.Moonshine) -> None:
        """`load` is called when the first changed word is met. Raises Unavailable where a package is missing."""
        moonshine.check_installed()
        self._normalize = load_normalizer()
        self._load = load
        self._second: Recognizer | None = None
        self._originals: dict[bytes, str] = {}

    def score(self, sample: Sample) -> Score:
        checked_pair(sample)
        if sample.recognizer is not None and sample.recognizer.id == moonshine.CARD.id:
            raise Abstain(f"the run's recognizer is '{moonshine.CARD.id}' itself: it cannot confirm its own words")
        comparison = compare_sample(sample, self._normalize)
        evidence = self._evidence(sample, comparison)
        return Score(float(evidence.confirmed), float(comparison.words), evidence.to_json())

    def _evidence(self, sample: Sample, comparison: WordComparison) -> ConfirmedEvidence:
        if not any(error.heard for error in comparison.errors):
            return ConfirmedEvidence(comparison.stand_in, confirm(comparison.errors, ()))
        if sample.decoded.seconds > moonshine.LONGEST_S:
            raise Abstain(
                f"too long for the second recognizer: {sample.decoded.seconds:.1f} s, at most {moonshine.LONGEST_S:g} s"
            )
        original, decoded = self._original(sample.reference), self._hear(sample.decoded)
        said = sample.utterance.transcript
        said = comparison.texts.original.text if said is None else said
        opinions = confirm_heard(comparison.errors, said, original, decoded, self._normalize)
        return ConfirmedEvidence(comparison.stand_in, opinions, original, decoded)

    def _original(self, audio: Audio) -> str:
        """Heard once, however many codecs and points there are."""
        key = sha256(audio.samples.tobytes()).digest()
        if key not in self._originals:
            self._originals[key] = self._hear(audio)
        return self._originals[key]

    def _hear(self, audio: Audio) -> str:
        if self._second is None:
            self._second = self._load()
        return self._second.transcribe(audio).text
