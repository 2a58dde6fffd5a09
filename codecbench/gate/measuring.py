"""The run that answers to a baseline: its codecs, operating points, utterances and metrics, as a command."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from codecbench.errors import UsageError
from codecbench.gate.baseline import Baseline
from codecbench.gate.matching import Scope


def run_arguments(
    before: Baseline, dataset: str, out: str, codecs: Sequence[str] | None = None, metrics: Sequence[str] | None = None
) -> list[str]:
    """The arguments of `codecbench` that measure `codecs` (None: all) as the baseline did; `metrics`: not all of them.

    Raises:
        UsageError: the baseline has none of `codecs`.
    """
    rows = [row for row in before.rows if Scope(None if codecs is None else tuple(codecs)).includes(row.place)]
    if not rows:
        raise UsageError(
            f"baseline '{before.source}' has no codec '{', '.join(codecs or ())}'; it has: {', '.join(before.codecs)}"
        )
    names = metrics or dict.fromkeys(name for row in rows for name in row.metrics)
    return [
        "run",
        "--codecs", ",".join(codecs or before.codecs),
        "--bitrates", ",".join(dict.fromkeys(row.place.point for row in rows)),
        "--dataset", dataset,
        "--limit", str(len(before.utterances)),
        "--metrics", ",".join(names),
        "--cost", "none",
        "--keep-audio", "none",
        "--out", out,
    ]  # fmt: skip


def written_anew(before: Baseline, file: str, dataset: str) -> str:
    """What to type to measure all that the baseline `file` holds and to write it again."""
    run = shlex.join(["codecbench", *run_arguments(before, dataset, "run")])
    return f"{run} && {shlex.join(['codecbench', 'baseline', 'write', 'run', '--out', file])}"
