"""The controls of the verdict, as a table with intervals: `codecbench dev controls hallucination`.

A blur puts no other word into anybody's mouth: few of its errors may be called hallucinated. Two controls plant words
that fit: another utterance of the same speaker, and the rival reading of a minimal pair by the same voice, the latter
also inside Opus 6k, where the file sounds blurred and the word is another one. A third splices words of the same reader
into running speech. What is found at Opus 32k is the false-alarm floor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tabulate import tabulate

from codecbench.api import Unavailable
from codecbench.controls.degradations import all_changes
from codecbench.controls.hallucination.confirming import Confirming, confirming_figures
from codecbench.controls.hallucination.figures import ControlFigure, Controls, Rivals
from codecbench.controls.hallucination.measuring import Measuring
from codecbench.controls.hallucination.splices import plant, splice_stimuli
from codecbench.controls.hallucination.stimuli import blur_stimuli, pair_stimuli, spread, swap_stimuli
from codecbench.datasets import load_dataset
from codecbench.metrics.hallucination.calibration import VerdictCalibration, calibration_of
from codecbench.metrics.heard import Normalize
from codecbench.plugins import Registry
from codecbench.recognizers import moonshine
from codecbench.recognizers.choice import load_scorer
from codecbench.recognizers.normalizer import load_normalizer


@dataclass(frozen=True)
class ControlTable:
    """The figures, what they were measured on, and the recognizer and thresholds that they were measured with."""

    dataset: str
    recognizer: str
    recognizer_version: str
    probability: float
    relative: float
    margin_nats: float
    figures: tuple[ControlFigure, ...]
    second: str = ""
    """The recognizer that confirmed, with its version; empty where none is installed."""

    @classmethod
    def of(
        cls, figures: Sequence[ControlFigure], calibration: VerdictCalibration, dataset: str, second: str = ""
    ) -> ControlTable:
        """`dataset` by its id."""
        thresholds = (calibration.probability, calibration.relative, calibration.margin_nats)
        heard_by = (calibration.recognizer, calibration.recognizer_version)
        return cls(dataset, *heard_by, *thresholds, tuple(figures), second)

    def markdown(self) -> str:
        """A line for each figure, and under it what was measured with what."""
        rows = [(f.control, f.condition, _value(f), _interval(f), f.words, f.target) for f in self.figures]
        titles = ("control", "condition", "value", "95 % interval", "of", "target")
        table = tabulate(rows, titles, "github", disable_numparse=True)
        note = (
            f"Dataset `{self.dataset}`; {self.recognizer}, version {self.recognizer_version}; "
            f"sure from {self.probability:g}, or {self.relative:g} of the right word's probability, on; "
            f"better from {self.margin_nats:g} nats per word on. "
            "Intervals: shares by bootstrap over speakers, pairs and Opus 32k exact binomial, AUC (of the margin, on "
            "substitutions and insertions) by bootstrap over utterances."
        )
        if self.second:
            note += f" Confirmed by {self.second}; its AUC is of utterances."
        return f"{table}\n\n{note}\n"


def measure_controls(dataset: str, limit: int | None, pairs: bool, cache: Path, registry: Registry) -> ControlTable:
    """The table of `dataset`, and of the dataset `pairs` if asked, by the first registered recognizer.

    `limit`: utterances, and pairs, at most. Evidence is kept in `cache`, and measuring goes on from it.

    Raises:
        UsageError: no such dataset.
        Abstain: the recognizer is not calibrated.
        Unavailable: the recognizer, or a coder of the blurs, is not here.
    """
    normalize = load_normalizer()
    recognizer, card = load_scorer(None, registry)
    calibration = calibration_of(card)
    measuring = Measuring(recognizer, normalize, cache)
    changes = all_changes()
    loaded = load_dataset(dataset, registry)
    speech = spread(loaded.utterances, limit)
    measured = list(measuring.measure([*blur_stimuli(speech, changes), *swap_stimuli(speech)]))
    planted = plant(speech, recognizer, normalize)
    measured += measuring.measure(splice_stimuli(speech, planted))
    rivals: Rivals = {}
    if pairs:
        readings = load_dataset("pairs", registry).utterances
        measured += measuring.measure(pair_stimuli(readings, changes["Opus 6k"], limit))
        rivals = {u.id: (normalize(u.extra["word"]), normalize(u.extra["rival"])) for u in readings}
    figures = Controls(measured, calibration, rivals, planted).figures()
    second = ""
    if confirming := load_confirming(normalize, cache):
        heard = [*blur_stimuli(speech, changes), *splice_stimuli(speech, planted)]
        rows = list(measuring.measure(heard))  # all known
        figures += confirming_figures(rows, confirming.confirmed(zip(heard, rows, strict=True)))
        second = f"{moonshine.CARD.id}, version {moonshine.CARD.version}"
    return ControlTable.of(figures, calibration, loaded.id, second)


def load_confirming(normalize: Normalize, cache: Path) -> Confirming | None:
    """With the second recognizer; None where it is not installed. It keeps what it heard beside `cache`."""
    try:
        moonshine.check_installed()
    except Unavailable:
        return None
    file = cache.with_name(f"{cache.stem}-{moonshine.CARD.id}-{moonshine.CARD.version}{cache.suffix}")
    return Confirming(moonshine.Moonshine(), normalize, file)


def _interval(figure: ControlFigure) -> str:
    if figure.low is None or figure.high is None:
        return "none"
    return f"{figure.low:.3f} to {figure.high:.3f}"


def _value(figure: ControlFigure) -> str:
    return "n/a" if figure.value is None else f"{figure.value:.3f}"
