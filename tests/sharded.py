"""A run small enough to be done whole and in parts: what shards could get wrong is in it.

A codec whose delay differs between utterances, so that the constant depends on which of them fix it; a stochastic one
with two seeds; a metric that prepares something from each original; the loss ladder; an utterance that cannot be read.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import soundfile
from running import codecbench, install_plugin, read_summary

from codecbench.store import FILE, Store

UTTERANCES = 20
SLOW = "CODECBENCH_TEST_SLOW_S"
"""Seconds that the metric `prepares` takes, so that there is a time at which a shard is half done."""
PLUGIN = """
import os, time
import numpy as np
from codecbench.api import Audio, CodecCard, MetricCard, OperatingPoint, Score, hookimpl

class Late:
    def __init__(self, options):
        self.options = options
    def encode(self, audio, point):
        return audio.samples.astype("float32").tobytes()
    def decode(self, payload, point):
        samples = np.frombuffer(payload, dtype="float32")[None]
        # Between 30 and 109 samples, whatever the utterance.
        late = 30 + int(np.abs(samples).sum() * 1e4) % 80
        return Audio(np.pad(samples, ((0, 0), (late, 0))), 16000)
    def bypass(self, audio, stage):
        return None if stage == "front_end" else audio

class Dice(Late):
    def decode(self, payload, point):
        samples = np.frombuffer(payload, dtype="float32")[None]
        noise = np.random.default_rng(self.options.seed).standard_normal(samples.shape)
        return Audio((samples + 0.01 * noise).astype("float32"), 16000)

class Prepares:
    def prepare(self, reference):
        return float(np.abs(reference.samples).mean())
    def score(self, sample):
        time.sleep(float(os.environ.get("CODECBENCH_TEST_SLOW_S", 0)))
        return Score(float(np.abs(sample.decoded.samples).mean()), sample.prepared)

@hookimpl
def codecbench_register_codecs(register):
    register(CodecCard("late", 16000, (OperatingPoint(512, frame=160), OperatingPoint(513, frame=160))), Late)
    register(CodecCard("dice", 16000, (OperatingPoint(512),), stochastic=True), Dice)

@hookimpl
def codecbench_register_metrics(register):
    register(MetricCard("prepares", "1", "a test", unit="x"), Prepares)
"""
METRICS = ("si_sdr", "mel_distance", "delay_ms", "prepares")
CELLS = (UTTERANCES + 1) * (2 + 2)
RUNGS = (UTTERANCES + 1) * (1 + 2 * 2)
OWN = ("run_id", "created", "finished", "command", "invocations")
"""Of summary.json: what two equal runs do not share."""


def make_speech(folder: Path) -> Path:
    """A manifest of half seconds of speech, and of a file that is no audio."""
    probe = Path(str(files("codecbench.datasets") / "speech" / "probe"))
    lines = ["id\tpath\ttranscript\tspeaker"]
    for number, path in enumerate(sorted(probe.rglob("*.flac"))[:UTTERANCES]):
        samples, rate = soundfile.read(path)
        start = len(samples) // 3
        soundfile.write(folder / f"{number}.wav", samples[start : start + rate // 2], rate)
        lines.append(f"u{number:02}\t{number}.wav\tsome words\tspeaker{number % 5}")
    (folder / "broken.wav").write_text("no audio")
    lines.insert(5, "broken\tbroken.wav\tsome words\tspeaker0")
    (folder / "manifest.tsv").write_text("\n".join(lines) + "\n")
    return folder / "manifest.tsv"


def install(site: Path) -> Path:
    install_plugin(site, "cbsharded", PLUGIN)
    return site


def arguments(speech: Path, metrics: Iterable[str] = METRICS) -> tuple[object, ...]:
    return (
        "run", "--codecs", "late,dice", "--dataset", speech, "--metrics", ",".join(metrics), "--cost", "none",
        "--seeds", 2, "--ladder", "--jobs", 1,
    )  # fmt: skip


def run_shard(speech: Path, site: Path, index: int, count: int, out: Path) -> CompletedProcess[str]:
    return codecbench(*arguments(speech), "--shard", f"{index}/{count}", "--out", out, site=site)


def shuffled(folders: Sequence[Path], seed: int = 1) -> list[Path]:
    return random.Random(seed).sample(list(folders), len(folders))


def figures(folder: Path) -> dict[str, Any]:
    """summary.json without what is a folder's own."""
    summary = read_summary(folder)
    for name in OWN:
        del summary["run"][name]
    return summary


def rows(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with Store(folder, create=True) as store:
        names = [row["name"] for row in store.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [tuple(row) for row in store.connection.execute(f"SELECT * FROM {name}")] for name in names}


def change_meta(folder: Path, name: str, value: Any) -> None:
    with Store(folder, create=True) as store:
        assert (folder / FILE).is_file()
        store.connection.execute("REPLACE INTO meta VALUES (?, ?)", (name, json.dumps(value)))
