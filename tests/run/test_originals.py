"""Whatever a dataset holds: a status for that utterance, never a traceback, and nothing else lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from running import codecbench

from codecbench.store import Store
from codecbench.store.rows import Results, ScoreRow

METRICS = ("pesq_wb", "stoi", "si_sdr", "speaker_similarity", "level_error_db", "delay_ms", "wer", "dwer")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> Results:
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


def find(results: Results, utterance: str, metric: str, codec: str = "opus") -> ScoreRow:
    (row,) = (s for s in results.scores if (s.utterance, s.metric, s.codec) == (utterance, metric, codec))
    return row


def test_every_cell_has_a_status(results: Results) -> None:
    assert len(results.scores) == 2 * 12 * len(METRICS)
    assert all(row.reason for row in results.scores if row.status != "ok")


@pytest.mark.parametrize("utterance", ["fine", "rate8k", "rate96k", "loud", "stereo"])
@pytest.mark.parametrize("metric", ["pesq_wb", "stoi", "level_error_db"])
def test_odd_but_usable(results: Results, utterance: str, metric: str) -> None:
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
def test_unusable_fails_alone(results: Results, utterance: str, reason: str) -> None:
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
def test_no_meaningful_figure_is_abstained(results: Results, utterance: str, metric: str) -> None:
    assert find(results, utterance, metric).status == "abstained"
    assert find(results, utterance, metric).value is None


def test_without_a_transcript_the_rest_is_scored(results: Results) -> None:
    assert "transcript" in find(results, "stereo", "wer").reason
    assert find(results, "stereo", "pesq_wb").status == "ok"
