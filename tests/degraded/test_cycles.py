"""Coded again and again: PCM changes no more, others lose with each cycle."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import codecbench

CODECS = "pcm,opus,codec2,vocodec"


@pytest.fixture(scope="module")
def curves(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[float]]:
    """ESTOI after one and four cycles, by codec."""
    pytest.importorskip("torch")
    folder, found = tmp_path_factory.mktemp("cycles"), dict[str, list[float]]()
    for times in (1, 4):
        out = folder / str(times)
        arguments = ("run", "--codecs", CODECS, "--bitrates", "3,3.2,6,256", "--metrics", "estoi", "--limit", 1)
        done = codecbench(*arguments, "--cost", "none", "--condition", f"cycles:{times}", "--out", out)
        assert done.returncode == 0, done.stderr
        for row in json.loads((Path(out) / "summary.json").read_text())["rows"]:
            if row["point"] in ("256", "6", "3.2"):
                found.setdefault(f"{row['codec']} {row['point']}", []).append(row["scores"]["estoi"]["mean"])
    return found


def test_pcm_is_idempotent(curves: dict[str, list[float]]) -> None:
    assert curves["pcm 256"] == pytest.approx([curves["pcm 256"][0]] * 2, abs=1e-9)


@pytest.mark.parametrize("name", ["opus 6", "codec2 3.2", "vocodec 6"])
def test_others_lose_with_each_cycle(curves: dict[str, list[float]], name: str) -> None:
    once, four_times = curves[name]
    assert once - four_times > 0.02


def test_one_cycle_is_wb(curves: dict[str, list[float]], tmp_path: Path) -> None:
    arguments = ("run", "--codecs", "opus", "--bitrates", 6, "--metrics", "estoi", "--limit", 1, "--cost", "none")
    assert codecbench(*arguments, "--out", tmp_path / "wb").returncode == 0
    (row,) = json.loads((tmp_path / "wb/summary.json").read_text())["rows"]
    assert row["scores"]["estoi"]["mean"] == curves["opus 6"][0]
