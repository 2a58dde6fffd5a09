"""A finished training as one result of the experiment: in its folder, and among others in `reference-track.json`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from codecbench.errors import UsageError
from codecbench.metrics.pesq import WB_CARD
from codecbench.metrics.stoi import ESTOI_CARD
from recipes.codecs import nominal_kbps
from recipes.training.job import read_facts
from recipes.training.schedule import BUDGETS, START, budget_of
from recipes.training.validation import SpeakerTerms, Terms

METRICS = {WB_CARD.id: WB_CARD.title, ESTOI_CARD.id: ESTOI_CARD.title, "mel": "log mel distance"}
"""What a training is judged by, and how tables head it: two metrics, and a term of the loss."""


@dataclass(frozen=True)
class Result:
    """One finished training, or a codec before its first update: then `budget` is `START` and there is no rate.

    `scores` are means over the validation speakers by kbps and metric: they choose the learning rate. `test` has each
    test speaker by kbps and metric, `unquantized` by metric, with the quantizer bypassed. Results of protocol 1 have
    neither: their validation speakers are what was reported. `cpu_seconds` are of all updates on a `processor`; None
    where that was not measured.
    """

    codec: str
    budget: str
    seed: int
    rate: float | None
    updates: int
    audio_seconds: float
    scores: dict[float, dict[str, float]]
    test: dict[float, dict[str, dict[str, float]]] = field(default_factory=dict)
    unquantized: dict[str, dict[str, float]] = field(default_factory=dict)
    cpu_seconds: float | None = None
    processor: str | None = None

    @classmethod
    def of_folder(cls, folder: Path) -> Result:
        """Raises UsageError where no training has finished there."""
        facts = read_facts(folder)
        budget = budget_of(facts["updates"]) or folder.name
        kbps = {str(count): rate for count, rate in nominal_kbps(facts["codec"]).items()}
        return cls(
            facts["codec"], budget, facts["seed"], facts["rate"], facts["updates"], facts["audio_seconds"],
            {kbps[count]: _kept(terms) for count, terms in facts["validation"].items()},
            {kbps[count]: _by_metric(speakers) for count, speakers in facts.get("test", {}).items()},
            _by_metric(facts.get("unquantized", {})), facts.get("cpu_seconds"), facts.get("hardware"),
        )  # fmt: skip

    @property
    def tested(self) -> bool:
        """Whether it was scored on speakers that chose nothing."""
        return bool(self.test)

    @property
    def reported(self) -> dict[float, dict[str, float]]:
        """Means by kbps and metric, of the test speakers; of the validation speakers where there was no test."""
        if not self.tested:
            return self.scores
        return {
            kbps: {name: fmean(speakers.values()) for name, speakers in metrics.items() if speakers}
            for kbps, metrics in self.test.items()
        }

    def highest(self, metric: str) -> float | None:
        """At the highest rate, of what is reported."""
        return self.reported[max(self.reported)].get(metric)

    def bypassed(self, metric: str) -> float | None:
        """The mean over the test speakers with the quantizer bypassed."""
        speakers = self.unquantized.get(metric)
        return fmean(speakers.values()) if speakers else None

    def facts(self) -> dict[str, Any]:
        """What `of_folder` reads: scores by number of codebooks, as a training writes them down."""
        counts = {kbps: str(count) for count, kbps in nominal_kbps(self.codec).items()}
        kept = {name: getattr(self, name) for name in ("codec", "seed", "rate", "updates", "audio_seconds")}
        kept |= {"validation": {counts[kbps]: terms for kbps, terms in self.scores.items()}}
        if not self.tested:
            return kept
        return kept | {
            "protocol": 2,
            "test": {counts[kbps]: _by_speaker(metrics) for kbps, metrics in self.test.items()},
            "unquantized": _by_speaker(self.unquantized),
            "cpu_seconds": self.cpu_seconds,
            "hardware": self.processor,
        }


def dump(results: Iterable[Result], path: Path) -> None:
    """A line for each."""
    lines = ",\n".join(json.dumps(_stored(result)) for result in results)
    path.write_text(f"[\n{lines}\n]\n")


def load(path: Path) -> list[Result]:
    """What `dump` wrote. Raises OSError, ValueError, TypeError or KeyError where the file is not that."""
    stored = json.loads(path.read_text())
    return [
        Result(**one | {name: _by_number(one[name]) for name in ("scores", "test") if name in one}) for one in stored
    ]  # fmt: skip


def require_one_protocol(results: Iterable[Result]) -> None:
    """Raises UsageError where some were scored on test speakers and others were not."""
    if len({result.tested for result in results}) > 1:
        raise UsageError("results of two protocols: those with test speakers and those without cannot be compared")


def at_rates_gone_on_with(results: Iterable[Result]) -> list[Result]:
    """Of each codec those at the learning rate of its largest budget, and those before the first update.

    Nothing of a codec that has several rates there: it is still choosing.
    """
    results = list(results)
    rates: dict[str, set[float | None]] = {}
    for budget in BUDGETS:
        for codec in {one.codec for one in results if one.budget == budget}:
            rates[codec] = {one.rate for one in results if (one.codec, one.budget) == (codec, budget)}
    chosen = {codec: next(iter(tried)) for codec, tried in rates.items() if len(tried) == 1}
    return [
        one for one in results
        if one.codec in chosen and (one.budget == START or one.rate == chosen[one.codec])
    ]  # fmt: skip


def _stored(result: Result) -> dict[str, Any]:
    """Without the fields that protocol 1 did not have, where they are empty."""
    kept = vars(result)
    return kept if result.tested else {name: value for name, value in kept.items() if value not in ({}, None)}


def _kept(terms: Mapping[str, float]) -> Terms:
    return {name: terms[name] for name in METRICS if name in terms}


def _by_metric(speakers: SpeakerTerms) -> dict[str, dict[str, float]]:
    by_metric = {
        name: {speaker: terms[name] for speaker, terms in speakers.items() if name in terms} for name in METRICS
    }  # fmt: skip
    return {name: values for name, values in by_metric.items() if values}


def _by_speaker(metrics: Mapping[str, Mapping[str, float]]) -> SpeakerTerms:
    speakers = sorted({speaker for values in metrics.values() for speaker in values})
    return {
        speaker: {name: values[speaker] for name, values in metrics.items() if speaker in values}
        for speaker in speakers
    }


def _by_number(stored: Mapping[str, Any]) -> dict[float, Any]:
    return {float(kbps): value for kbps, value in stored.items()}
