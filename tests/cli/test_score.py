"""`codecbench score`: further metrics on whatever a folder holds, and nothing in it is lost by that."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from running import codecbench, install_plugin

from codecbench.store import Store

CODEC = """
import os
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

class Mine:
    def __init__(self, options): pass
    def encode(self, audio, point):
        return (np.clip(audio.samples[0], -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point):
        if os.environ.get("NO_DECODER"):
            raise RuntimeError("no decoder on this machine")
        return Audio.mono(np.frombuffer(payload, "<i2") / 32767, 16000)

@hookimpl
def codecbench_register_codecs(register):
    points = {points}
    register(CodecCard("mine", 16000, points, version={version!r}), Mine)
"""
POINTS = "(OperatingPoint(256), OperatingPoint(300))"


def install(site: Path, version: str = "1", points: str = POINTS) -> None:
    install_plugin(site, "mine_plugin", CODEC.format(version=version, points=points))


def run(clips: Path, out: Path, site: Path, codecs: str = "mine", *more: object) -> None:
    result = codecbench(
        "run", "--codecs", codecs, "--dataset", clips, "--metrics", "si_sdr", "--cost", "none", "--jobs", 1, *more,
        "--out", out, site=site,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr + result.stdout


def current(out: Path) -> Counter[tuple[str, str, str, str]]:
    """How many current scores there are of each codec, point, metric and status."""
    with Store(out) as store:
        return Counter((row.codec, row.point, row.metric, row.status) for row in store.results().scores)


def meta(out: Path) -> dict[str, Any]:
    with Store(out) as store:
        return store.meta()


def test_where_nothing_can_be_decoded_no_row_is_lost(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, out = tmp_path / "site", tmp_path / "run"
    install(site)
    run(clips, out, site)
    before = current(out)
    monkeypatch.setenv("NO_DECODER", "1")
    assert codecbench("score", out, "--metrics", "lsd", site=site).returncode == 3
    lost = {("mine", point, "lsd", "failed"): 3 for point in ("256", "300")}
    assert current(out) == before + Counter(lost)
    with Store(out) as store:
        assert {row.status for row in store.results().codings} == {"ok"}
    monkeypatch.delenv("NO_DECODER")
    assert codecbench("score", out, "--metrics", "lsd", site=site).returncode == 0
    assert current(out) == before + Counter({("mine", point, "lsd", "ok"): 3 for point in ("256", "300")})


def test_a_plugin_of_another_version_and_other_points_is_scored_as_it_was_coded(tmp_path: Path, clips: Path) -> None:
    site, out = tmp_path / "site", tmp_path / "run"
    install(site)
    run(clips, out, site)
    install(site, "2", "(OperatingPoint(256, {'mode': 'new'}),)")
    result = codecbench("score", out, "--metrics", "lsd", site=site)
    assert result.returncode == 0, result.stderr
    assert "mine:default at 300 kbps: the plugin has no such point any more, not scored" in result.stderr
    expected = {("mine", point, "si_sdr", "ok"): 3 for point in ("256", "300")} | {("mine", "256", "lsd", "ok"): 3}
    assert current(out) == Counter(expected)


def test_all_that_a_folder_holds_is_scored_whatever_the_last_plan_was(tmp_path: Path, clips: Path) -> None:
    site, out = tmp_path / "site", tmp_path / "run"
    install(site)
    run(clips, out, site)
    run(clips, out, site, "pcm", "--bitrates", 256, "--limit", 2)
    assert codecbench("score", out, "--metrics", "lsd", site=site).returncode == 0
    scored = {place: n for place, n in current(out).items() if place[2] == "lsd"}
    assert scored == {("mine", "256", "lsd", "ok"): 3, ("mine", "300", "lsd", "ok"): 3, ("pcm", "256", "lsd", "ok"): 2}
    gone = codecbench("score", out, "--metrics", "level_error_db")  # without the plugin
    assert gone.returncode == 0, gone.stderr
    assert current(out)["pcm", "256", "level_error_db", "ok"] == 2
    assert current(out)["mine", "256", "si_sdr", "ok"] == 3
    with Store(out) as store:
        (skip,) = store.results().skips
    assert skip.codec == "mine"
    assert skip.reason.startswith("not scored further: unknown codec 'mine'")


def test_what_was_measured_on_stays_what_it_was(tmp_path: Path, clips: Path) -> None:
    site, out = tmp_path / "site", tmp_path / "run"
    install(site)
    run(clips, out, site)
    heard, machine = {"id": "an-ear", "version": "1", "parameters": {}, "key": "k"}, {"processor": "another"}
    with Store(out, create=True) as store:
        store.set_meta(recognizer=heard, machine=machine, codecbench="0.0.1", libraries={"numpy": "0.1"})
    assert codecbench("score", out, "--metrics", "lsd", site=site).returncode == 0
    after = meta(out)
    assert (after["recognizer"], after["machine"], after["codecbench"]) == (heard, machine, "0.0.1")
    assert after["libraries"]["numpy"] == "0.1"
    refused = codecbench("score", out, "--metrics", "wer", site=site)
    assert refused.returncode == 2
    assert "was scored with recognizer an-ear v1" in refused.stderr
    assert "Scores of two recognizers are never mixed" in " ".join(refused.stderr.split())
