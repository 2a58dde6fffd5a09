"""Runs from Python: docs/python.md as a script without a main guard, and a notebook; figures are the command line's."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import REPOSITORY
from running import codecbench as command
from running import in_process

import codecbench

PAGE = (REPOSITORY / "docs" / "python.md").read_text()


def blocks() -> tuple[str, str]:
    """The page's script, and the file of its codec."""
    found = re.findall(r"^```python\n(.*?)^```", PAGE, re.S | re.M)
    (codec,) = [block for block in found if block.startswith("# mycodec.py")]
    return "\n".join(block for block in found if block != codec), codec


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the page's script has run, its output in `out.txt`."""
    pytest.importorskip("pandas")
    folder = tmp_path_factory.mktemp("python")
    script, codec = blocks()
    (folder / "mycodec.py").write_text(codec)
    (folder / "script.py").write_text(f"print('started')\n{script}\n")
    result = subprocess.run(
        [sys.executable, "script.py"], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stderr
    (folder / "out.txt").write_text(result.stdout)
    return folder


def test_the_page_runs_as_a_script_without_a_guard(folder: Path) -> None:
    printed = (folder / "out.txt").read_text()
    assert printed.count("started") == 1  # no worker ran the script
    assert "| opus |" in printed
    assert re.search(r"eightbits +128 +128.0", printed)
    assert "'codec', 'checkpoint', 'track', 'point'" in printed


def test_figures_and_tables_are_the_command_lines(folder: Path, tmp_path: Path) -> None:
    drawn = tmp_path / "opus.svg"
    result = in_process("plot", folder / "first", "--metric", "stoi", "--codecs", "opus", "--label", "opus=Opus 1.5",
                        "--out", drawn)  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert drawn.read_bytes() == (folder / "opus.svg").read_bytes()


def test_the_same_call_again_computes_and_prints_nothing(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    results = codecbench.run(["opus", "codec2"], bitrates="3.2,6", metrics=["stoi", "estoi"], limit=4, cost="none",
                             out=folder / "first", progress=False, jobs=1)  # fmt: skip
    assert results.summary().run["tally"]["computed"] == 0
    assert capfd.readouterr() == ("", "")


def test_the_same_run_by_the_command_line_has_the_same_figures(folder: Path, tmp_path: Path) -> None:
    result = command("run", "--codecs", "opus,codec2", "--bitrates", "3.2,6", "--metrics", "stoi,estoi,si_sdr",
                     "--limit", 4, "--cost", "none", "--out", tmp_path / "typed")  # fmt: skip
    assert result.returncode == 0, result.stderr
    tables = []
    for run in (folder / "first", tmp_path / "typed"):
        rows = codecbench.open_run(run).table("csv", columns=["stoi", "estoi", "si_sdr"]).splitlines()
        tables.append([row.partition(",")[2] for row in rows])  # without the run's id
    assert tables[0] == tables[1]


def test_data_frames(folder: Path) -> None:
    results = codecbench.open_run(folder / "first")
    scores = results.to_pandas()
    assert len(scores) == 2 * 4 * 3
    stoi = scores[(scores.codec == "opus") & (scores.metric == "stoi")].value.mean()
    row = next(row for row in results.summary().rows if row.codec == "opus")
    assert stoi == pytest.approx(row.scores["stoi"].mean)
    pooled = results.to_pandas("summary").set_index(["codec", "metric"]).loc["opus", "stoi"]
    assert pooled["mean"] == pytest.approx(stoi)
    assert pooled["low"] < stoi < pooled["high"]


def test_a_notebook_shows_the_same_and_says_what_it_cannot_run(folder: Path) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    cells = [
        "import codecbench\n"
        "results = codecbench.run(['opus', 'codec2'], bitrates='3.2,6', metrics='stoi', limit=3, cost='none', jobs=1, "
        "out='noted')",
        "results = codecbench.score(results, 'si_sdr', jobs=1)\nresults",
        "results.plot(metric='stoi')",
        "print(results.table('csv', columns=['stoi', 'si_sdr']))",
        "class Mine:\n    pass\n"
        "try:\n    codecbench.run(Mine)\nexcept codecbench.UsageError as error:\n    print(error)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    client = nbclient.NotebookClient(notebook, timeout=200, resources={"metadata": {"path": str(folder)}})
    client.execute()
    first, shown, drawn, printed, refused = (cell.outputs for cell in notebook.cells)
    assert not [one for one in first if one.output_type == "stream" and one.name == "stdout"]
    assert any("text/html" in one.get("data", {}) for one in first)  # the bar
    table = data(shown)["text/html"]
    assert "<th>opus</th>" in table
    assert "SI-SDR" in table
    result = command("plot", folder / "noted", "--metric", "stoi", "--out", folder / "noted.svg")
    assert result.returncode == 0, result.stderr
    assert data(drawn)["image/svg+xml"].strip() == (folder / "noted.svg").read_text().strip()
    mine = codecbench.open_run(folder / "noted").table("csv", columns=["stoi", "si_sdr"])
    assert printed[0].text.strip() == mine.strip()
    assert "Mine is defined in this script or notebook" in refused[0].text
    assert "put it into a file, for example mine.py" in refused[0].text


def data(outputs: Any) -> dict[str, str]:
    (result,) = [one for one in outputs if one.output_type == "execute_result"]
    return dict(result.data)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"codecs": "opsu"}, "unknown codec 'opsu'"),
        ({"codecs": "nowhere.py"}, "'nowhere.py': there is no such file"),
        ({"codecs": "opus", "dataset": "nowhere"}, "nowhere"),
        ({"codecs": "opus", "limit": 0}, "limit=0: expected a whole number, 1 or more"),
        ({"codecs": "opus", "cost": "fast"}, "cost='fast': one of quick, full, none"),
        ({"codecs": "opus", "settings": {"opus": 1}}, "--set 'opus=1': expected CODEC.NAME=VALUE"),
        ({"codecs": "opus", "settings": {"lyra.loss": 0.1}}, "--set lyra.loss=0.1: no codec lyra in --codecs"),
        ({"codecs": "opus", "device": "gpu"}, "--device 'gpu': expected cpu, cuda"),
    ],
)
def test_mistakes_are_usage_errors(tmp_path: Path, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(codecbench.UsageError, match=re.escape(message)):
        codecbench.run(**arguments, out=tmp_path / "run", progress=False)


def test_importing_codecbench_imports_nothing_heavy() -> None:
    code = "import codecbench, sys; print(sorted({'torch', 'numpy', 'scipy', 'click', 'rich'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[]"
    assert {"run", "open_run", "score", "Results", "UsageError"} <= set(dir(codecbench))
