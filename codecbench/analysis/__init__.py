"""From the store's rows to figures with intervals: numpy and scipy alone, no codec is run."""

from codecbench.analysis.document import as_json
from codecbench.analysis.findings import Findings, summarize
from codecbench.analysis.summary import Row, Summary

__all__ = ["Findings", "Row", "Summary", "as_json", "summarize"]
