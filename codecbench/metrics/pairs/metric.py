"""`flip_rate`: how often the decoded says the rival word of a minimal pair.

A closed question, so that near-homophones are judged by the sound: an open recognizer reads "solve" for "serve" by
context, here both are offered in the same sentence. The closed-set form is that of the diagnostic rhyme test (W. D.
Voiers, "Diagnostic evaluation of speech intelligibility", in M. E. Hawley, ed., Speech Intelligibility and Speaker
Recognition, 1977); the likelihood margin and its shift against the original are ours.
"""

from __future__ import annotations

from codecbench.api import Abstain, MetricCard, Sample, Score
from codecbench.api.dataset import ENGLISH
from codecbench.metrics.pair import PairMetric, checked_pair
from codecbench.metrics.pairs.calibration import FlipCalibration, known_shifts
from codecbench.metrics.pairs.evidence import SCREENED_OUT, AbstentionEvidence, FlipEvidence
from codecbench.metrics.pairs.margin import Margins
from codecbench.metrics.pairs.reading import COLUMNS, reading_of

SHORTEST_S = 0.1

CARD = MetricCard(
    id="flip_rate",
    title="Flips",
    long_title="flips of minimal pairs",
    version="1",
    description="Share of minimal pairs, read right on the original, of which the decoded says the rival word.",
    higher_is_better=False,
    low=0.0,
    high=1.0,
    pooling="ratio",
    uses_recognizer=True,
    languages=(ENGLISH,),
    needs_hypothesis=False,
    needs_transcript=True,
    columns=COLUMNS,
    parameters={"shift_nats": known_shifts()},
)


class FlipRate(PairMetric):
    """1 if the decoded flipped to the rival, else 0.

    With m the margin of `codecbench.metrics.pairs.margin`:

        flipped = m(decoded) < 0  and  m(decoded) − m(original) <= −(the calibrated shift)

    The shift alone would count a word that became less clear but is still itself; the sign alone calls 15 to 29 % of
    blurred words flipped. Abstains where the utterance is no pair, where m(original) <= 0 (screened out), and where the
    recognizer cannot score texts or is not calibrated. The detail has both margins, the words and the feature.
    """

    def __init__(self) -> None:
        self._margins: Margins | None = None

    def score(self, sample: Sample) -> Score:
        """Raises UsageError for an entry of a pair list that cannot be used."""
        pair = checked_pair(sample)
        reading = reading_of(sample.utterance)
        if reading is None:
            raise Abstain("the utterance is no reading of a pair (its manifest has no columns word and rival)")
        pair.require_seconds(SHORTEST_S)
        margins, calibration = self._for(sample)
        # The decoded first: where other metrics had it transcribed, the recognizer still holds its encoding.
        decoded = margins.of(sample.decoded, reading)
        original = margins.of_original(sample.reference, reading)
        if original <= 0:
            raise Abstain(
                f"{SCREENED_OUT}: on the original the recognizer prefers '{reading.rival_word}' to '{reading.word}'",
                AbstentionEvidence(SCREENED_OUT).to_json(),
            )
        flipped = is_flip(original, decoded, calibration.shift_nats)
        evidence = FlipEvidence(
            reading.pair, reading.feature, reading.reading, reading.word, reading.rival_word, original, decoded,
            decoded - original, flipped, decoded > 0, calibration.shift_nats,
        )  # fmt: skip
        return Score(float(flipped), 1.0, evidence.to_json())

    def _for(self, sample: Sample) -> tuple[Margins, FlipCalibration]:
        if sample.scorer is None or sample.recognizer is None:
            raise ValueError("no recognizer was given: this metric asks one how likely two texts are")
        if self._margins is None or self._margins.scorer != sample.scorer:
            self._margins = Margins(sample.scorer)
        return self._margins, FlipCalibration.of(sample.recognizer)


def is_flip(original: float, decoded: float, shift_nats: float) -> bool:
    """The definition, on two margins in nats.

    >>> is_flip(12.0, -3.0, 7.0), is_flip(12.0, 3.0, 7.0), is_flip(2.0, -3.0, 7.0)
    (True, False, False)
    """
    return decoded < 0 and decoded - original <= -shift_nats
