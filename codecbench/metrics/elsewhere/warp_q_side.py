"""WARP-Q's side (Jassim et al., ICASSP 2021), by its authors' package `warpq`."""

from __future__ import annotations

import math
from typing import Any


class Abstain(Exception):
    """There is no figure, and the text says why."""


class WarpQ:
    def __init__(self) -> None:
        from warpq.core import warpqMetric

        self.metric = warpqMetric(sr=16000, n_jobs=1)

    def score(self, reference: Any, decoded: Any, sample_rate: int) -> tuple[float, dict[str, Any]]:
        """The raw score, lower is better: the median cost of the decoded signal's patches."""
        for name, signal in (("original", reference), ("decoded signal", decoded)):
            if not signal.any():
                raise Abstain(f"the {name} is silent")
        found = self.metric.evaluate(reference, decoded, arr_sr=sample_rate)
        value = float(found["raw_warpq_score"])
        if math.isnan(value):
            raise Abstain("its voice activity detector leaves less than one patch of 0.4 s of speech")
        return value, {"normalized": float(found["normalized_warpq_score"]), "patches": int(found["total_patch_count"])}


def open_metric(options: dict[str, Any]) -> Any:
    return WarpQ()
