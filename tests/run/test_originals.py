"""Whatever a dataset holds: a status for that utterance, never a traceback, and nothing else lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import soundfile
from inline_pool import InlinePool
from rich.console import Console
from running import codecbench

from codecbench.plugins import registry
from codecbench.run import keys
from codecbench.run.blocks import blocks
from codecbench.run.originals import Originals, read_originals
from codecbench.run.plan import make_plan
from codecbench.run.planned import RecognizerChoice
from codecbench.run.pool import Pool, Task
from codecbench.run.progress import Reporter
from codecbench.run.provenance import record_run
from codecbench.run.request import Request
from codecbench.run.state import RunState
from codecbench.run.workers import Original
from codecbench.store import Store
from codecbench.store.rows import ScoreRow, StoredResults

METRICS = ("pesq_wb", "stoi", "si_sdr", "speaker_similarity", "level_error_db", "delay_ms", "wer", "dwer")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> StoredResults:
    folder = tmp_path_factory.mktemp("odd")
    speech, rate = soundfile.read(clips.parent / "clip0.wav")
    speech = np.tile(speech, 3)

    def write(name: str, samples: np.ndarray, sample_rate: int = rate, subtype: str = "FLOAT") -> None:
        soundfile.write(folder / f"{name}.wav", samples, sample_rate, subtype=subtype)

    write("fine", speech)
    write("stereo", np.stack([speech, speech / 2], axis=1))
    write("rate8k", speech[: rate * 2 // 3 * 3 : 3][: 2 * 8000], 8000)
    write("rate96k", np.repeat(speech, 4), 96000)
    write("loud", speech / np.abs(speech).max() * 3)
    write("silent", np.zeros(rate * 2))
    write("short", speech[5000 : 5000 + rate // 50])
    write("one_sample", speech[:1])
    write("empty", np.zeros(0))
    write("nan", np.where(np.arange(len(speech)) == 1000, np.nan, speech))
    (folder / "noise.wav").write_bytes(b"this is no audio" * 99)
    names = [path.stem for path in sorted(folder.glob("*.wav"))] + ["missing"]
    rows = [f"{name}\t{name}.wav\t{'one two three' if name != 'stereo' else ''}\t{name}" for name in names]
    (folder / "manifest.tsv").write_text("id\tpath\ttranscript\tspeaker\n" + "\n".join(rows) + "\n")
    out = folder / "run"
    result = codecbench(
        "run", "--codecs", "pcm,opus", "--bitrates", "256,12", "--dataset", folder / "manifest.tsv",
        "--metrics", ",".join(METRICS), "--cost", "none", "--out", out,
    )  # fmt: skip
    assert result.returncode == 3, result.stderr
    assert "Traceback" not in result.stderr + result.stdout
    with Store(out) as store:
        return store.results()


class Asked:
    """In place of the workers: answers everything at once, and keeps what was asked."""

    def __init__(self) -> None:
        self.jobs: list[tuple[list[str], bool]] = []

    def __call__(self, task: Task) -> Original:
        _, _, jobs, _, transcribe = task.arguments
        self.jobs.append(([job.name for job in jobs], transcribe))
        return Original(0.8, {"value": {"text": "", "words": []}} if transcribe else None,
                        {job.name: {"value": None} for job in jobs})  # fmt: skip


def prepared(clips: Path, out: Path, metrics: str) -> list[tuple[list[str], bool]]:
    """What is asked of the originals for `metrics`, metric jobs by their names and whether they are heard."""
    request = Request(out=out, codecs="pcm", dataset=str(clips), metrics=metrics, cost="none")
    plan = replace(make_plan(request, registry()), recognizer=RecognizerChoice(spec="ear", key="key of an ear"))
    reporter, asked = Reporter(Console(quiet=True)), Asked()
    with Store(out, create=True) as store:
        record_run(plan, store, reporter)
        state, pool = RunState(plan, store, reporter, []), cast(Pool, InlinePool())
        for block in blocks(plan.utterances):
            read_originals(state, pool, block)
            originals = Originals(state, cast(Pool, InlinePool(asked)), block)
            originals.prepare(originals.left[:1])
            originals.prepare(block.utterances)
            assert originals.left == ()
        evidence = [store.evidence(keys.reference_key(one.identity, "key of an ear")) for one in plan.utterances]
    assert evidence == [{"value": {"text": "", "words": []}}] * 3
    return asked.jobs


def test_a_further_metric_asks_of_an_original_only_what_is_not_known(clips: Path, tmp_path: Path) -> None:
    assert prepared(clips, tmp_path, "stoi,si_sdr") == [(["stoi", "si_sdr"], True)] * 3
    assert prepared(clips, tmp_path, "stoi,si_sdr") == []
    assert prepared(clips, tmp_path, "stoi,si_sdr,lsd") == [(["mel_distance"], False)] * 3
    # What is prepared for one of a group is another thing than what is for both.
    assert prepared(clips, tmp_path, "stoi,estoi,si_sdr") == [(["stoi"], False)] * 3


def find(results: StoredResults, utterance: str, metric: str, codec: str = "opus") -> ScoreRow:
    (row,) = (s for s in results.scores if (s.utterance, s.metric, s.codec) == (utterance, metric, codec))
    return row


def test_every_cell_has_a_status(results: StoredResults) -> None:
    assert len(results.scores) == 2 * 12 * len(METRICS)
    assert all(row.reason for row in results.scores if row.status != "ok")


@pytest.mark.parametrize("utterance", ["fine", "rate8k", "rate96k", "loud", "stereo"])
@pytest.mark.parametrize("metric", ["pesq_wb", "stoi", "level_error_db"])
def test_odd_but_usable(results: StoredResults, utterance: str, metric: str) -> None:
    assert find(results, utterance, metric).status == "ok", find(results, utterance, metric).reason


@pytest.mark.parametrize(
    ("utterance", "reason"),
    [
        ("empty", "it holds no samples"),
        ("nan", "holds NaN or infinite samples"),
        ("noise", "cannot be read"),
        ("missing", "does not exist"),
    ],
)
def test_unusable_fails_alone(results: StoredResults, utterance: str, reason: str) -> None:
    rows = [row for row in results.scores if row.utterance == utterance]
    assert {row.status for row in rows} == {"failed"}
    assert all(row.reason.startswith("input: ") and reason in row.reason for row in rows), rows[0].reason


@pytest.mark.parametrize(
    ("utterance", "metric"),
    [
        ("silent", "pesq_wb"), ("silent", "stoi"), ("silent", "level_error_db"), ("silent", "delay_ms"),
        ("short", "pesq_wb"), ("short", "stoi"), ("short", "speaker_similarity"), ("one_sample", "pesq_wb"),
        ("stereo", "wer"),
    ],
)  # fmt: skip
def test_no_meaningful_figure_is_abstained(results: StoredResults, utterance: str, metric: str) -> None:
    assert find(results, utterance, metric).status == "abstained"
    assert find(results, utterance, metric).value is None


def test_without_a_transcript_the_rest_is_scored(results: StoredResults) -> None:
    assert "transcript" in find(results, "stereo", "wer").reason
    assert find(results, "stereo", "pesq_wb").status == "ok"
