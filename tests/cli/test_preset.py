"""`run --preset`: its options are defaults, kept with the run and printed."""

from __future__ import annotations

from pathlib import Path

from running import codecbench, read_summary

from codecbench.store import Store


def test_what_is_typed_goes_before_it(clips: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('metrics = ["si_sdr", "lsd"]\nlimit = 1\ncost = "none"\ncodecs = "g711"\n')
    given = ("run", "--preset", tmp_path / "mine.toml", "--dataset", clips, "--out", tmp_path / "run")
    done = codecbench(*given, "--metrics", "lsd")
    assert done.returncode == 0, done.stderr
    with Store(tmp_path / "run") as store:
        found = store.results()
    assert {(row.codec, row.metric) for row in found.scores} == {("g711", "lsd")}
    assert len(found.utterances) == 1
    assert found.meta["request"]["preset"].startswith("mine.toml (sha256 ")
    page = (tmp_path / "run" / "report.html").read_text()
    assert "mine.toml (sha256 " in page
    assert codecbench(*given).returncode == 0
    assert read_summary(tmp_path / "run")["run"]["computed"] == 1


def test_a_value_that_the_option_would_not_take(clips: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('cost = "some"\n')
    done = codecbench("run", "--preset", tmp_path / "mine.toml", "--dataset", clips, "--out", tmp_path / "run")
    assert done.returncode == 2
    assert "'some' is not one of 'quick', 'full', 'none'" in done.stderr


def test_a_name_that_is_none(tmp_path: Path) -> None:
    done = codecbench("run", "--preset", "papers", "--out", tmp_path / "run")
    assert done.returncode == 2
    assert "unknown preset 'papers'; known: cost, default, hallucination, paper, quick" in done.stderr


def test_quick_is_a_first_look(clips: Path, tmp_path: Path) -> None:
    done = codecbench("run", "--preset", "quick", "--codecs", "opus,ibpcodec", "--dataset", clips, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert set(read_summary(tmp_path)["metrics"]) == {"pesq_wb", "estoi", "mel_distance", "si_sdr"}


def test_paper_has_a_figure_or_a_reason_for_each(tmp_path: Path) -> None:
    given = ("--codecs", "opus", "--bitrates", 6, "--limit", 1, "--cost", "none")
    done = codecbench("run", "--preset", "paper", *given, "--out", tmp_path)
    assert done.returncode in (0, 3), done.stderr
    with Store(tmp_path) as store:
        scores = store.results().scores
    assert {row.metric for row in scores if row.status == "skipped"} >= {"speaker_similarity_wavlm"}
    assert len(scores) == 21
    assert all(row.status == "ok" or row.reason for row in scores)
    assert {row.metric for row in scores if row.status == "ok"} >= {"pesq_wb", "visqol_audio", "mcd", "dnsmos_ovrl"}
