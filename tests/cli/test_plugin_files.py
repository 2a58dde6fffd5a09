"""`--codecs ./my_codec.py`: the tutorial's codec as a file, without a package."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from running import codecbench, read_summary

from codecbench.store import Store

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial-codec-plugin.md"
RUN = ("run", "--cost", "none", "--keep-audio", "none", "--limit", 2, "--metrics")
METRIC = """
from codecbench.api import MetricCard, Score, hookimpl

class Peak:
    def prepare(self, reference):
        return None
    def score(self, sample):
        return Score(float(abs(sample.decoded.samples).max()), 1.0)

@hookimpl
def codecbench_register_metrics(register):
    register(MetricCard("peak", "1", description="the largest sample", higher_is_better=None), Peak)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    blocks = re.findall(r"```python\n(.*?)```", TUTORIAL.read_text(), re.S)
    (folder / "my_codec.py").write_text(next(block for block in blocks if "class" in block and "hookimpl" in block))
    (folder / "my_metric.py").write_text(METRIC)
    return folder


def test_a_file_is_run_beside_others_and_scored_further(folder: Path, clips: Path) -> None:
    out = folder / "run"
    run = (*RUN, f"si_sdr,{folder / 'my_metric.py'}", "--dataset", clips, "--bitrates", "6,128", "--out", out)
    first = codecbench(*run, "--codecs", f"{folder / 'my_codec.py'},opus")
    assert first.returncode == 0, first.stderr
    rows = read_summary(out)["rows"]
    assert {row["codec"] for row in rows} == {"mulaw", "opus"}
    assert {"si_sdr", "peak"} <= set(rows[0]["scores"])
    one = codecbench(*run, "--codecs", f"{folder / 'my_codec.py'}:mulaw,opus")
    assert one.returncode == 0, one.stderr
    assert read_summary(out)["run"]["computed"] == 0  # the same codec, however it is named
    scored = codecbench("score", out, "--metrics", "stoi")
    assert scored.returncode == 0, scored.stderr
    again = codecbench("score", out, "--metrics", folder / "my_metric.py")
    assert again.returncode == 0, again.stderr
    mine = [row for row in read_summary(out)["rows"] if row["codec"] == "mulaw"]
    assert mine[0]["scores"]["peak"]["n"] == 2
    assert mine[0]["scores"]["stoi"]["n"] == 2


def test_an_edited_file_is_another_codec(folder: Path, clips: Path, tmp_path: Path) -> None:
    file = tmp_path / "edited_codec.py"
    file.write_text((folder / "my_codec.py").read_text().replace('"mulaw"', '"edited"'))
    run = (*RUN, "si_sdr", "--dataset", clips, "--out", tmp_path / "run", "--codecs", file)
    for computed in (2, 0):
        result = codecbench(*run)
        assert result.returncode == 0, result.stderr
        assert read_summary(tmp_path / "run")["run"]["computed"] == computed
    with Store(tmp_path / "run") as store:
        (before,) = store.codecs()
    file.write_text(file.read_text() + "\n# edited\n")
    result = codecbench(*run)
    assert result.returncode == 0, result.stderr
    assert read_summary(tmp_path / "run")["run"]["computed"] == 2
    with Store(tmp_path / "run") as store:
        (after,) = store.codecs()
    assert before.source_sha256 != after.source_sha256


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("nowhere.py", None, "there is no such file"),
        ("empty_codec.py", "", "it registers nothing"),
        ("broken_codec.py", "import nowhere_at_all", "No module named 'nowhere_at_all'"),
        ("two words.py", "", "cannot be imported: call it by a Python name"),
        ("json.py", "", "`import json` would import"),
    ],
)
def test_a_file_that_is_no_plugin_is_one_line(tmp_path: Path, name: str, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    result = codecbench(*RUN, "si_sdr", "--codecs", f"{tmp_path / name},opus", "--out", tmp_path / "run")
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1), result.stderr
    assert said in result.stderr
    assert not (tmp_path / "run").exists()


def test_what_a_file_does_not_register_and_where_it_cannot_be(folder: Path, tmp_path: Path) -> None:
    file = folder / "my_codec.py"
    for more, said in (
        (("--codecs", f"{file}:alaw"), "my_codec.py:alaw: the file registers mulaw:default"),
        (("--codecs", file, "--scheduler", "tcp://127.0.0.1:1"), "--scheduler with my_codec.py: workers have no such"),
    ):
        result = codecbench(*RUN, "si_sdr", *more, "--out", tmp_path / "run")
        assert (result.returncode, len(result.stderr.splitlines())) == (2, 1), result.stderr
        assert said in result.stderr
