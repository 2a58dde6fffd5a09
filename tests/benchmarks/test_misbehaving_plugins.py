"""Sixty plugins that misbehave, in one run: `pytest tests/benchmarks/test_misbehaving_plugins.py --benchmark-only -s`.

Ten ways, in the import, the factory, encoding and decoding of a codec, and in preparing and scoring of a metric. Beside
them one codec and one metric that do as they should: every score of theirs must be there. Some minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from running import codecbench, install_plugin
from tabulate import tabulate

from codecbench.store import open_run

WAYS = {
    "raises": "raise RuntimeError('first\\nsecond\\x1b[2J')",
    "exits": "raise SystemExit(0)",
    "interrupts": "raise KeyboardInterrupt",
    "ends": "os._exit(3)",
    "segfaults": "ctypes.string_at(0)",
    "hangs": "time.sleep(3600)",
    "recurses": "(lambda f: f(f))(lambda f: f(f))",
    "floods": "print('x' * 10_000_000)",
    "closes": "[contextlib.suppress(OSError).__enter__() and None or _close(n) for n in range(3, 64)]",
    "moves": "os.chdir('/'); import torch; torch.set_default_dtype(torch.float64)",
}
CODEC = """
import contextlib, ctypes, os, time
import numpy as np
from codecbench.api import Audio, CodecCard, MetricCard, OperatingPoint, Score, hookimpl
def _close(n):
    with contextlib.suppress(OSError): os.close(n)
{at_import}
class C:
    def __init__(self, options):
        pass
        {at_factory}
    def encode(self, audio, point):
        {at_encode}
        return np.round(np.clip(audio.samples[0], -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point):
        {at_decode}
        return Audio.mono(np.frombuffer(payload, "<i2") / 32767, 16000)
class M:
    def prepare(self, reference):
        {at_prepare}
        return None
    def score(self, sample):
        {at_score}
        return Score(1.0)
"""
REGISTERS = {
    "codec": "@hookimpl\ndef codecbench_register_codecs(register):\n"
    "    register(CodecCard({name!r}, 16000, (OperatingPoint(256),)), C)\n",
    "metric": "@hookimpl\ndef codecbench_register_metrics(register):\n"
    "    register(MetricCard({name!r}, '1', 'a metric'), M)\n",
}
PLACES = {
    "import": "codec", "factory": "codec", "encode": "codec", "decode": "codec", "prepare": "metric", "score": "metric",
}  # fmt: skip


def source(kind: str, name: str, place: str = "", way: str = "pass") -> str:
    holes = {f"at_{one}": "pass" for one in PLACES} | ({f"at_{place}": way} if place else {})
    return CODEC.format(**holes) + REGISTERS[kind].format(name=name)


@pytest.mark.timeout(3600)
def test_they_cost_nobody_else_anything(tmp_path: Path, short_clips: Path, benchmark: Callable[..., None]) -> None:
    del benchmark  # asked for so that this runs with the benchmarks alone
    site, codecs, metrics = tmp_path / "site", ["good"], ["fine", "si_sdr"]
    install_plugin(site, "good", source("codec", "good"))
    install_plugin(site, "fine", source("metric", "fine"))
    for place, kind in PLACES.items():
        for way, line in WAYS.items():
            name = f"{place}_{way}"
            install_plugin(site, name, source(kind, name, place, line))
            (codecs if kind == "codec" else metrics).append(name)
    listed = codecbench("list", "codecs", site=site)
    lost = [name for name in codecs if f"plugin '{name}' did not load" in listed.stdout]
    ran = [name for name in codecs if name not in lost]
    result = codecbench(
        "run", "--codecs", ",".join(ran), "--metrics", ",".join(metrics), "--dataset", short_clips, "--limit", 2,
        "--cost", "none", "--keep-audio", "none", "--jobs", 2, "--cell-seconds", 2, "--load-seconds", 5, "--out",
        tmp_path / "run", site=site, timeout=3000,
    )  # fmt: skip
    said = result.stdout + result.stderr
    assert "Traceback" not in said
    assert "\x1b[2J" not in said
    assert result.returncode == 3
    scores = open_run(tmp_path / "run").scores
    good = [row for row in scores if row.codec == "good" and row.metric in ("fine", "si_sdr")]
    assert [row.status for row in good] == ["ok"] * 4
    counts: dict[str, Counter[str]] = {}
    for row in scores:
        name = row.codec if row.codec != "good" else row.metric
        if name not in ("fine", "si_sdr") and (row.codec == "good" or row.metric == "si_sdr"):
            counts.setdefault(name.partition("_")[0], Counter())[row.status] += 1
    counts["import"]["did not load"] = len(lost)
    print(f"\n{len(PLACES) * len(WAYS)} plugins; of the good codec and metric all scores are there")
    print(tabulate([[place, *map(str, counter.items())] for place, counter in counts.items()], tablefmt="plain"))
