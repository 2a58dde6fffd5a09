"""A report's page of a made run, without a folder and its audio."""

from __future__ import annotations

from pathlib import Path

from codecbench.analysis import Findings
from codecbench.report.page import Page
from codecbench.store.rows import Results


def page(results: Results) -> Page:
    return Page(Findings(results), Path())
