"""`codecbench table` as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results, realistic, store_results
from running import codecbench, in_process


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    results = realistic()
    return store_results(
        type(results)(**vars(results) | {"meta": {**results.meta, "request": {}}}), tmp_path_factory.mktemp("t") / "run"
    )


def test_formats_and_options(run: Path, tmp_path: Path) -> None:
    text = codecbench("table", run, "--columns", "pesq_wb,rtf_decode,latency_ms", "--group-by", "bitrate")
    assert text.returncode == 0, text.stderr
    assert text.stdout.splitlines()[0].split() == ["codec", "kbps", "PESQ-WB", "RTF", "dec.", "latency"]
    groups = [line for line in text.stdout.splitlines() if line.startswith("– ")]
    assert len(groups) > 10
    assert all(line.endswith(" kbps") for line in groups)
    out = tmp_path / "table.tex"
    arguments = ("--format", "latex", "--caption", "50 % of it", "--label", "tab:a", "--preset", "cost", "--out", out)
    assert codecbench("table", run, *arguments).stdout == ""
    latex = out.read_text()
    assert r"\caption{50 \% of it}" in latex
    assert r"\label{tab:a}" in latex
    assert "codecbench table" in latex.splitlines()[0]
    block = codecbench("table", run, "--format", "markdown", "--published").stdout
    assert "Published figures: other speech" in block
    assert "Published" not in codecbench("table", run, "--format", "markdown").stdout


def test_two_runs(run: Path, tmp_path: Path) -> None:
    other = made_results([MadeCodec("new", (6,))], meta={"request": {}, "run_id": "other"})
    both = codecbench("table", run, store_results(other, tmp_path / "other"), "--format", "csv")
    assert both.returncode == 0, both.stderr
    assert any(line.startswith("other,new,") for line in both.stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument 'RUN...'"),
        (["nowhere"], "'nowhere' holds no run"),
        (["{run}", "--columns", "pesq"], "unknown column 'pesq'; known: measured_kbps, pesq_wb"),
        (["{run}", "--columns", "pesq_wb,,wer"], "--columns 'pesq_wb,,wer': expected names separated by commas"),
        (["{run}", "--format", "word"], "'word' is not one of"),
        (["{run}", "--label", "a"], "--label is LaTeX's; add --format latex"),
        (["{run}", "--format", "csv", "--caption", "a"], "--caption: only with --format text, markdown or latex"),
        (["{run}", "--format", "latex", "--label", "a b"], "--label 'a b': letters, digits"),
        (["{run}", "--out", "/nowhere/at/all.txt"], "cannot be written"),
    ],
)
def test_mistakes_are_one_line(run: Path, arguments: list[str], message: str) -> None:
    result = in_process("table", *(argument.format(run=run) for argument in arguments))
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
