"""From the store's rows to figures with intervals: numpy and scipy alone, no codec is run."""

from codecbench.analysis.document import as_json
from codecbench.analysis.summary import Row, Summary, summarize

__all__ = ["Row", "Summary", "as_json", "summarize"]
