"""The files that a run leaves for its readers."""

from __future__ import annotations

import json
from pathlib import Path

from codecbench.analysis import Findings, Summary, as_json
from codecbench.analysis.looks import Wishes
from codecbench.report.html import render_report
from codecbench.report.page import AUDIO_MB, AudioMode
from codecbench.store import Store

SUMMARY = "summary.json"
REPORT = "report.html"


def write_outputs(
    folder: Path, audio: AudioMode = "embed", out: Path | None = None, audio_mb: float = AUDIO_MB,
    wishes: Wishes | None = None,
) -> Summary:  # fmt: skip
    """Write summary.json and report.html of the run in `folder`, or the report alone to `out`.

    `audio_mb`: audio to embed at most. `wishes`: how the reader wants codecs to be called and drawn.

    Raises UsageError where there is no run.
    """
    with Store(folder) as store:
        findings = Findings(store.results(), wishes or Wishes())
    if out is not None:
        render_report(findings, folder, out, audio, audio_mb)
        return findings.summary
    text = json.dumps(as_json(findings.summary), indent=1, ensure_ascii=False, allow_nan=False)
    partial = folder / f"{SUMMARY}.partial"
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(folder / SUMMARY)
    render_report(findings, folder, folder / REPORT, audio, audio_mb)
    return findings.summary
