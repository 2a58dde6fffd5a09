"""Score every metric on every distortion of every clip, prepared, aligned and scored as a run does it.

The workers are the run's own: the delay that is common to all clips of a distortion is removed before scoring, as a
codec's would be, so that a verdict here holds for the figures of a report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from codecbench.alignment import constant_delay, estimate_delay
from codecbench.api import Audio, MetricCard, Utterance
from codecbench.audio import SOURCE_RATE, write_24_bit
from codecbench.conditions import SourceRecording
from codecbench.controls.sensitivity.battery import BATTERY, NULLS, Distortion
from codecbench.controls.sensitivity.changes import Signal
from codecbench.controls.sensitivity.clips import OriginalClip
from codecbench.controls.sensitivity.verdict import ClipFigure
from codecbench.run import workers
from codecbench.run.pool import Pool, Task
from codecbench.run.progress import Reporter
from codecbench.store.answers import Failure, ScoreValue

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
    jobs = workers.metric_jobs(cards)
    reporter.say("the originals")
    originals = _originals(utterances, jobs, used, pool)
    figures: FiguresByMetric = {
        name: {change.id: [ClipFigure(None)] * len(clips) for change in battery} for name in names
    }
    for change in battery:
        reporter.say(change.title)
        cases = _cases(change, clips, utterances, seed, folder)
        for case, scores in _scored(cases, jobs, originals, used, pool):
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
    utterances: Sequence[Utterance], metrics: Sequence[workers.MetricJob], recognizer: str | None, pool: Pool
) -> list[workers.Original]:
    originals: dict[int, workers.Original] = {}
    tasks = (
        Task(
            i,
            workers.original,
            (utterance, SourceRecording(utterance.recording_path), metrics, recognizer),
            ORIGINAL_SECONDS,
        )
        for i, utterance in enumerate(utterances)
    )
    for outcome in pool.run(tasks):
        if isinstance(outcome.value, Failure):
            why = {"status": outcome.value.status, "reason": outcome.value.reason}
            prepared = {job.name: why for job in metrics}
            originals[outcome.tag] = workers.Original(0.0, why if recognizer else None, prepared)
        else:
            originals[outcome.tag] = outcome.value
    return [originals[i] for i in range(len(utterances))]


def _scored(
    cases: Sequence[DistortedClip], metrics: Sequence[workers.MetricJob], originals: Sequence[workers.Original],
    recognizer: str | None, pool: Pool,
) -> Iterator[tuple[DistortedClip, dict[str, ScoreValue | Failure]]]:  # fmt: skip
    for outcome in pool.run(_task(case, metrics, originals, recognizer) for case in cases):
        case, value = outcome.tag, outcome.value
        if isinstance(value, Failure) and len(metrics) > 1:
            # One metric ended its process: score each alone, so that the others keep their figures.
            alone: dict[str, ScoreValue | Failure] = {}
            for job in metrics:
                (one,) = pool.run(iter([_task(case, [job], originals, recognizer)]))
                alone |= _scores_of(one.value, [job])
            yield case, alone
        else:
            yield case, _scores_of(value, metrics)


def _task(
    case: DistortedClip,
    metrics: Sequence[workers.MetricJob],
    originals: Sequence[workers.Original],
    recognizer: str | None,
) -> Task:
    original = originals[case.clip]
    job = workers.ScoreJob(
        utterance=case.utterance,
        recording=SourceRecording(case.utterance.recording_path),
        decoded=case.decoded,
        delay_s=case.delay_s,
        metrics=tuple(metrics),
        recognizer=recognizer,
        recognizer_reason="no recognizer is installed",
        prepared={job.name: original.prepared[job.name] for job in metrics},
        reference_hypothesis=original.hypothesis,
    )
    return Task(case, workers.score, (job,), CELL_SECONDS)


def _scores_of(
    value: workers.CellScores | Failure, metrics: Sequence[workers.MetricJob]
) -> dict[str, ScoreValue | Failure]:
    names = [card.id for job in metrics for card in job.cards]
    return dict.fromkeys(names, value) if isinstance(value, Failure) else {name: value.scores[name] for name in names}


def _figure(score: ScoreValue | Failure) -> ClipFigure:
    if isinstance(score, ScoreValue):
        return ClipFigure(score.numerator / score.denominator)
    return ClipFigure(None, score.status, score.reason)


def _write(signal: Signal, path: Path) -> Path:
    write_24_bit(signal, SOURCE_RATE, path)
    return path


def _audio(signal: Signal) -> Audio:
    return Audio.mono(signal, SOURCE_RATE)
