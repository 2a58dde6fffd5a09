"""Simulated listeners, who answer a listening test as webMUSHRA's service writes it down."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from codecbench.listen.design import REFERENCE, Kind, ListeningTest, TestSignal, Trial
from codecbench.store.ids import CellPlace


def design(kind: Kind = "mushra", trials: int = 3) -> ListeningTest:
    """Opus at 6 and 12 kbps, with an anchor in MUSHRA."""

    def stimuli(trial: int) -> tuple[TestSignal, ...]:
        codecs = [
            TestSignal(f"{trial}{p}", "codec", f"opus {p}", "", CellPlace("opus", "default", p, f"u{trial}", 0))
            for p in ("6", "12")
        ]
        anchors = [TestSignal(f"{trial}a", "anchor", "low-pass 7 kHz", "", hertz=7000.0)]
        return (*codecs, *(anchors if kind == "mushra" else ()))

    return ListeningTest(kind, f"codecbench-{kind}-made-0", "made", 0, tuple(
        Trial(f"t{index}", f"u{index}", "r.wav", stimuli(index)) for index in range(trials)
    ))  # fmt: skip


Opinion = Callable[[Trial, TestSignal | None], float]
"""A rating of a stimulus; None is the hidden reference."""


def by_bitrate(seed: int, hidden: float = 100.0) -> Opinion:
    """The higher the bitrate the better, anchors at the bottom, a little different each time."""
    g = np.random.default_rng(seed)

    def opinion(_: Trial, stimulus: TestSignal | None) -> float:
        if stimulus is None:
            return hidden
        level = 30.0 if stimulus.cell is None else 40 + 4 * float(stimulus.cell.point)
        return float(np.clip(np.round(level + g.normal(0, 4)), 0, 100))

    return opinion


def write_ratings(design: ListeningTest, path: Path, listeners: Mapping[str, Opinion]) -> Path:
    """`mushra.csv`, a session of each listener; the practice trial is among the answers."""
    heads = [
        "session_test_id", "listener", "session_uuid", "trial_id", "rating_stimulus", "rating_score", "rating_time",
        "rating_comment",
    ]  # fmt: skip
    rows = []
    for name, opinion in listeners.items():
        for trial_id, trial in [("training", design.trials[0]), *((trial.id, trial) for trial in design.trials)]:
            for stimulus in (None, *trial.stimuli):
                code = stimulus.code if stimulus else REFERENCE
                score = 0.0 if trial_id == "training" else opinion(trial, stimulus)
                rows.append([design.id, name, f"uuid-{name}", trial_id, code, f"{score:g}", 900, ""])
    return _write(path, heads, rows)


def write_choices(design: ListeningTest, path: Path, listeners: Mapping[str, Callable[[TestSignal], bool]]) -> Path:
    """`paired_comparison.csv`: whether each listener finds the reference beside a stimulus."""
    heads = ["session_test_id", "listener", "trial_id", "choice_reference", "choice_non_reference", "choice_answer",
             "choice_time", "choice_comment"]  # fmt: skip
    rows = [
        [design.id, name, trial.id, REFERENCE, stimulus.code, "correct" if finds(stimulus) else "incorrect", 900, ""]
        for name, finds in listeners.items()
        for trial in design.trials
        for stimulus in trial.stimuli
    ]
    return _write(path, heads, rows)


def _write(path: Path, heads: list[str], rows: list[list[object]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([heads, *rows])
    return path
