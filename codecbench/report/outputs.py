"""The files that a run leaves for its readers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from codecbench.analysis import Findings, Summary, as_json
from codecbench.report.html import render_report
from codecbench.report.page import AUDIO_MB, AudioMode
from codecbench.store import Store
from codecbench.whole_files import replaced

SUMMARY = "summary.json"
REPORT = "report.html"


def write_outputs(folder: Path) -> Summary:
    """Write summary.json and report.html of the run in `folder`. Raises UsageError where there is no run."""
    with Store(folder) as store:
        findings = Findings(store.results())
    write_report(findings, (folder,))
    return findings.summary


def write_report(
    findings: Findings, folders: Sequence[Path], out: Path | None = None, audio: AudioMode = "embed",
    audio_mb: float = AUDIO_MB,
) -> Path:  # fmt: skip
    """Write the report of `findings` to `out`, or into the run's folder with summary.json; returns the report's file.

    `folders` are those of the runs: with several an `out` is needed. `audio_mb`: audio to embed at most.
    """
    first, *more = folders
    if out is not None:
        return render_report(findings, first, out, audio, audio_mb, more)
    _write_summary(findings.summary, first)
    return render_report(findings, first, first / REPORT, audio, audio_mb)


def _write_summary(summary: Summary, folder: Path) -> None:
    text = json.dumps(as_json(summary), indent=1, ensure_ascii=False, allow_nan=False)
    with replaced(folder / SUMMARY) as partial:
        partial.write_text(text + "\n", encoding="utf-8")
