"""A sitting of the court: which metrics, on which clips, to a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from codecbench.api import Dataset, MetricCard
from codecbench.court.battery import BATTERY, NULLS
from codecbench.court.clips import Clip, pair_clips, probe_clips
from codecbench.court.record import Record, Tried, judge_metric
from codecbench.court.trial import try_metrics
from codecbench.datasets import load_dataset
from codecbench.plugins import Registry
from codecbench.run.keys import file_sha256, revision
from codecbench.run.pool import Pool
from codecbench.run.progress import Reporter


@dataclass(frozen=True, eq=False)
class Bench:
    """The metrics that are tried on one dataset, and its clips."""

    dataset: str
    revision: str
    cards: tuple[MetricCard, ...]
    clips: tuple[Clip, ...]


def sit(names: Sequence[str] | None, registry: Registry, seed: int, jobs: int, reporter: Reporter) -> Record:
    """Try the metrics of these ids, or all but those on request. Raises UsageError for one that is not registered."""
    if names is None:
        names = [name for name, entry in registry.metrics.items() if not entry.card.on_request]
    cards = [registry.find("metrics", name).card for name in names]
    recognizer = _recognizer(cards, registry)
    benches = _benches(cards, registry, seed)
    reporter.expect(sum(len(bench.clips) for bench in benches) * (len(BATTERY) + len(NULLS)))
    tried: dict[str, Tried] = {}
    for bench in benches:
        with TemporaryDirectory() as name, Pool(jobs, Path(name) / "workers.log") as pool:
            evidence = try_metrics(bench.cards, bench.clips, recognizer, seed, Path(name), pool, reporter)
        heard = recognizer_label(registry, recognizer)
        tried |= {card.id: judge_metric(card, bench.dataset, heard, evidence[card.id]) for card in bench.cards}
    return Record(
        seed=seed,
        datasets={bench.dataset: bench.revision for bench in benches},
        recognizer=recognizer_label(registry, recognizer),
        tried={card.id: tried[card.id] for card in cards},
    )


def recognizer_label(registry: Registry, name: str | None) -> str | None:
    """Id and version, e.g. `whisper-tiny.en 1`."""
    if name is None:
        return None
    card = registry.recognizers[name].card
    return f"{card.id} {card.version}"


def _recognizer(cards: Sequence[MetricCard], registry: Registry) -> str | None:
    """The first registered, as in a run."""
    if not any(card.uses_recognizer for card in cards):
        return None
    return next(iter(registry.recognizers), None)


def _benches(cards: Sequence[MetricCard], registry: Registry, seed: int) -> list[Bench]:
    """Metrics that read columns of `pairs` are tried on it, all others on `probe`."""
    pairs = load_dataset("pairs", registry)
    columns = {name for utterance in pairs.utterances for name in utterance.extra}
    on_pairs = tuple(card for card in cards if columns.intersection(card.columns))
    others = tuple(card for card in cards if card not in on_pairs)
    found = []
    if others:
        probe = load_dataset("probe", registry)
        found.append(Bench("probe", dataset_revision(probe), others, probe_clips(probe, seed)))
    if on_pairs:
        found.append(Bench("pairs", dataset_revision(pairs), on_pairs, pair_clips(pairs, seed)))
    return found


def dataset_revision(dataset: Dataset) -> str:
    return revision((u, file_sha256(u.path) or f"unreadable:{u.id}") for u in dataset.utterances)
