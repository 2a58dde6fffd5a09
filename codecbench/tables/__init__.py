"""One table object, and the formats it is written in: terminal, Markdown, CSV, LaTeX; the HTML report prints it too."""

from codecbench.tables.build import build_table
from codecbench.tables.delimited import as_csv
from codecbench.tables.latex import as_latex
from codecbench.tables.markdown import as_markdown
from codecbench.tables.table import Table
from codecbench.tables.terminal import as_text, render_table

__all__ = ["Table", "as_csv", "as_latex", "as_markdown", "as_text", "build_table", "render_table"]
