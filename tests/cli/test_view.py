"""`--label`, `--rename` and `--style`: one spelling for plots, tables and reports."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_outsiders import ten_codecs
from running import in_process


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ten_codecs(tmp_path_factory.mktemp("ten") / "run")


@pytest.fixture
def style(tmp_path: Path) -> Path:
    file = tmp_path / "codecs.toml"
    file.write_text('[mimi]\nlabel = "Mimi"\ncolour = "#123456"\n[another]\nlabel = "of another run"\n')
    return file


@pytest.mark.parametrize("option", ["--label", "--rename"])
def test_a_table_calls_codecs_as_asked(run: Path, style: Path, option: str) -> None:
    result = in_process("table", run, "--format", "latex", "--columns", "stoi", "--style", style,
                        option, "encodec=EnCodec", "--label", "tab:mine")  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "Mimi &" in result.stdout
    assert "EnCodec (reference) &" in result.stdout
    assert r"\label{tab:mine}" in result.stdout


def test_a_plot_calls_and_draws_codecs_as_asked(run: Path, style: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    out = tmp_path / "plot.svg"
    result = in_process("plot", run, "--metric", "stoi", "--out", out, "--style", style, "--label", "opus=Opus 1.5")
    assert result.returncode == 0, result.stderr
    text = out.read_text()
    assert "<!-- Mimi -->" in text
    assert "<!-- Opus 1.5 -->" in text
    assert "#123456" in text


@pytest.mark.parametrize("verb", ["table", "plot", "report"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rename", "encodc=EnCodec"], "--label encodc: the run has no such codec; it has: lyra:default, "),
        (["--rename", "EnCodec"], "--label 'EnCodec': expected ID=NAME"),
        (["--style", "nowhere.toml"], "'nowhere.toml' cannot be read"),
    ],
)
def test_mistakes_are_one_line(run: Path, tmp_path: Path, verb: str, arguments: list[str], message: str) -> None:
    out = tmp_path / {"table": "a.txt", "plot": "a.svg", "report": "a.html"}[verb]
    result = in_process(verb, run, "--out", out, *arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_file_of_other_codecs_is_a_mistake(run: Path, tmp_path: Path) -> None:
    style = tmp_path / "codecs.toml"
    style.write_text('[enc0dec]\nlabel = "EnCodec"\n')
    result = in_process("table", run, "--style", style)
    assert result.returncode == 2
    assert f"--style '{style}' names no codec of the run; it has: lyra:default, " in result.stderr
