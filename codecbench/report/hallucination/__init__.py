"""The section "Hallucination": which words a codec changed, which of them are fluently wrong, and how sure that is."""

from codecbench.report.hallucination.section import section

__all__ = ["section"]
