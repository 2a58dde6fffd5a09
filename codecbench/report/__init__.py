"""What a run comes to, for people: the terminal table, `summary.json` and the HTML report."""

from codecbench.report.outputs import write_outputs, write_report
from codecbench.tables.terminal import render_table

__all__ = ["render_table", "write_outputs", "write_report"]
