"""`--recognizer` in real runs: what is heard, what is kept apart, and what is said of mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import codecbench, install_plugin, read_summary

from codecbench.recognizers import whisper
from codecbench.store import Store

RUN = ("run", "--codecs", "opus", "--bitrates", 6, "--limit", 2, "--cost", "none", "--jobs", 1)


def texts(folder: Path) -> dict[str, float]:
    with Store(folder) as store:
        return {row.utterance: row.numerator for row in store.results().scores if row.metric == "wer"}


def test_pocketsphinx_hears_a_run_and_another_ear_computes_anew(tmp_path: Path) -> None:
    pytest.importorskip("pocketsphinx")
    out = ("--out", tmp_path)
    first = codecbench(*RUN, "--recognizer", "pocketsphinx", "--metrics", "wer,ci_wer,hallucinated_wer", *out)
    assert first.returncode == 0, first.stderr
    assert "pocketsphinx is weak" in first.stderr
    assert "recognizer 'pocketsphinx' is not calibrated for verdicts on words" in " ".join(first.stdout.split())
    run = read_summary(tmp_path)["run"]
    assert (run["recognizer"]["id"], run["computed"]) == ("pocketsphinx", 6)
    weak = texts(tmp_path)

    again = codecbench(*RUN, "--recognizer", "pocketsphinx", "--metrics", "wer,ci_wer", *out)
    assert read_summary(tmp_path)["run"]["computed"] == 0, again.stdout
    scored = codecbench("score", tmp_path, "--metrics", "cer", "--jobs", 1)
    assert scored.returncode == 0, scored.stderr
    assert read_summary(tmp_path)["run"]["recognizer"]["id"] == "pocketsphinx"

    other = codecbench(*RUN, "--metrics", "wer", *out)
    assert other.returncode == 0, other.stderr
    run = read_summary(tmp_path)["run"]
    assert (run["recognizer"]["id"], run["computed"], run["reused"]) == ("whisper-tiny.en", 2, 0)
    assert sum(texts(tmp_path).values()) < sum(weak.values())
    with Store(tmp_path) as store:  # nothing that the first one heard is in this folder's means
        assert {row.metric for row in store.results().scores} == {"wer"}


def test_a_model_in_a_folder_hears_as_the_bundled_one_does(tmp_path: Path) -> None:
    pytest.importorskip("faster_whisper")
    folder = tmp_path / "my-model"
    folder.symlink_to(whisper.model_files()[0].parent)
    own = codecbench(*RUN, "--recognizer", f"whisper:{folder}", "--metrics", "wer", "--out", tmp_path / "a")
    assert own.returncode == 0, own.stderr
    assert read_summary(tmp_path / "a")["run"]["recognizer"]["id"] == "whisper:my-model"
    codecbench(*RUN, "--metrics", "wer", "--out", tmp_path / "b")
    assert texts(tmp_path / "a") == texts(tmp_path / "b")


@pytest.mark.parametrize(
    ("name", "said", "metrics"),
    [
        ("nosuch", "unknown recognizer 'nosuch'; known: whisper-tiny.en, pocketsphinx", "wer"),
        ("ctc:/nowhere", "there is no folder '/nowhere'", "pesq_wb"),  # also where nothing would be recognized
        ("ctc:" + "x" * 5000, "recognizer 'xxx", "wer"),
    ],
)
def test_a_mistake_is_one_line_before_anything_runs(tmp_path: Path, name: str, said: str, metrics: str) -> None:
    result = codecbench(*RUN, "--recognizer", name, "--metrics", metrics, "--out", tmp_path / "run")
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert said in result.stderr
    assert not (tmp_path / "run").exists()


ELSEWHERE = """
from codecbench.api import Hypothesis, RecognizerCard, hookimpl

class Ear:
    def __init__(self, device="cpu"):
        self.device = device
    def transcribe(self, audio):
        return Hypothesis("heard on " + self.device)

@hookimpl
def codecbench_register_recognizers(register):
    register(RecognizerCard("ear", "1", tuple, {"bits": 8}, devices={"cuda": {"bits": 16}}), Ear)
"""


def test_a_recognizer_on_another_device_is_told_apart(tmp_path: Path) -> None:
    """One that only says where it is: there is no other device here."""
    install_plugin(tmp_path / "site", "ears", ELSEWHERE)
    run = (*RUN, "--recognizer", "ear", "--metrics", "wer", "--out", tmp_path / "run")
    for device, card in (("cuda:1", "ear-cuda"), ("cpu", "ear")):
        result = codecbench(*run, "--recognizer-device", device, site=tmp_path / "site")
        assert result.returncode == 0, result.stderr
        run_facts = read_summary(tmp_path / "run")["run"]
        assert (run_facts["recognizer"]["id"], run_facts["computed"], run_facts["reused"]) == (card, 2, 0)
        bits = {"bits": 16, "device": "cuda"} if device == "cuda:1" else {"bits": 8}
        assert run_facts["recognizer"]["parameters"] == bits
        assert run_facts["invocations"][-1]["libraries"]["ears"] == "0.1"  # whose plugin it is, on whatever device
        with Store(tmp_path / "run") as store:
            heard = {row.detail["hypothesis"] for row in store.results().scores}
        assert heard == {f"heard on {device}"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--recognizer-device", "gpu"), "--recognizer-device 'gpu': expected cpu, cuda, cuda:N or mps"),
        (("--recognizer-device", "mps"), "recognizer 'whisper-tiny.en' cannot run on mps; it runs on: cpu, cuda"),
        (("--recognizer-device", "cuda:99"), "--recognizer-device cuda:99: it does not work here"),
    ],
)
def test_a_device_that_is_not_there_is_one_line(tmp_path: Path, arguments: tuple[str, str], said: str) -> None:
    pytest.importorskip("faster_whisper")
    result = codecbench(*RUN, "--metrics", "wer", *arguments, "--out", tmp_path / "run")
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1), result.stderr
    assert said in result.stderr
    assert not (tmp_path / "run").exists()


def test_list_recognizers() -> None:
    table = codecbench("list", "recognizers").stdout
    assert "whisper:FOLDER-OR-HUB-NAME or ctc:FOLDER" in table
    listed = json.loads(codecbench("list", "recognizers", "--json").stdout)["recognizers"]
    assert [card["id"] for card in listed][:2] == ["whisper-tiny.en", "pocketsphinx"]
    assert all(card["model_files"] or card["missing"] for card in listed)
