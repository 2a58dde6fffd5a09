"""What the harness costs beside the bare kernels: `pytest tests/benchmarks/test_floor.py --benchmark-only -s`.

Opus at 6 and 12 kbps over speech, scored by PESQ-WB, STOI, ESTOI and SI-SDR. The floor is a script of two processes,
each on a core of its own, that reads files, calls Opus and the packages' functions, and keeps nothing. Speech is the
embedded `probe` four times over, or the manifest that CODECBENCH_BENCHMARK_DATASET names.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from running import codecbench

POINTS = ("6", "12")
METRICS = "pesq_wb,stoi,estoi,si_sdr"
TIMES = 4
KERNELS = """
import multiprocessing, os, sys
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
import numpy as np, pesq, pystoi, soundfile
from codecbench.api import Audio, CodecOptions
from codecbench.audio import resample
from codecbench.plugins import registry

def si_sdr(reference, decoded):
    reference, decoded = reference - reference.mean(), decoded - decoded.mean()
    target = reference @ decoded / (reference @ reference) * reference
    return 10 * np.log10((target @ target) / ((decoded - target) @ (decoded - target)))

def work(core, paths, points, mode, folder):
    os.sched_setaffinity(0, {core})
    entry = registry().codecs["opus:default"]
    codec = None if mode == "bare" else entry.factory(CodecOptions("default", None, "cpu", 0))
    for number, path in paths:
        reference = soundfile.read(path, dtype="float32")[0]
        for label in points:
            file = f"{folder}/{number}-{label}.flac"
            if codec is None:
                decoded = soundfile.read(file, dtype="float32")[0]
            else:
                point = entry.card.point(label)
                audio = resample(Audio.mono(reference, 16000), entry.card.sample_rate)
                decoded = resample(codec.decode(codec.encode(audio, point), point), 16000).samples[0]
            if mode == "save":
                soundfile.write(file, np.clip(decoded, -1, 1), 16000, subtype="PCM_24")
                continue
            both = np.zeros((2, len(reference)), np.float32)
            both[0] = reference
            both[1, : len(decoded)] = decoded[: len(reference)]
            pesq.pesq(16000, both[0], both[1], "wb")
            pystoi.stoi(both[0], both[1], 16000)
            pystoi.stoi(both[0], both[1], 16000, extended=True)
            si_sdr(both[0], both[1])

if __name__ == "__main__":
    mode, folder, points, *paths = sys.argv[1:]
    cores = sorted(os.sched_getaffinity(0))[:2]
    rows = list(enumerate(paths))
    own = [
        multiprocessing.Process(target=work, args=(core, rows[n::2], points.split(","), mode, folder))
        for n, core in enumerate(cores)
    ]
    for process in own: process.start()
    for process in own: process.join()
    sys.exit(any(process.exitcode for process in own))
"""


def speech(folder: Path) -> tuple[Path, list[Path]]:
    """A manifest, and the files that it names."""
    if given := os.environ.get("CODECBENCH_BENCHMARK_DATASET"):
        manifest = Path(given).absolute()
        with manifest.open(newline="") as file:
            return manifest, [manifest.parent / row["path"] for row in csv.DictReader(file, delimiter="\t")]
    probe = Path(str(files("codecbench.datasets") / "speech" / "probe"))
    paths = sorted(probe.rglob("*.flac"))
    rows = [f"{time}-{n}\t{path}\ts{n % 8}" for time in range(TIMES) for n, path in enumerate(paths)]
    manifest = folder / "speech.tsv"
    manifest.write_text("id\tpath\tspeaker\n" + "\n".join(rows) + "\n")
    return manifest, paths * TIMES


def timed(call: Callable[[], subprocess.CompletedProcess[str]]) -> float:
    start = time.perf_counter()
    result = call()
    assert result.returncode == 0, result.stderr
    return time.perf_counter() - start


@pytest.mark.timeout(1800)
def test_scorings_beside_bare_kernels(tmp_path: Path, benchmark: Callable[..., None]) -> None:
    del benchmark  # asked for so that this runs with the benchmarks alone
    manifest, paths = speech(tmp_path)
    (tmp_path / "kernels.py").write_text(KERNELS)

    def kernels(mode: str) -> float:
        command = [sys.executable, tmp_path / "kernels.py", mode, tmp_path, ",".join(POINTS), *paths]
        return timed(lambda: subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False))

    def run(out: str, metrics: str, keep: str = "none") -> float:
        arguments = (
            "run", "--codecs", "opus", "--bitrates", ",".join(POINTS), "--dataset", manifest, "--metrics", metrics,
            "--cost", "none", "--keep-audio", keep, "--jobs", 2, "--out", tmp_path / out,
        )  # fmt: skip
        return timed(lambda: codecbench(*arguments))

    kernels("save")
    floor, bare = kernels("floor"), kernels("bare")
    cold = run("cold", METRICS)
    again = run("cold", METRICS)
    run("coded", "level_error_db", "all")
    alone = timed(lambda: codecbench("score", tmp_path / "coded", "--metrics", METRICS, "--jobs", 2))
    print(f"\n{len(paths) * len(POINTS)} scorings; bare kernels {bare:.1f} s, with Opus {floor:.1f} s (the floor)")
    print(f"cold {cold:.1f} s, {cold / floor:.2f} x the floor (wanted 1.15)")
    print(f"score alone {alone:.1f} s, {alone / bare:.2f} x the bare kernels (wanted 1.3)")
    print(f"the same run again {again:.2f} s (wanted 1)")
