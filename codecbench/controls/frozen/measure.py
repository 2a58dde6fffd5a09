"""Score ten known signals: a clip that is shipped, changed as `codecbench sensitivity` changes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from codecbench.api import MetricCard
from codecbench.controls.frozen.record import FrozenMetric, FrozenScores
from codecbench.controls.sensitivity.battery import BATTERY
from codecbench.controls.sensitivity.clips import OriginalClip, pair_clips, probe_clips
from codecbench.controls.sensitivity.scoring import score_battery
from codecbench.controls.sensitivity.verdict import ClipFigure
from codecbench.datasets import load_dataset
from codecbench.machine import describe_libraries
from codecbench.plugins import OWN, Registry
from codecbench.run.pool import Slots
from codecbench.run.progress import Reporter

SIGNALS = (
    "identity", "late_8", "level", "low_pass", "noise", "clipping", "gaps", "stretch", "pitch", "spliced_word",
)  # fmt: skip
"""Ids of changes of the battery: nothing, what is hardly heard, sound, time, voice, words."""
SEED = 0
MORE = ("hibari-tts", "pocketsphinx", "moonshine-cpp", "faker")
"""Distributions that decide scores of words and phones, besides those that every run records."""


def measure(names: Sequence[str] | None, registry: Registry, jobs: int, reporter: Reporter) -> FrozenScores:
    """The scores of the metrics of these ids, or of all that codecbench ships, those on request too.

    Raises:
        UsageError: a metric is not registered.
    """
    if names is None:
        names = [name for name, entry in registry.metrics.items() if entry.distribution == OWN]
    cards = [registry.find("metrics", name).card for name in names]
    recognizer = next(iter(registry.recognizers), None)
    battery = [change for change in BATTERY if change.id in SIGNALS]
    clip_sets = _clip_sets(cards, registry)
    reporter.expect(len(clip_sets) * len(battery))
    metrics: dict[str, FrozenMetric] = {}
    missing: dict[str, str] = {}
    for chosen, clip in clip_sets:
        with TemporaryDirectory() as name, Slots(jobs, Path(name) / "workers.log") as slots:
            pool = slots.pool("score")
            figures = score_battery(chosen, [clip], recognizer, SEED, Path(name), pool, reporter, battery)
        for card in chosen:
            answers = {signal: figures[card.id][signal][0] for signal in SIGNALS}
            why = next((answer.reason for answer in answers.values() if answer.status == "skipped"), None)
            if why is None:
                metrics[card.id] = _frozen(card, answers)
            else:
                missing[card.id] = why
    return FrozenScores(
        describe_libraries(MORE), {card.id: metrics[card.id] for card in cards if card.id in metrics}, missing
    )


def _frozen(card: MetricCard, answers: dict[str, ClipFigure]) -> FrozenMetric:
    values = {signal: answer.value for signal, answer in answers.items() if answer.value is not None}
    return FrozenMetric(
        card.version, values, {signal: answer.status for signal, answer in answers.items() if answer.value is None}
    )


def _clip_sets(cards: Sequence[MetricCard], registry: Registry) -> list[tuple[list[MetricCard], OriginalClip]]:
    """Metrics that read columns of `pairs` are scored on a clip of it, all others on one of `probe`."""
    on_pairs = [card for card in cards if card.columns]
    others = [card for card in cards if not card.columns]
    found = []
    if others:
        found.append((others, probe_clips(load_dataset("probe", registry), SEED)[0]))
    if on_pairs:
        found.append((on_pairs, pair_clips(load_dataset("pairs", registry), SEED)[0]))
    return found
