"""What is compared: the scores of one codec at one budget and bitrate, of several seeds and test speakers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import fmean

from recipes.findings.results import Result


@dataclass(frozen=True)
class Cell:
    """One codec, budget and bitrate: `values` of its seeds, and of a test each speaker's mean over them.

    A speaker whom not all seeds have (a metric may abstain) is left out.
    """

    values: tuple[float, ...]
    speakers: Mapping[str, float] = field(default_factory=dict)

    @property
    def mean(self) -> float:
        return fmean(self.values)

    def __str__(self) -> str:
        if len(self.values) == 1:
            return f"{self.mean:.3f}"
        return f"{self.mean:.3f} ({min(self.values):.3f}-{max(self.values):.3f})"


def cells(results: Iterable[Result], budget: str, metric: str) -> dict[tuple[str, float], Cell]:
    """By codec and kbps: of the test speakers where there was a test, else of the validation speakers."""
    by_place: dict[tuple[str, float], list[Result]] = defaultdict(list)
    for result in results:
        if result.budget == budget:
            for kbps, scores in result.reported.items():
                if metric in scores:
                    by_place[result.codec, kbps].append(result)
    return {
        (codec, kbps): Cell(
            tuple(one.reported[kbps][metric] for one in seeds),
            _means([one.test.get(kbps, {}).get(metric, {}) for one in seeds]),
        )
        for (codec, kbps), seeds in sorted(by_place.items())
    }


def _means(seeds: list[dict[str, float]]) -> dict[str, float]:
    """Each speaker's mean over all seeds."""
    shared = set.intersection(*(set(speakers) for speakers in seeds))
    return {speaker: fmean(speakers[speaker] for speakers in seeds) for speaker in sorted(shared)}
