"""A report's page of a made run, without a folder and its audio."""

from __future__ import annotations

from pathlib import Path

from codecbench.analysis import Findings
from codecbench.report.page import Page
from codecbench.store.rows import StoredResults


def page(results: StoredResults) -> Page:
    return Page(Findings(results), Path())
