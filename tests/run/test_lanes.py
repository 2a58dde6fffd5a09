"""A plan in several blocks comes to what it does in one; and what is found out late holds for the blocks before."""

from __future__ import annotations

from pathlib import Path

import pytest
from pool_work import every_utterance
from rich.console import Console
from running import install_plugin

from codecbench.plugins import registry
from codecbench.run import blocks, execute
from codecbench.run.plan import make_plan
from codecbench.run.progress import Reporter
from codecbench.run.request import Request
from codecbench.store import open_run
from codecbench.store.rows import StoredResults

DRIFTS = """
from pathlib import Path
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

COUNT = Path(__file__).with_suffix(".count")

class Drifts:
    def __init__(self, options): pass
    def encode(self, audio, point):
        return (np.clip(audio.samples[0], -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point):
        with COUNT.open("a") as file:
            file.write("x")
        decoded = len(COUNT.read_text())
        return Audio.mono(np.frombuffer(payload, "<i2") / 32767 + (0.001 * decoded if decoded > 4 else 0), 16000)

@hookimpl
def codecbench_register_codecs(register):
    register(CodecCard("drifts", 16000, (OperatingPoint(256),)), Drifts)
"""


def results(out: Path, codecs: str, dataset: str, limit: int) -> StoredResults:
    request = Request(
        out=out, codecs=codecs, bitrates="6-256", dataset=dataset, metrics="si_sdr,estoi", limit=limit, cost="none",
        keep_audio="none",
    )  # fmt: skip
    with Reporter(Console(quiet=True)) as reporter:
        execute.run(make_plan(request, registry()), reporter, every_utterance)
    return open_run(out)


def test_blocks_change_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = results(tmp_path / "whole", "opus,pcm", "probe", 5)
    monkeypatch.setattr(blocks, "UTTERANCES", 2)
    parts = results(tmp_path / "parts", "opus,pcm", "probe", 5)
    assert parts.scores == whole.scores
    assert parts.codings == whole.codings
    assert parts.utterances == whole.utterances


def test_a_decoder_that_is_found_out_late_counts_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It decodes four times well and then with an offset that grows: the block that shows it is the second."""
    install_plugin(tmp_path / "site", "drifts", DRIFTS)
    monkeypatch.syspath_prepend(tmp_path / "site")
    registry.cache_clear()  # of the plugins that were there when somebody asked first
    monkeypatch.setattr(blocks, "UTTERANCES", 3)
    found = results(tmp_path / "run", "drifts", "probe", 7)
    assert len(found.scores) == 7 * 2
    assert {row.status for row in found.scores} == {"failed"}
    reasons = {row.reason or "" for row in found.scores}
    assert all("more than the bytes decides them" in reason for reason in reasons), reasons
    registry.cache_clear()
    assert {row.status for row in found.codings} == {"failed"}
