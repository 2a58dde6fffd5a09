"""Measured bitrates: bits that were written over seconds that were spoken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from codecbench.codebooks import fixed_bits
from codecbench.store.rows import CodingRow

OFF_NOMINAL = 0.1
"""Share of the nominal bitrate by which the measured one may differ unsaid."""


@dataclass(frozen=True)
class Rate:
    """kbps over the corpus (1000 bit/s), of the codings that are ok. `entropy_kbps`: codes really entropy-coded."""

    measured_kbps: float | None
    entropy_kbps: float | None
    measured_reason: str | None = None
    entropy_reason: str | None = None

    def is_off(self, nominal_kbps: float) -> bool:
        """Whether what was measured is another bitrate than the one that the point is called by."""
        return self.measured_kbps is not None and abs(self.measured_kbps / nominal_kbps - 1) > OFF_NOMINAL


def measure_rate(codings: Sequence[CodingRow]) -> Rate:
    """8 × Σ payload bytes / Σ seconds of the originals, padding frames and side information included in both."""
    sized = [row for row in codings if row.status == "ok" and row.payload_bytes is not None and row.seconds]
    if not sized:
        return Rate(None, None, "no coding is ok", "no coding is ok")
    seconds = fsum(row.seconds or 0.0 for row in sized)
    payload = sum(row.payload_bytes or 0 for row in sized)
    measured = 8 * payload / seconds / 1000
    if any(row.codes is None for row in sized):
        return Rate(measured, None, None, "not a token codec")
    if any(row.entropy_bytes is None for row in sized):
        return Rate(measured, None, None, _why_not_coded(sized))
    entropy = sum(row.entropy_bytes or 0 for row in sized)
    if entropy >= payload:
        return Rate(measured, None, None, "entropy coding does not beat fixed length here")
    return Rate(measured, 8 * entropy / seconds / 1000)


def _why_not_coded(codings: Sequence[CodingRow]) -> str:
    if any(8 * (row.payload_bytes or 0) < _fixed_bits(row) for row in codings):
        return "the payload is smaller than its codes at fixed length: it is coded in another way"
    return "no entropy model for these weights"


def _fixed_bits(row: CodingRow) -> int:
    return 0 if row.codes is None or row.codebooks is None else fixed_bits(row.codes, row.codebooks)
