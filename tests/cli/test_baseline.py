"""`codecbench baseline write`: what it refuses, and that it leaves nothing behind then."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from made_runs import MadeCodec, made_results, store_results

from codecbench.cli.baseline import write
from codecbench.errors import UsageError
from codecbench.gate.loading import load_baseline

METRICS = ("si_sdr", "stoi")
CODECS = (MadeCodec("opus", (6,)), MadeCodec("encodec", (3,), checkpoint="reference"))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return store_results(made_results(CODECS, utterances=4, metrics=METRICS), tmp_path / "run")


def call(*arguments: object) -> str:
    return CliRunner().invoke(write, [*map(str, arguments)], catch_exceptions=False).output


def test_a_part_of_a_run(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "b.json"
    assert "1 operating point, 4 utterances" in call(
        run, "--out", out, "--codecs", "encodec:reference", "--metrics", "stoi"
    )
    (row,) = load_baseline(out).rows
    assert (row.place.codec, list(row.metrics)) == ("encodec", ["stoi"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--metrics", "si_sdr,bogus"), "has no metric 'bogus'; it has: si_sdr, stoi"),
        (
            ("--codecs", "opus,bogus"),
            "has no codec 'bogus'; it has: encodec, encodec:reference, opus, opus:default",
        ),
    ],
)
def test_an_unknown_name_is_not_left_out_unseen(
    run: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        call(run, "--out", tmp_path / "b.json", *arguments)
    assert not (tmp_path / "b.json").exists()


def test_a_baseline_of_nothing_is_refused(tmp_path: Path) -> None:
    silent = {("stoi", f"utt-{i:02d}"): "silence" for i in range(4)}
    run = store_results(made_results(CODECS, utterances=4, metrics=["stoi"], abstained=silent), tmp_path / "run")
    with pytest.raises(UsageError, match="has no score that is ok for these codecs and metrics"):
        call(run, "--out", tmp_path / "b.json")
    assert not (tmp_path / "b.json").exists()


def test_a_folder_is_no_baseline_and_nothing_stays_beside_it(run: Path, tmp_path: Path) -> None:
    (folder := tmp_path / "baselines").mkdir()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UsageError, match=r"is a folder; give a file in it, for example .*/baselines/main\.json"):
        call(run, "--out", folder)
    assert sorted(tmp_path.iterdir()) == before


def test_what_cannot_be_written_leaves_no_part_of_it(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UsageError, match="cannot be written: No space left on device"):
        call(run, "--out", tmp_path / "b.json")
    assert not list(tmp_path.glob("b.json*"))
