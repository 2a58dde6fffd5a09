"""What a run says before its first figures: whose speech, what is cut, which codecs and points are not in it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from running import codecbench, in_process, install_plugin, read_summary

from codecbench.run.processes import LONGEST_SOCKET, SOCKET_PART
from codecbench.store import Store

COMMON = ("--bitrates", "256", "--metrics", "si_sdr", "--cost", "none", "--keep-audio", "none")
ABSENT = """
from codecbench.api import CodecCard, OperatingPoint, WeightsFile, hookimpl

@hookimpl
def codecbench_register_codecs(register):
    weights = WeightsFile("absent.bin", url="https://example.org/absent.bin")
    register(CodecCard("absent", 16000, (OperatingPoint(256),), weights=weights), print)
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Sorted by speaker, as corpora are."""
    rng, lines = np.random.default_rng(0), ["id\tpath\tspeaker"]
    for speaker in "abcdefg":
        for number in range(3):
            name = f"{speaker}{number}"
            soundfile.write(tmp_path / f"{name}.wav", rng.normal(0, 0.1, 8000), 16000)
            lines.append(f"{name}\t{name}.wav\t{speaker}")
    (tmp_path / "corpus.tsv").write_text("\n".join(lines) + "\n")
    return tmp_path / "corpus.tsv"


def test_a_limit_takes_speakers_in_turns_and_score_and_more_of_them_go_on(tmp_path: Path, corpus: Path) -> None:
    def run(*more: object) -> str:
        result = codecbench("run", "--codecs", "pcm", "--dataset", corpus, *COMMON, *more, "--out", tmp_path / "run")
        assert result.returncode == 0, result.stderr
        return " ".join((result.stderr + result.stdout).split())

    def utterances() -> list[str]:
        with Store(tmp_path / "run") as store:
            return [row.id for row in store.results().utterances]

    said = run("--limit", 4)
    assert utterances() == ["a0", "b0", "c0", "d0"]
    assert "note: 4 utterances, 4 speakers: intervals are indicative, and no codec is told from another" in said
    assert "the dataset has 7 speakers: a larger --limit takes more of them" in said
    first = read_summary(tmp_path / "run")["run"]["revision"]
    said = run("--limit", 9)
    assert utterances() == ["a0", "a1", "b0", "b1", "c0", "d0", "e0", "f0", "g0"]  # in the dataset's order
    assert "5 computed, 4 reused" in said
    assert "no codec is told" not in said
    result = codecbench("score", tmp_path / "run", "--metrics", "level_error_db")
    assert "9 computed, 0 reused" in result.stdout, result.stderr
    assert "12 computed, 9 reused" in run()
    whole = read_summary(tmp_path / "run")["run"]["revision"]
    assert whole != first
    assert "4 reused" in run("--limit", 4)
    assert read_summary(tmp_path / "run")["run"]["revision"] == whole  # of what the folder holds


def test_a_codec_that_was_asked_for_and_ran_nowhere_ends_with_3(tmp_path: Path, clips: Path) -> None:
    site = tmp_path / "site"
    install_plugin(site, "absent_plugin", ABSENT)
    alone = codecbench("run", "--codecs", "absent", "--dataset", clips, *COMMON, "--out", tmp_path / "one", site=site)
    both = codecbench(
        "run", "--codecs", "absent,pcm", "--dataset", clips, *COMMON, "--out", tmp_path / "two", site=site
    )
    for result in (alone, both):
        assert result.returncode == 3, result.stderr
        assert "absent:default did not run: its weights are not on this machine" in result.stderr
    assert "3 computed" in both.stdout
    found = codecbench("run", "--codecs", "all", "--dataset", clips, *COMMON, "--out", tmp_path / "all", site=site)
    assert found.returncode == 0, found.stderr


def test_bitrates_that_some_codecs_do_not_have_are_said(tmp_path: Path, clips: Path) -> None:
    options = ("--dataset", clips, "--metrics", "si_sdr", "--cost", "none", "--keep-audio", "none")
    result = codecbench(
        "run", "--codecs", "pcm,opus", "--bitrates", "12,96-100,7", *options, "--out", tmp_path / "run"
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "note: --bitrates 12: no such point of pcm\n" in result.stderr
    assert "note: --bitrates 96-100: no such point of opus\n" in result.stderr
    assert "note: --bitrates 7: no such point of pcm, opus\n" in result.stderr


def test_a_device_that_is_not_here_ends_it_before_anything_runs(tmp_path: Path, clips: Path) -> None:
    torch = pytest.importorskip("torch")
    device = f"cuda:{torch.cuda.device_count()}"
    result = in_process("run", "--codecs", "encodec", "--dataset", clips, "--device", device, "--out", tmp_path / "run")
    assert result.returncode == 2
    assert f"--device {device}: torch" in result.stderr
    assert not (tmp_path / "run").exists()


def test_what_is_cut_to_wideband_is_said_at_the_start_and_in_the_report(tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    for number in range(2):
        soundfile.write(music / f"{number}.wav", 0.1 * np.random.default_rng(number).normal(size=(22050, 2)), 44100)
    out = tmp_path / "run"
    result = codecbench("run", "--codecs", "pcm", "--dataset", music, *COMMON, "--out", out)
    assert result.returncode == 0, result.stderr
    note = (
        "2 of 2 recordings are sampled at 44.1 kHz or of several channels: in condition wb every codec is given 16 kHz "
        "mono, and nothing above 8 kHz, nor a channel's place, counts"
    )
    assert f"note: {note}" in result.stderr
    assert note in " ".join(result.stdout.split())
    assert codecbench("report", out).returncode == 0
    assert note.replace("'", "&#39;") in (out / "report.html").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="another system takes sockets of other lengths")
def test_a_long_folder_for_temporary_files_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's fork server cannot open its socket there: the first worker would be waited for without end."""
    most = LONGEST_SOCKET - SOCKET_PART
    for length, status in ((most + 1, 2), (most, 0)):
        folder = Path("/tmp") / f"codecbench-{os.getpid()}".ljust(length - len("/tmp/"), "x")
        folder.mkdir()
        try:
            monkeypatch.setenv("TMPDIR", str(folder))
            run = codecbench(
                "run", "--codecs", "pcm", *COMMON, "--limit", 1, "--out", tmp_path / f"{length}", timeout=120
            )
        finally:
            shutil.rmtree(folder)
        assert run.returncode == status, run.stderr
