"""Score every metric on every distortion of every clip, prepared, aligned and scored as a run does it.

The workers are the run's own: the delay that is common to all clips of a distortion is removed before scoring, as a
codec's would be, so that a verdict here holds for the figures of a report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from codecbench.alignment import constant_delay, estimate_delay
from codecbench.api import Audio, MetricCard, Utterance
from codecbench.audio import SOURCE_RATE, write_24_bit
from codecbench.controls.sensitivity.battery import BATTERY, NULLS, Distortion
from codecbench.controls.sensitivity.changes import Signal
from codecbench.controls.sensitivity.clips import OriginalClip
from codecbench.controls.sensitivity.verdict import ClipFigure
from codecbench.run import workers
from codecbench.run.pool import Failure, Pool, Task
from codecbench.run.progress import Reporter

MAX_DELAY_S = 0.02
"""As of a codec that declares a frame of 20 ms."""
ORIGINAL_SECONDS, CELL_SECONDS = 180.0, 120.0
"""Time limits of a clip of some 4 s, models to be loaded included."""

FiguresByMetric = dict[str, dict[str, list[ClipFigure]]]
"""Figures by metric and change, in the order of the clips."""


@dataclass(frozen=True)
class DistortedClip:
    """One change of one clip, ready to be scored."""

    change: str
    clip: int
    utterance: Utterance
    decoded: Path
    delay_s: float


def score_battery(
    cards: Sequence[MetricCard], clips: Sequence[OriginalClip], recognizer: str | None, seed: int, folder: Path,
    pool: Pool, reporter: Reporter, battery: Sequence[Distortion] = (*BATTERY, *NULLS),
) -> FiguresByMetric:  # fmt: skip
    """Score all `clips` under all of `battery`. Signals are written to `folder`."""
    utterances = [
        replace(clip.utterance, path=_write(clip.signal, folder / f"{i}.flac")) for i, clip in enumerate(clips)
    ]
    names = [card.id for card in cards]
    used = recognizer if any(card.uses_recognizer for card in cards) else None
    parameters = {card.id: dict(card.parameters) for card in cards}
    reporter.say("the originals")
    originals = _originals(utterances, parameters, used, pool)
    figures: FiguresByMetric = {
        name: {change.id: [ClipFigure(None)] * len(clips) for change in battery} for name in names
    }
    for change in battery:
        reporter.say(change.title)
        cases = _cases(change, clips, utterances, seed, folder)
        for case, scores in _scored(cases, names, originals, used, pool):
            for name in names:
                figures[name][change.id][case.clip] = _figure(scores[name])
            reporter.step()
    return figures


def _cases(
    change: Distortion, clips: Sequence[OriginalClip], utterances: Sequence[Utterance], seed: int, folder: Path
) -> list[DistortedClip]:
    signals = [change.apply(clip, generator(seed, clip, change)) for clip in clips]
    files = [_write(signal, folder / f"{i}-{change.id}.flac") for i, signal in enumerate(signals)]
    delay = constant_delay(
        [estimate_delay(_audio(clip.signal), _audio(s), MAX_DELAY_S) for clip, s in zip(clips, signals, strict=True)]
    )
    return [DistortedClip(change.id, i, utterances[i], file, delay) for i, file in enumerate(files)]


def generator(seed: int, clip: OriginalClip, change: Distortion) -> np.random.Generator:
    """The same for the same clip and change, whatever else is measured."""
    return np.random.default_rng([seed, *clip.utterance.id.encode(), 0, *change.id.encode()])


def _originals(
    utterances: Sequence[Utterance], parameters: Mapping[str, Mapping[str, Any]], recognizer: str | None, pool: Pool
) -> list[workers.Original]:
    originals: dict[int, workers.Original] = {}
    tasks = (
        Task(i, workers.original, (utterance, parameters, recognizer), ORIGINAL_SECONDS)
        for i, utterance in enumerate(utterances)
    )
    for outcome in pool.run(tasks):
        if isinstance(outcome.value, Failure):
            why = {"status": outcome.value.status, "reason": outcome.value.reason}
            originals[outcome.tag] = workers.Original(0.0, why if recognizer else None, dict.fromkeys(parameters, why))
        else:
            originals[outcome.tag] = outcome.value
    return [originals[i] for i in range(len(utterances))]


def _scored(
    cases: Sequence[DistortedClip], metrics: Sequence[str], originals: Sequence[workers.Original],
    recognizer: str | None, pool: Pool,
) -> Iterator[tuple[DistortedClip, dict[str, Mapping[str, Any]]]]:  # fmt: skip
    for outcome in pool.run(_task(case, metrics, originals, recognizer) for case in cases):
        case, value = outcome.tag, outcome.value
        if isinstance(value, Failure) and len(metrics) > 1:
            # One metric ended its process: score each alone, so that the others keep their figures.
            alone: dict[str, Mapping[str, Any]] = {}
            for name in metrics:
                (one,) = pool.run(iter([_task(case, [name], originals, recognizer)]))
                alone[name] = _score_of(one.value, name)
            yield case, alone
        else:
            yield case, {name: _score_of(value, name) for name in metrics}


def _task(
    case: DistortedClip, metrics: Sequence[str], originals: Sequence[workers.Original], recognizer: str | None
) -> Task:
    original = originals[case.clip]
    job = workers.ScoreJob(
        utterance=case.utterance,
        decoded=case.decoded,
        delay_s=case.delay_s,
        metrics=tuple(metrics),
        recognizer=recognizer,
        recognizer_reason="no recognizer is installed",
        prepared={name: original.prepared[name] for name in metrics},
        reference_hypothesis=original.hypothesis,
    )
    return Task(case, workers.score, (job,), CELL_SECONDS)


def _score_of(value: workers.Scored | Failure, name: str) -> Mapping[str, Any]:
    return {"status": value.status, "reason": value.reason} if isinstance(value, Failure) else value.scores[name]


def _figure(score: Mapping[str, Any]) -> ClipFigure:
    if score["status"] != "ok":
        return ClipFigure(None, score["status"], score["reason"])
    return ClipFigure(score["numerator"] / score["denominator"])


def _write(signal: Signal, path: Path) -> Path:
    write_24_bit(signal, SOURCE_RATE, path)
    return path


def _audio(signal: Signal) -> Audio:
    return Audio.mono(signal, SOURCE_RATE)
