"""Several conditions in one command."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import codecbench, in_process

from codecbench.results import open_run


def test_each_condition_is_a_run_of_its_own(clips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = (
        "run", "--codecs", "pcm", "--dataset", clips, "--metrics", "level_error_db", "--cost", "none", "--keep-audio",
        "none", "--condition", "level:-6,wb, level:-20", "--out", out,
    )  # fmt: skip
    done = codecbench(*arguments)
    assert done.returncode == 0, done.stderr + done.stdout
    assert sorted(path.name for path in out.iterdir()) == ["level--20", "level--6", "wb"]
    louder = {path.name: open_run(path).to_pandas()["value"].mean() for path in out.iterdir()}
    assert louder == {
        "wb": pytest.approx(0.0, abs=0.05),
        "level--6": pytest.approx(-6.0, abs=0.3),
        "level--20": pytest.approx(-20.0, abs=0.3),
    }
    last = done.stdout.strip().splitlines()[-1]
    assert last == f"over the value: codecbench plot {out / 'level--6'} {out / 'level--20'} --kind condition"
    again = codecbench(*arguments)
    assert again.stdout.count("scores: 0 computed, ") == 3


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ("wb,wb", "--condition 'wb,wb': wb is there twice"),
        ("loss:5,loss:5.0", "loss:5 is there twice"),
        ("loss:5,nois:3", "--condition 'nois:3': unknown; known: wb, fb"),
        ("wb,", "--condition '': unknown"),
    ],
)
def test_a_mistake_in_any_of_them_is_one_line_and_nothing_is_run(conditions: str, message: str, tmp_path: Path) -> None:
    done = in_process("run", "--codecs", "pcm", "--condition", conditions, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert message in done.stderr
    assert not (tmp_path / "out").exists()
