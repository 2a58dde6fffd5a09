from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results, realistic, store_results
from running import codecbench, in_process

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    results = realistic(8)
    results = replace(results, meta={**results.meta, "request": {}})
    return store_results(results, tmp_path_factory.mktemp("plot") / "run")


def test_a_figure_and_what_its_caption_has_to_say(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "figure.svg"
    result = codecbench("plot", run, "--kind", "cost-quality", "--cost", "latency", "--metric", "estoi", "--out", out,
                        "--published", "--width", "page")  # fmt: skip
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == str(out)
    assert lines[1].startswith("probe: synthetic speech, 8 utterances, 8 speakers")
    assert lines[2].startswith("Bars: 95 % intervals over speakers")
    assert any("ladiff (needs the whole utterance)" in line for line in lines)
    assert out.read_text().startswith("<?xml")


def test_by_family_the_legend_names_them(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "families.svg"
    result = codecbench("plot", run, "--by", "family", "--metric", "stoi", "--width", "page", "--out", out)
    assert result.returncode == 0, result.stderr
    text = out.read_text()
    assert "<!-- neural codecs -->" in text
    assert "<!-- others -->" in text  # of cards that were stored before there were families
    assert "<!-- opus -->" in text


def test_two_runs_share_a_figure(run: Path, tmp_path: Path) -> None:
    other = store_results(
        made_results([MadeCodec("mine", (3, 6))], utterances=8, meta={"request": {}}), tmp_path / "mine"
    )
    out = tmp_path / "both.svg"
    result = codecbench("plot", run, other, "--metric", "stoi", "--codecs", "mine,opus", "--out", out)
    assert result.returncode == 0, result.stderr
    names = [name for name in ("mine", "opus", "dac") if f"<!-- {name} -->" in out.read_text()]
    assert names == ["mine", "opus"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--metric", "visqol"], "this run has no metric 'visqol'; it has: pesq_wb, "),
        (["--kind", "hallucination"], "this run has no metric 'ci_wer'"),
        (["--cost", "macs"], "--cost: only with --kind cost-quality"),
        (["--kind", "hallucination", "--published"], "--published: only with --kind rate-quality or cost-quality"),
        (["--kind", "pie"], "'pie' is not one of 'rate-quality', 'cost-quality', 'hallucination'"),
        (["--out", "figure.jpg"], "--out 'figure.jpg': which format? End it in .pdf, .svg, .png"),
        (["--out", "figure.png", "--format", "pdf"], "--out 'figure.png' is not --format pdf"),
        (["--out", "nowhere/figure.png"], "there is no folder 'nowhere'"),
        (["--codecs", "opsu"], "the run has no codec 'opsu'; it has: "),
    ],
)
def test_mistakes_are_one_line(run: Path, arguments: list[str], message: str) -> None:
    result = in_process("plot", run, *arguments)
    assert result.returncode == 2, result.stdout
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_no_run_is_one_line(tmp_path: Path) -> None:
    result = in_process("plot", tmp_path / "nothing")
    assert result.returncode == 2
    assert "holds no run" in result.stderr


def test_a_run_that_had_not_begun_or_is_not_finished_is_told(run: Path, tmp_path: Path) -> None:
    bare = store_results(made_results(utterances=2, meta={"revision": None}), tmp_path / "bare")
    result = codecbench("plot", bare, "--out", tmp_path / "figure.svg")
    assert result.returncode == 2
    assert "contains no results yet: the run stopped before it started" in result.stderr
    half = store_results(made_results(utterances=2, meta={"finished": None}), tmp_path / "half")
    result = codecbench("plot", half, "--out", tmp_path / "figure.svg")
    assert result.returncode == 0, result.stderr
    assert "the run is not finished: run the same command again to go on" in result.stdout.splitlines()


def test_only_codecs_that_were_asked_for_are_missed(run: Path, tmp_path: Path) -> None:
    result = codecbench("plot", run, "--codecs", "opus,encodec", "--out", tmp_path / "figure.svg")
    assert result.returncode == 0, result.stderr
    assert "Not drawn" not in result.stdout
    whole = codecbench("plot", run, "--out", tmp_path / "figure.svg")
    assert "Not drawn: vocodec:published (skipped: weights are not here; " in whole.stdout
    assert "‡ The weights are not trained" in whole.stdout
    assert "<!-- ladiff‡ -->" in (tmp_path / "figure.svg").read_text()
