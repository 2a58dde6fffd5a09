"""A finished training as one result of the experiment: in its folder, and among others in `reference-track.json`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecbench.metrics.pesq import WB_CARD
from codecbench.metrics.stoi import ESTOI_CARD
from recipes.codecs import nominal_kbps
from recipes.training.job import read_facts

METRICS = {WB_CARD.id: WB_CARD.title, ESTOI_CARD.id: ESTOI_CARD.title, "mel": "log mel distance"}
"""What a training is judged by, and how tables head it: two metrics, and a term of the loss."""


@dataclass(frozen=True)
class Result:
    """One finished training: `scores` of the held-out speakers by kbps and metric."""

    codec: str
    budget: str
    seed: int
    rate: float
    updates: int
    audio_seconds: float
    scores: dict[float, dict[str, float]]

    @classmethod
    def of_folder(cls, folder: Path) -> Result:
        """Raises UsageError where no training has finished there."""
        facts = read_facts(folder)
        kbps = nominal_kbps(facts["codec"])
        scores = {
            kbps[int(count)]: {name: terms[name] for name in METRICS if name in terms}
            for count, terms in facts["validation"].items()
        }
        return cls(
            facts["codec"], folder.name, facts["seed"], facts["rate"], facts["updates"], facts["audio_seconds"], scores
        )

    def facts(self) -> dict[str, Any]:
        """What `of_folder` reads: scores by number of codebooks, as a training writes them down."""
        counts = {kbps: count for count, kbps in nominal_kbps(self.codec).items()}
        validation = {str(counts[kbps]): terms for kbps, terms in self.scores.items()}
        kept = {name: getattr(self, name) for name in ("codec", "seed", "rate", "updates", "audio_seconds")}
        return kept | {"validation": validation}


def dump(results: Iterable[Result], path: Path) -> None:
    path.write_text(json.dumps([vars(result) for result in results], indent=1) + "\n")


def load(path: Path) -> list[Result]:
    """What `dump` wrote. Raises OSError, ValueError, TypeError or KeyError where the file is not that."""
    stored = json.loads(path.read_text())
    return [Result(**one | {"scores": {float(kbps): terms for kbps, terms in one["scores"].items()}}) for one in stored]
