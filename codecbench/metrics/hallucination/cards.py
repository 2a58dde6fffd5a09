"""The cards of `ci_wer`, `cf_wer`, `hallucinated_wer` and `degraded_wer`. Bump versions when a definition changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from codecbench.api import MetricCard
from codecbench.api.dataset import ENGLISH
from codecbench.metrics import loops
from codecbench.metrics.hallucination.calibration import known_calibrations
from codecbench.metrics.hallucination.lexicon import word_list_id
from codecbench.recognizers.normalizer import normalizer_id

NULL_FLOOR = "null_floor"
"""The parameter of `ci_wer` that says how many inaudible changes originals are given: `sample` or `full`."""

CI_CARD = MetricCard(
    id="ci_wer",
    title="CI-WER",
    version="2",  # version 1 counted the recognizer's loops
    description="Codec-induced word errors: words right in the original and wrong in the decoded, per reference word.",
    higher_is_better=False,
    low=0.0,
    pooling="ratio",
    uses_recognizer=True,
    languages=(ENGLISH,),
    parameters={"normalizer": normalizer_id(), **loops.PARAMETERS, NULL_FLOOR: "sample"},
)

CF_CARD = replace(
    CI_CARD,
    id="cf_wer",
    title="CF-WER",
    description="Codec-fixed word errors: words wrong in the original and right in the decoded, per reference word.",
    parameters={"normalizer": normalizer_id(), **loops.PARAMETERS},
)

_VERDICTS = {
    "normalizer": normalizer_id(), "words": word_list_id(), **loops.PARAMETERS,
    "calibrations": known_calibrations(),
}  # fmt: skip

HALLUCINATED_CARD = replace(
    CI_CARD,
    id="hallucinated_wer",
    title="H-WER",
    description="Codec-induced errors that are fluent, confident and wrong, per reference word.",
    parameters=_VERDICTS,
)

DEGRADED_CARD = replace(
    HALLUCINATED_CARD,
    id="degraded_wer",
    title="Deg-WER",
    description="Codec-induced errors that are not hallucinated: deletions, doubtful words; per reference word.",
)


def calibrations_of(parameters: Mapping[str, Any] | None) -> Mapping[str, str]:
    """sha256 of each calibration's file by its name, as a card of the two verdicts was stored; empty if it has none."""
    return dict((parameters or {}).get("calibrations", {}))
