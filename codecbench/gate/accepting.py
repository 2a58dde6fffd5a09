"""What to type where a loss was meant: the baseline is written again from the run that shows it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from codecbench.gate.baseline import Baseline
from codecbench.gate.verdict import REGRESSED, GateOutcome


def may_be_meant(outcome: GateOutcome) -> bool:
    """Whether another baseline is an answer: not where cells failed, whose scores it would lack and gate no more.

    Nor where no more than floors are crossed: no baseline moves them.
    """
    causes = {finding.cause for finding in outcome.findings}
    return outcome.status == REGRESSED and "failed" not in causes and causes != {"floor"}


def acceptance(outcome: GateOutcome) -> str:
    """The command that makes the run the new baseline, with what the old one holds; empty where it is no answer.

    Empty too where the baseline is a run's folder and no file, and where the run has only a part of it.
    """
    before, after = outcome.comparison.before, outcome.comparison.after
    if not may_be_meant(outcome) or before.folder is not None or after.folder is None:
        return ""
    if {row.place for row in before.rows} - {row.place for row in after.rows}:
        return ""
    if set(before.utterances) - set(after.utterances):
        return ""
    command = ["codecbench", "baseline", "write", after.source, "--out", before.source]
    command += _only("--codecs", before.codecs, after.codecs)
    command += _only("--metrics", _metrics(before), _metrics(after))
    return shlex.join(command)


def _only(option: str, kept: Iterable[str], every: Iterable[str]) -> list[str]:
    return [] if set(kept) == set(every) else [option, ",".join(kept)]


def _metrics(side: Baseline) -> list[str]:
    return list(dict.fromkeys(name for row in side.rows for name in row.metrics))
