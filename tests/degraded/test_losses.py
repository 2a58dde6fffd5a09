"""Packet loss: the same for every codec, as much as is asked, concealed by whoever can."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import REPOSITORY
from running import codecbench

from codecbench.api import Audio, CodecOptions, HasPackets
from codecbench.audio import resample, source_signal
from codecbench.degraded.losses import BURST, Bursts, Loss
from codecbench.plugins import registry
from codecbench.results import open_run


def speech() -> Audio:
    return source_signal(sorted((REPOSITORY / "codecbench/datasets/speech/probe").rglob("*.flac"))[0])


@pytest.mark.parametrize("kind", [Loss, Bursts])
@pytest.mark.parametrize("percent", [0.0, 5.0, 20.0])
def test_so_many_are_lost_on_average(kind: type[Loss], percent: float) -> None:
    gone = kind(percent).slots(100_000, np.random.default_rng(0))
    assert 100 * gone.mean() == pytest.approx(percent, abs=0.5)


def test_bursts_last_three_slots_and_single_losses_one() -> None:
    def mean_run(kind: type[Loss]) -> float:
        gone = kind(5.0).slots(200_000, np.random.default_rng(0)).astype(int)
        return gone.sum() / (np.diff(np.concatenate([[0], gone])) == 1).sum()

    assert mean_run(Bursts) == pytest.approx(BURST, rel=0.05)
    assert mean_run(Loss) == pytest.approx(1 / 0.95, rel=0.02)


@pytest.mark.parametrize("kind", [Loss, Bursts])
def test_the_same_packets_are_lost_for_every_codec_by_time(kind: type[Loss]) -> None:
    """20, 40 and 80 ms; a shorter and a longer payload of one recording."""
    lost = {
        (ms, count): kind(30.0).lost(np.arange(count) * ms / 1000, np.random.default_rng(7))
        for ms, count in ((20, 400), (20, 380), (40, 200), (80, 100))
    }
    assert np.array_equal(lost[20, 400][:380], lost[20, 380])
    assert np.array_equal(lost[20, 400][::2], lost[40, 200])
    assert np.array_equal(lost[20, 400][::4], lost[80, 100])


def opus(checkpoint: str, kbps: float) -> tuple[Any, Any, bytes]:
    pytest.importorskip("av")
    entry = registry().codec(f"opus:{checkpoint}")
    codec, point = entry.factory(CodecOptions.of(entry.card)), entry.card.point(f"{kbps:g}")
    return codec, point, codec.encode(resample(speech(), 48000), point)


def test_opus_without_a_loss_is_decoded_as_ever() -> None:
    codec, point, payload = opus("default", 12)
    assert isinstance(codec, HasPackets)
    packets = codec.packets(payload, point)
    usual, own = codec.decode(payload, point), codec.decode_packets(packets, point)
    assert own.length == usual.length
    assert np.abs(own.samples - usual.samples).max() < 1e-4


def test_in_band_fec_really_runs() -> None:
    """Where every tenth packet is lost, its copy in the next one brings it nearly back; without FEC it is made up."""
    off = {}
    for checkpoint in ("default", "fec"):
        codec, point, payload = opus(checkpoint, 24)
        packets = codec.packets(payload, point)
        lost = [None if index % 10 == 5 else one for index, one in enumerate(packets)]
        usual, concealed = codec.decode(payload, point).samples[0], codec.decode_packets(lost, point).samples[0]
        off[checkpoint] = float(np.square(concealed - usual).sum() / np.square(usual).sum())
    assert off["fec"] < 0.6 * off["default"]


def test_a_run_under_loss(tmp_path: Path) -> None:
    """VoCodec by the default concealment, Opus by its own; one without packets abstains, saying how to have them."""
    pytest.importorskip("torch")
    common = ("--codecs", "opus,vocodec,codec2", "--bitrates", "3.2,6", "--metrics", "estoi", "--limit", 2)
    found = {}
    for percent in (0, 20, 100):
        out = tmp_path / str(percent)
        done = codecbench("run", *common, "--cost", "none", "--condition", f"loss:{percent}", "--out", out)
        assert done.returncode == 0, done.stderr
        assert "0 failed" in done.stderr + done.stdout
        rows = json.loads((out / "summary.json").read_text())["rows"]
        found[percent] = {f"{row['codec']} {row['point']}": row["scores"]["estoi"] for row in rows}
    for name in ("opus 6", "vocodec 6"):
        assert found[20][name]["mean"] < found[0][name]["mean"] - 0.03
    reasons = {row.reason for row in open_run(tmp_path / "20").findings().results.codings if row.codec == "codec2"}
    assert len(reasons) == 1
    assert "packet_samples, packets and decode_packets (codecbench.api.HasPackets)" in str(reasons)
    assert found[100]["opus 6"]["mean"] is None or found[100]["opus 6"]["mean"] < 0.2
