"""Whether slots stand idle: `pytest tests/benchmarks/test_slots.py --benchmark-only -s`.

Six codecs whose `encode` and `decode` sleep, as a device would keep them waiting, and a metric that sleeps: no core is
needed, so eight slots can be kept busy on any machine. Printed is the wall time beside the ideal one, the sum of all
sleeps over the slots.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from running import codecbench, install_plugin

JOBS, UTTERANCES = 8, 48
CODING_S = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
"""Of each codec, encoding and decoding alike."""
SCORING_S = 0.3
PLUGIN = f"""
import time
from functools import partial
import numpy as np
from codecbench.api import Audio, CodecCard, MetricCard, OperatingPoint, Score, hookimpl

class Sleeps:
    def __init__(self, options, seconds): self.seconds = seconds
    def encode(self, audio, point):
        time.sleep(self.seconds)
        return (np.clip(audio.samples[0], -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point):
        time.sleep(self.seconds)
        return Audio.mono(np.frombuffer(payload, "<i2") / 32767, 16000)

class SleepingMetric:
    def prepare(self, reference): return None
    def score(self, sample):
        time.sleep({SCORING_S})
        return Score(1.0)

@hookimpl
def codecbench_register_codecs(register):
    for number, seconds in enumerate({CODING_S}):
        register(CodecCard(f"sleeps{{number}}", 16000, (OperatingPoint(256),)), partial(Sleeps, seconds=seconds))

@hookimpl
def codecbench_register_metrics(register):
    register(MetricCard("sleeping", "1", "sleeps"), SleepingMetric)
"""


def test_eight_slots_are_busy_while_there_is_work(tmp_path: Path, clips: Path, benchmark: Callable[..., None]) -> None:
    del benchmark  # asked for so that this runs with the benchmarks alone
    install_plugin(tmp_path / "site", "sleepers", PLUGIN)
    rows = [f"u{number}\t{clips.parent / f'clip{number % 3}.wav'}\ts{number}" for number in range(UTTERANCES)]
    (tmp_path / "many.tsv").write_text("id\tpath\tspeaker\n" + "\n".join(rows) + "\n")
    codecs = ",".join(f"sleeps{number}" for number in range(len(CODING_S)))
    start = time.perf_counter()
    result = codecbench(
        "run", "--codecs", codecs, "--dataset", tmp_path / "many.tsv", "--metrics", "sleeping", "--cost", "none",
        "--keep-audio", "none", "--jobs", JOBS, "--out", tmp_path / "run", site=tmp_path / "site",
    )  # fmt: skip
    wall = time.perf_counter() - start
    assert result.returncode == 0, result.stderr
    ideal = UTTERANCES * sum(2 * seconds + SCORING_S for seconds in CODING_S) / JOBS
    done = [float(at) for at in re.findall(r"\[ *(\d+) s\]", result.stderr)]
    print(f"\n{JOBS} slots: {wall:.1f} s, ideal {ideal:.1f} s: {wall / ideal:.2f} x; progress until {max(done):.0f} s")
