from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results
from running import codecbench

from codecbench.errors import UsageError
from codecbench.gate.from_run import as_baseline
from codecbench.gate.loading import load_baseline
from codecbench.gate.measuring import run_arguments, written_anew

RESULTS = made_results([MadeCodec("opus", (6, 12)), MadeCodec("encodec", (3,), checkpoint="reference")])
BASELINE = as_baseline(RESULTS, "main.json", {})


def test_one_codec_and_some_metrics_as_the_baseline_measured_them() -> None:
    arguments = run_arguments(BASELINE, "probe", "out", ("opus",), ("estoi",))
    told = dict(zip(arguments[1::2], arguments[2::2], strict=True))
    assert (told["--codecs"], told["--bitrates"], told["--metrics"]) == ("opus", "6,12", "estoi")
    assert told["--limit"] == str(len(RESULTS.utterances))


def test_a_codec_that_the_baseline_does_not_have() -> None:
    with pytest.raises(UsageError, match=r"has no codec 'dac'; it has: opus:default, encodec:reference"):
        run_arguments(BASELINE, "probe", "out", ("dac",))


def test_what_is_typed_writes_a_baseline_of_the_same_places(tmp_path: Path) -> None:
    first = ("--codecs", "pcm", "--bitrates", "128", "--limit", 3, "--metrics", "si_sdr", "--cost", "none")
    assert codecbench("run", *first, "--out", tmp_path / "first").returncode == 0
    before = load_baseline(tmp_path / "first")
    run, write = written_anew(before, str(tmp_path / "main.json"), "probe").split(" && ")
    for command in (run, write):
        arguments = [str(tmp_path / "run") if word == "run" and at > 1 else word
                     for at, word in enumerate(shlex.split(command))]  # fmt: skip
        assert codecbench(*arguments[1:]).returncode == 0
    after = load_baseline(tmp_path / "main.json")
    assert [row.place for row in after.rows] == [row.place for row in before.rows]
    assert {row.place: dict(row.metrics["si_sdr"].values) for row in after.rows} == {
        row.place: dict(row.metrics["si_sdr"].values) for row in before.rows
    }
