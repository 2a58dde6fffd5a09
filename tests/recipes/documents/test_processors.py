"""What docs/hallucination.md says of other processors is what was measured."""

from __future__ import annotations

from pathlib import Path

from codecbench.controls.recognizer.instructions import InstructionTable
from codecbench.controls.recognizer.windows import WindowTable
from recipes.findings.records import read

ROOT = Path(__file__).parents[3]


def test_the_document_counts_what_the_table_counts() -> None:
    table = read(InstructionTable, ROOT / "reports" / "recognizer-instructions.json")
    assert (ROOT / "reports" / "recognizer-instructions.md").read_text(encoding="utf-8") == table.markdown()
    assert table.avx512
    same, signals = (sum(getattr(one, name) for one in table.figures) for name in ("same", "signals"))
    text = " ".join((ROOT / "docs" / "hallucination.md").read_text(encoding="utf-8").split())
    assert f"({same} of {signals} originals, noises and decoded signals" in text


def test_no_condition_is_heard_clearly_worse_in_the_short_window() -> None:
    table = read(WindowTable, ROOT / "reports" / "recognizer-window.json")
    assert (ROOT / "reports" / "recognizer-window.md").read_text(encoding="utf-8") == table.markdown()
    assert all(one.difference.low is not None and one.difference.low <= 0 for one in table.figures)
    assert sum(one.signals for one in table.figures) >= 300
    text = " ".join((ROOT / "docs" / "definitions.md").read_text(encoding="utf-8").split())
    assert len(table.figures) == 11
    assert "The short window hears no worse than the long one in any of eleven conditions" in text


def test_the_word_errors_of_dac_here_are_those_of_the_rendered_table() -> None:
    rows = [line.split("|") for line in (ROOT / "reports" / "table.md").read_text(encoding="utf-8").splitlines()]
    (wer,) = (row[6].split()[0] for row in rows if [cell.strip() for cell in row[1:3]] == ["dac (reference)", "1"])
    text = " ".join((ROOT / "docs" / "hallucination.md").read_text(encoding="utf-8").split())
    assert f"DAC at 1 kbps had a WER of {wer} % on a processor with AVX-512" in text
