"""How far a metric's figure differs from one time to the next, where it was scored several times."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from codecbench.analysis.summary import Summary
from codecbench.printing.figures import Style


def repeat_notes(summary: Summary, shown: Collection[str]) -> list[str]:
    """`UTMOSv2 is the mean of 5 repetitions: test-retest standard deviation 0.080 of one, 0.036 of the mean; ...`"""
    notes = []
    for name, spread in summary.repeats.items():
        if name not in shown:
            continue
        facts = summary.metrics[name]
        style = Style.of(facts)
        fine = replace(style, decimals=style.decimals + 1)
        one, mean, widest = (fine.number(value) for value in (spread.deviation, spread.of_mean, spread.widest))
        notes.append(
            f"{facts.title} is the mean of {spread.repetitions} repetitions: test-retest standard deviation {one} of "
            f"one, {mean} of the mean; at most {widest} apart on one signal."
        )
    return notes
