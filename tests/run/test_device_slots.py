"""Codecs on a device have slots of their own: all jobs score while it codes."""

from __future__ import annotations

from pathlib import Path

from running import codecbench, install_plugin

WATCHED = """
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
import numpy as np
from codecbench.api import Audio, CodecCard, MetricCard, OperatingPoint, Score, hookimpl

LOG = Path(__file__).with_suffix(".log")

@contextmanager
def busy(kind, seconds):
    start = time.time()
    time.sleep(seconds)
    yield
    with LOG.open("a") as log:
        log.write(f"{kind} {start} {time.time()}\\n")

class Codec:
    def __init__(self, options): assert options.device == "mps"
    def encode(self, audio, point):
        with busy("code", 0.1):
            return (np.clip(audio.samples[0], -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point):
        with busy("code", 0.1):
            return Audio.mono(np.frombuffer(payload, "<i2") / 32767, 16000)

class Metric:
    def prepare(self, reference): return None
    def score(self, sample):
        with busy("score", 0.3):
            return Score(1.0)

@hookimpl
def codecbench_register_codecs(register):
    for name in ("one", "two", "three"):
        register(CodecCard(name, 16000, (OperatingPoint(256),)), Codec)

@hookimpl
def codecbench_register_metrics(register):
    register(MetricCard("slow", "1", "sleeps"), Metric)
"""


def most_at_once(spans: list[tuple[float, float]]) -> int:
    edges = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
    running = most = 0
    for _, step in edges:
        running += step
        most = max(most, running)
    return most


def test_all_jobs_score_while_a_device_codes(tmp_path: Path, clips: Path) -> None:
    install_plugin(tmp_path / "site", "watched", WATCHED)
    rows = [f"u{number}\t{clips.parent / f'clip{number % 3}.wav'}\ts{number}" for number in range(8)]
    (tmp_path / "many.tsv").write_text("id\tpath\tspeaker\n" + "\n".join(rows) + "\n")
    done = codecbench(
        "run", "--codecs", "one,two,three", "--dataset", tmp_path / "many.tsv", "--metrics", "slow", "--cost", "none",
        "--keep-audio", "none", "--device", "mps", "--jobs", 2, "--out", tmp_path / "run", site=tmp_path / "site",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    spans: dict[str, list[tuple[float, float]]] = {"code": [], "score": []}
    for line in (tmp_path / "site" / "watched.log").read_text().splitlines():
        kind, start, end = line.split()
        spans[kind].append((float(start), float(end)))
    assert most_at_once(spans["code"]) == 1
    assert most_at_once(spans["score"]) == 2
    assert most_at_once(spans["code"] + spans["score"]) == 3
