"""Measure what metrics react to: which metrics, on which clips, to a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from codecbench.api import Dataset, MetricCard
from codecbench.controls.sensitivity.battery import BATTERY, NULLS
from codecbench.controls.sensitivity.clips import OriginalClip, pair_clips, probe_clips
from codecbench.controls.sensitivity.record import MetricSensitivity, Record, judge_metric
from codecbench.controls.sensitivity.scoring import score_battery
from codecbench.datasets import load_dataset
from codecbench.plugins import Registry
from codecbench.run.keys import file_sha256, revision
from codecbench.run.pool import Slots
from codecbench.run.progress import Reporter


@dataclass(frozen=True, eq=False)
class ClipSet:
    """The clips of one dataset, and the metrics that are measured on them."""

    dataset: str
    revision: str
    cards: tuple[MetricCard, ...]
    clips: tuple[OriginalClip, ...]


def measure_sensitivity(
    names: Sequence[str] | None, registry: Registry, seed: int, jobs: int, reporter: Reporter
) -> Record:
    """Measure the metrics of these ids, or all but those on request.

    Raises:
        UsageError: a metric is not registered.
    """
    if names is None:
        names = [name for name, entry in registry.metrics.items() if entry.card.is_default("wb")]
    cards = [registry.find("metrics", name).card for name in names]
    recognizer = _recognizer(cards, registry)
    label = recognizer_label(registry, recognizer)
    clip_sets = _clip_sets(cards, registry, seed)
    reporter.expect(sum(len(clip_set.clips) for clip_set in clip_sets) * (len(BATTERY) + len(NULLS)))
    measured: dict[str, MetricSensitivity] = {}
    for clip_set in clip_sets:
        with TemporaryDirectory() as name, Slots(jobs, Path(name) / "workers.log") as slots:
            figures = score_battery(
                clip_set.cards, clip_set.clips, recognizer, seed, Path(name), slots.pool("score"), reporter
            )
        for card in clip_set.cards:
            measured[card.id] = judge_metric(card, clip_set.dataset, label, figures[card.id])
    return Record(
        seed=seed,
        datasets={clip_set.dataset: clip_set.revision for clip_set in clip_sets},
        recognizer=label,
        metrics={card.id: measured[card.id] for card in cards},
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


def _clip_sets(cards: Sequence[MetricCard], registry: Registry, seed: int) -> list[ClipSet]:
    """Metrics that read columns of `pairs` are measured on it, all others on `probe`."""
    pairs = load_dataset("pairs", registry)
    columns = {name for utterance in pairs.utterances for name in utterance.extra}
    on_pairs = tuple(card for card in cards if columns.intersection(card.columns))
    others = tuple(card for card in cards if card not in on_pairs)
    clip_sets = []
    if others:
        probe = load_dataset("probe", registry)
        clip_sets.append(ClipSet("probe", dataset_revision(probe), others, probe_clips(probe, seed)))
    if on_pairs:
        clip_sets.append(ClipSet("pairs", dataset_revision(pairs), on_pairs, pair_clips(pairs, seed)))
    return clip_sets


def dataset_revision(dataset: Dataset) -> str:
    return revision((u, file_sha256(u.recording_path) or f"unreadable:{u.id}") for u in dataset.utterances)
