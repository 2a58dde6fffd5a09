"""LaTeX that really compiles, alone and in a two-column article, whatever the names hold."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import require_tool
from made_runs import MadeCodec, made_results, realistic

from codecbench.analysis import Findings, summarize
from codecbench.errors import UsageError
from codecbench.published import published
from codecbench.store.rows import StoredResults
from codecbench.tables import Table, as_latex, build_table
from codecbench.tables.columns import all_columns
from codecbench.tables.latex import width_pt
from codecbench.tables.selection import preset_columns

HOSTILE = r"""\input{x} $a_b^c$ 50% #1 {~} & "q" <script>alert('1')</script> -- ?` שלום مرحبا 中文 é ł """ + "\u202ex"
TWO_COLUMNS = r"""\documentclass[twocolumn]{article}
\usepackage{booktabs,graphicx}
\begin{document}
\section{StoredResults} Words beside the table \ref{tab:x}.
\input{table}
\end{document}
"""


def table_of(results: StoredResults, caption: str = "A caption") -> Table:
    findings = Findings(results)
    return build_table(
        findings, preset_columns(findings.summary, "codec"), published=published(), caption=caption, keep_empty=False
    )


POOR = {
    "realistic": realistic(),
    "hostile": made_results([MadeCodec(HOSTILE, (6, 12), checkpoint=HOSTILE), MadeCodec("b", (6,))], utterances=8,
                            meta={"dataset": HOSTILE, "command": f"a\n\\end{{document}} {HOSTILE}"}),
    "one-utterance": made_results([MadeCodec("one", (6,))], utterances=1, speakers=1, metrics=["stoi"]),
    "all-failed": made_results([MadeCodec("dead", (6,), fails={f"utt-{i:02d}": "it raised" for i in range(24)})]),
}  # fmt: skip


def compiled(folder: Path, name: str) -> str:
    """The log; fails where pdflatex does."""
    command = [require_tool("pdflatex"), "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    log = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, log[-1500:]
    return log


@pytest.mark.parametrize("kind", POOR)
def test_compiles_alone(tmp_path: Path, kind: str) -> None:
    (tmp_path / "alone.tex").write_text(as_latex(table_of(POOR[kind]), "tab:x", standalone=True), encoding="utf-8")
    log = compiled(tmp_path, "alone")
    assert "Overfull" not in log
    assert "Float too large" not in log


@pytest.mark.parametrize("kind", POOR)
def test_compiles_in_a_two_column_article(tmp_path: Path, kind: str) -> None:
    (tmp_path / "table.tex").write_text(as_latex(table_of(POOR[kind]), "tab:x"), encoding="utf-8")
    (tmp_path / "article.tex").write_text(TWO_COLUMNS, encoding="utf-8")
    log = compiled(tmp_path, "article")
    assert "Overfull" not in log
    assert "Float too large" not in log


def test_the_page_shows_the_tables_figures(tmp_path: Path) -> None:
    reader = require_tool("pdftotext")
    table = table_of(realistic())
    (tmp_path / "alone.tex").write_text(as_latex(table, standalone=True), encoding="utf-8")
    compiled(tmp_path, "alone")
    subprocess.run([reader, "-layout", "alone.pdf"], cwd=tmp_path, timeout=60, check=True)
    page = "".join((tmp_path / "alone.txt").read_text(encoding="utf-8").replace("−", "-").split())
    for row in table.rows:
        for cell in row.cells:
            assert f"{cell.text}{cell.spread}".replace(" ", "") in page


def test_wide_tables_take_both_columns() -> None:
    results = realistic()
    summary = summarize(results)
    known = all_columns(summary)
    narrow = build_table(Findings(results), [known["pesq_wb"], known["estoi"]])
    assert width_pt(narrow) < width_pt(table_of(results))
    assert r"\begin{table}" in as_latex(narrow)
    assert r"\begin{table*}" in as_latex(table_of(results))


def test_a_comment_stays_a_comment() -> None:
    lines = as_latex(table_of(POOR["hostile"])).splitlines()
    assert lines[0].startswith("% codecbench: run made")
    assert r"\end{document}" in lines[0]
    assert not any(r"\end{document}" in line for line in lines[1:])


def test_a_label_is_a_label() -> None:
    with pytest.raises(UsageError, match="letters, digits"):
        as_latex(table_of(realistic()), r"tab}\input{x")
