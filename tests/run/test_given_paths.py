"""Weights for metrics: who is meant by a name, and runs through the command line with small models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from made_speakers import ecapa_checkpoint, wavlm_checkpoint
from running import codecbench, in_process, read_summary

from codecbench.metric_weights import given_files
from codecbench.plugins import registry
from codecbench.store import Store
from codecbench.weights import sha256_of

pytest.importorskip("torch")
pytest.importorskip("transformers")
METRICS = "speaker_similarity_wavlm,speaker_similarity_ecapa"


@pytest.fixture(scope="module")
def ecapa(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ecapa_checkpoint(tmp_path_factory.mktemp("ecapa"))


@pytest.fixture(scope="module")
def out(clips: Path, ecapa: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with weights for one of two models, and for a codec."""
    folder = tmp_path_factory.mktemp("runs") / "out"
    done = codecbench(
        "run", "--codecs", "opus", "--bitrates", 6, "--dataset", clips, "--cost", "none", "--metrics", METRICS,
        "--weights", f"speaker_similarity_ecapa={ecapa}", "--out", folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    return folder


def statuses(folder: Path, metric: str) -> dict[str, set[str | None]]:
    found: dict[str, set[str | None]] = {}
    with Store(folder) as store:
        for row in store.results().scores:
            if row.metric == metric:
                found.setdefault(row.status, set()).add(row.reason)
    return found


def test_one_has_figures_and_the_other_one_reason(out: Path) -> None:
    assert statuses(out, "speaker_similarity_ecapa") == {"ok": {None}}
    ((reason,),) = statuses(out, "speaker_similarity_wavlm").values()
    assert reason is not None
    assert "`--weights speaker_similarity_wavlm=PATH`, where PATH is a folder with config.json and model.safe" in reason
    assert "microsoft/wavlm-base-plus-sv" in reason


def test_the_files_sha256_is_kept(out: Path, ecapa: Path) -> None:
    metrics = read_summary(out)["metrics"]
    assert metrics["speaker_similarity_ecapa"]["parameters"]["weights_sha256"] == sha256_of(ecapa)
    assert metrics["speaker_similarity_wavlm"]["parameters"]["weights_sha256"] is None


def test_each_model_says_its_threshold_or_why_not(out: Path) -> None:
    why = {"reason": "0 speakers have two utterances or more in this dataset; a threshold needs 2"}
    found = read_summary(out)["speaker_thresholds"]
    assert found["speaker_similarity_ecapa"] == why
    table = " ".join(codecbench("table", out, "--columns", METRICS).stdout.split())
    assert f"speaker (ECAPA) not known ({why['reason']})" in table


def test_score_takes_weights_and_keeps_them(out: Path, tmp_path: Path) -> None:
    folder = wavlm_checkpoint(tmp_path / "wavlm")
    wavlm = ("score", out, "--metrics", "speaker_similarity_wavlm")
    done = codecbench(*wavlm, "--weights", f"speaker_similarity_wavlm={folder}")
    assert done.returncode == 0, done.stderr
    assert "3 computed" in done.stdout
    assert "its version or parameters changed" in done.stderr
    identity = given_files(registry().metrics["speaker_similarity_wavlm"].card, folder).sha256
    assert read_summary(out)["metrics"]["speaker_similarity_wavlm"]["parameters"]["weights_sha256"] == identity
    again = codecbench(*wavlm)
    assert "0 computed, 3 reused" in again.stdout, again.stdout + again.stderr


def test_other_weights_are_another_metric(out: Path, tmp_path: Path, ecapa: Path) -> None:
    other = ecapa_checkpoint(tmp_path, seed=1)
    for path in (other, ecapa):
        done = codecbench(
            "score", out, "--metrics", "speaker_similarity_ecapa", "--weights", f"speaker_similarity_ecapa={path}"
        )
        assert done.returncode == 0
    assert "0 computed, 3 reused" in done.stdout  # the first ones' scores were kept


def test_wavlm_alone_is_refused_in_one_line(clips: Path, tmp_path: Path) -> None:
    folder = wavlm_checkpoint(tmp_path / "base", "WavLMModel")
    done = codecbench(
        "run", "--codecs", "opus", "--bitrates", 6, "--dataset", clips, "--cost", "none", "--metrics",
        "speaker_similarity_wavlm", "--weights", f"speaker_similarity_wavlm={folder}", "--out", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 3
    ((reason,),) = statuses(tmp_path / "out", "speaker_similarity_wavlm").values()
    assert "it has no x-vector head" in str(reason)


RUN: tuple[Any, ...] = ("run", "--codecs", "opus", "--metrics", "si_sdr,speaker_similarity_ecapa", "--weights")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("speaker_similarity_ecapa=nowhere.ckpt", "nowhere.ckpt: no such file or folder"),
        ("speaker_similarity_ecapa=random", "random weights are for a codec's cost"),
        ("speaker_similarity_wavlm=x", "that metric is not in --metrics; in the run: si_sdr, speaker_similarity_ecapa"),
        ("si_sdr=x", "this metric takes no weights; these do: speaker_similarity_wavlm, speaker_similarity_ecapa"),
        ("speaker=x", "no codec or metric of that name; codecs: "),
        ("speaker=x", "metrics that take weights: speaker_similarity_wavlm, speaker_similarity_ecapa"),
        ("encodec=x", "that codec is not in --codecs"),
        ("opus:none=x", "codec 'opus' has no checkpoint 'none'"),
        ("=x", "expected NAME=PATH"),
    ],
)
def test_a_mistake_is_one_line(typed: str, says: str, clips: Path, tmp_path: Path) -> None:
    done = in_process(*RUN, typed, "--dataset", clips, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_score_refuses_weights_of_what_it_does_not_score(out: Path) -> None:
    for typed, says in (
        ("encodec=x", "no metric of that name; codecs keep the weights that they ran with"),
        ("speaker_similarity_wavlm=x", "that metric is not in --metrics; in the run: speaker_similarity_ecapa"),
    ):
        done = in_process("score", out, "--metrics", "speaker_similarity_ecapa", "--weights", typed)
        assert (done.returncode, says in done.stderr) == (2, True), done.stderr


def test_requests_are_read_back(out: Path, ecapa: Path) -> None:
    with Store(out) as store:
        kept = json.loads(json.dumps(store.meta()["request"]))["weights"]
    assert kept["speaker_similarity_ecapa"] == str(ecapa)
