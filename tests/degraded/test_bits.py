"""Bit errors: as many as are asked, at the same times for every codec, in frames alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import codecbench, in_process

from codecbench.api import CodecCard, Degradation, OperatingPoint
from codecbench.conditions import check_condition
from codecbench.degraded.bits import BitErrors
from codecbench.degrading import DegradedInput
from codecbench.plugins import registry
from codecbench.results import open_run
from codecbench.sending import received


def flipped(rate: float, bits: int, bits_per_s: float, seed: int = 7) -> np.ndarray:
    return BitErrors(rate).flipped(bits, bits_per_s, np.random.default_rng(seed))


@pytest.mark.parametrize("rate", [0.0, 1e-3, 0.1, 0.5])
def test_so_many_bits_are_flipped_on_average(rate: float) -> None:
    hit = flipped(rate, 1_000_000, 13_200)
    assert hit.mean() == pytest.approx(rate, rel=0.1, abs=0)
    pairs = (hit[1:] & hit[:-1]).mean()  # each by itself
    assert pairs == pytest.approx(rate**2, rel=0.2, abs=3e-6)


@settings(deadline=None, max_examples=20)
@given(st.integers(400, 64_000), st.integers(400, 64_000))
def test_errors_are_at_the_same_times_for_every_codec(first: int, second: int) -> None:
    """Those of the slower stream are among those of the faster one, to within a bit of the slower."""
    slow, fast = sorted((first, second))
    few, many = (np.flatnonzero(flipped(0.01, 5 * rate, rate)) / rate for rate in (slow, fast))
    assert all(np.abs(many - time).min() <= 1 / slow + 1 / fast for time in few)


def test_a_longer_stream_begins_with_the_errors_of_a_shorter_one() -> None:
    assert np.array_equal(flipped(0.01, 30_000, 8000)[:20_500], flipped(0.01, 20_500, 8000))


class Recorder:
    """Decodes nothing: keeps what it is given."""

    def encode(self, audio: Any, point: OperatingPoint) -> bytes:
        raise NotImplementedError

    def decode(self, payload: bytes, point: OperatingPoint) -> Any:
        return payload


def test_what_fills_the_last_byte_is_not_hit() -> None:
    point = OperatingPoint(2.4, frame=160)  # 48 bits a frame
    card = CodecCard("c", 8000, (point,), constant_frames=True)
    way: Degradation = BitErrors(0.5)
    payload = bytes(48 // 8 * 3 + 2)
    found: Any = received(Recorder(), card, point, payload, way, "ber", np.random.default_rng(0))
    assert found[-2:] == bytes(2)
    assert any(found[:18])


def test_frames_that_are_no_whole_number_of_bits_are_the_cards_fault() -> None:
    point = OperatingPoint(2.3, frame=161)
    card = CodecCard("c", 8000, (point,), constant_frames=True)
    with pytest.raises(ValueError, match=r"its card says constant_frames, of 46.2875 bits"):
        received(Recorder(), card, point, bytes(9), BitErrors(0.5), "ber", np.random.default_rng(0))


def test_who_says_constant_frames_has_them_at_each_point() -> None:
    cards = [entry.card for entry in registry().codecs.values() if entry.card.constant_frames]
    assert {"pcm", "codec2", "amr-nb", "g711", "g722", "g726", "lc3"} <= {card.name for card in cards}
    for card in cards:
        for point in card.points:
            assert point.nominal_kbps is not None
            bits = 1000 * point.nominal_kbps * card.frame_at(point) / card.sample_rate
            assert bits == pytest.approx(round(bits), abs=1e-6), (card.spec, point.label)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("ber:1e-3", "ber:0.001"), ("ber:0.00100", "ber:0.001"), ("ber:1e-05", "ber:1e-5"), ("ber:0", "ber:0")],
)
def test_scientific_notation_is_kept_in_its_shortest_form(typed: str, kept: str) -> None:
    assert check_condition(typed) == kept
    assert DegradedInput.parse(typed).value == DegradedInput.parse(kept).value


@pytest.mark.parametrize("value", ["0.6", "-1e-3", "many", "nan"])
def test_a_rate_that_cannot_be(tmp_path: Path, value: str) -> None:
    done = in_process("run", "--codecs", "pcm", "--condition", f"ber:{value}", "--out", tmp_path / "run")
    assert done.returncode == 2
    assert "expected ber:NUMBER, 0 to 0.5" in done.stderr


def test_a_run_under_bit_errors(tmp_path: Path) -> None:
    """None of them is `wb`; with more of them it is worse; a codec with headers abstains, saying what to declare."""
    pytest.importorskip("av")
    common = ("run", "--codecs", "pcm,amr-nb,opus", "--bitrates", "12.2,12,256", "--metrics", "estoi", "--limit", 2)
    found: dict[str, dict[str, float]] = {}
    for condition in ("wb", "ber:0", "ber:1e-3", "ber:0.02"):
        out = tmp_path / condition.replace(":", "-")
        done = codecbench(*common, "--cost", "none", "--condition", condition, "--out", out)
        assert done.returncode == 0, done.stderr
        rows = json.loads((out / "summary.json").read_text())["rows"]
        found[condition] = {row["codec"]: row["scores"]["estoi"]["mean"] for row in rows}
    for codec in ("pcm", "amr-nb"):
        assert found["ber:0"][codec] == found["wb"][codec]
        assert found["wb"][codec] > found["ber:1e-3"][codec] > found["ber:0.02"][codec]
    reasons = {row.reason for row in open_run(tmp_path / "ber-0.02").findings().results.codings if row.codec == "opus"}
    assert len(reasons) == 1
    assert "has constant_frames=True on its card" in str(reasons)
    plotted = in_process(
        "plot", tmp_path / "wb", tmp_path / "ber-1e-3", tmp_path / "ber-0.02", "--kind", "condition", "--metric",
        "estoi", "--out", tmp_path / "ber.svg",
    )  # fmt: skip
    assert plotted.returncode == 0, plotted.stderr
    assert "per 0.01" in plotted.stdout
