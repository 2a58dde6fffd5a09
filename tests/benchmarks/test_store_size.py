"""Whether the store and the main process keep up: `pytest tests/benchmarks/test_store_size.py --benchmark-only -s`.

A codec that does next to nothing on clips of a quarter of a second, scored by SI-SDR: what is left is the harness.
Printed for each number of cells: wall time, the main process's CPU time a cell and its largest memory, of the run, of
the same command again, and of what reads the results. Tens of minutes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import soundfile
from running import command_line, install_plugin
from tabulate import tabulate

UTTERANCES = 250
CELLS = (10_000, 100_000)
PLUGIN = """
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

class Null:
    def __init__(self, options): pass
    def encode(self, audio, point):
        return (np.clip(audio.samples[0], -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point):
        return Audio.mono(np.frombuffer(payload, "<i2") / 32767, 16000)

@hookimpl
def codecbench_register_codecs(register):
    register(CodecCard("null", 16000, tuple(OperatingPoint(float(n)) for n in range(1, 401))), Null)
"""
WATCHED = """
import json, resource, sys
from codecbench.cli import main
status = 0
try:
    main()
except SystemExit as end:
    status = end.code
own = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([status, own.ru_utime + own.ru_stime, own.ru_maxrss / 1024]), file=sys.stderr)
"""


def watched(site: Path, *arguments: object) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and MiB of the main process."""
    command, environment = command_line(site, *arguments)
    start = time.perf_counter()
    result = subprocess.run(
        [sys.executable, "-c", WATCHED, *command[3:]], env=environment, capture_output=True, text=True, check=True
    )
    status, cpu, memory = json.loads(result.stderr.splitlines()[-1])
    assert not status, result.stderr
    return time.perf_counter() - start, cpu, memory


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("cells", CELLS)
def test_the_main_process_keeps_up(tmp_path: Path, clips: Path, cells: int, benchmark: Callable[..., None]) -> None:
    del benchmark  # asked for so that this runs with the benchmarks alone
    install_plugin(tmp_path / "site", "nulls", PLUGIN)
    for number in range(3):
        samples, rate = soundfile.read(clips.parent / f"clip{number}.wav", dtype="int16")
        soundfile.write(tmp_path / f"{number}.wav", samples[: rate // 4], rate)
    rows = [f"u{number}\t{number % 3}.wav\ts{number % 40}" for number in range(UTTERANCES)]
    (tmp_path / "many.tsv").write_text("id\tpath\tspeaker\n" + "\n".join(rows) + "\n")
    out = tmp_path / "run"
    run = (
        "run", "--codecs", "null", "--bitrates", f"1-{cells // UTTERANCES / 1.05:.2f}", "--dataset",
        tmp_path / "many.tsv", "--metrics", "si_sdr", "--cost", "none", "--keep-audio", "none", "--jobs", 2,
        "--out", out,
    )  # fmt: skip
    commands: Mapping[str, tuple[Any, ...]] = {
        "run": run, "again": run, "report": ("report", out, "--audio", "none", "--out", tmp_path / "r.html"),
        "table": ("table", out, "--format", "csv"), "compare": ("compare", out, out),
    }  # fmt: skip
    table = []
    for name, arguments in commands.items():
        wall, cpu, memory = watched(tmp_path / "site", *arguments)
        table.append([name, f"{wall:.1f}", f"{1000 * cpu / cells:.3f}", f"{memory:.0f}"])
    size = (out / "results.sqlite").stat().st_size / cells
    print(f"\n{cells} cells, {size / 1000:.1f} kB each in the store")
    print(tabulate(table, headers=["", "wall s", "main CPU ms a cell", "MiB"]))
