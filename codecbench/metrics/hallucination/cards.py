"""The cards of `ci_wer`, `cf_wer`, `hallucinated_wer` and `degraded_wer`. Bump versions when a definition changes."""

from __future__ import annotations

from dataclasses import replace

from codecbench.api import MetricCard
from codecbench.metrics.hallucination.calibration import known_calibrations
from codecbench.metrics.hallucination.loops import LONGEST, REPEATS
from codecbench.metrics.phonemes.pronounce import lexicon_id
from codecbench.recognizers.normalizer import normalizer_id

NULL_FLOOR = "null_floor"
"""The parameter of `ci_wer` that says how many inaudible changes originals are given: `sample` or `full`."""

CI_CARD = MetricCard(
    id="ci_wer",
    version="1",
    description="Codec-induced word errors: words right in the original and wrong in the decoded, per reference word.",
    higher_is_better=False,
    low=0.0,
    pooling="ratio",
    uses_recognizer=True,
    parameters={"normalizer": normalizer_id(), NULL_FLOOR: "sample"},
)

CF_CARD = replace(
    CI_CARD,
    id="cf_wer",
    description="Codec-fixed word errors: words wrong in the original and right in the decoded, per reference word.",
    parameters={"normalizer": normalizer_id()},
)

_VERDICTS = {
    "normalizer": normalizer_id(), "words": lexicon_id(), "loop_words": LONGEST, "loop_repeats": REPEATS,
    "calibrations": known_calibrations(),
}  # fmt: skip

HALLUCINATED_CARD = replace(
    CI_CARD,
    id="hallucinated_wer",
    description="Codec-induced errors that are fluent, confident and wrong, per reference word.",
    parameters=_VERDICTS,
)

DEGRADED_CARD = replace(
    HALLUCINATED_CARD,
    id="degraded_wer",
    description="Codec-induced errors that are not hallucinated: deletions, doubtful words, loops; per reference word.",
)
