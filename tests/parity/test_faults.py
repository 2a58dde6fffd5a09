"""Each fault of a stream that was sown is found; a right one passes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import REPOSITORY
from made_streams import SOURCE
from running import codecbench, install_plugin

from codecbench.api import Audio, CodecCard
from codecbench.audio import source_signal
from codecbench.parity.summary import WaySummary, summarize_ways
from codecbench.parity.ways import Subject
from codecbench.parity.worker import try_all

PIECE = 500
"""Frames of a millisecond each."""


@cache
def speech() -> Audio:
    """Three utterances, 8 s: as long as it takes to see time run otherwise."""
    files = sorted((REPOSITORY / "codecbench/datasets/speech/probe").rglob("*.flac"))[1:4]
    return Audio(np.concatenate([source_signal(file).samples for file in files], axis=1), 16000)


def found(fault: str, **more: Any) -> dict[str, WaySummary]:
    made: dict[str, Any] = {}
    exec(SOURCE, made)  # the plugin that the command line is given below
    cards: dict[str, tuple[CodecCard, Any]] = {}
    made["codecbench_register_codecs"](lambda card, factory: cards.update({card.name: (card, factory)}))
    card, factory = cards[fault]
    subject = Subject.of(factory(None), card, card.points[0], speech(), pieces=(PIECE,), **more)
    return {way.way: way for way in summarize_ways(try_all(subject), 1e-4)}


STREAM = f"stream of {PIECE} frames"
PIECES = f"pieces of {PIECE} frames"


def test_a_right_stream_is_equal() -> None:
    ways = found("none")
    for name in ("again", "encoded again", "stream of 1 frame", STREAM, "second stream"):
        assert ways[name].verdict == "equal"
    assert ways["batch of two"].verdict == "absent"


def test_pieces_that_begin_anew_differ_and_context_mends_them() -> None:
    bare = found("none")[PIECES]
    assert (bare.verdict, bare.surplus, bare.held) == ("differs", 0, False)
    assert found("none", context=16)[f"{PIECES}, 16 before"].verdict == "equal"


def test_time_compression_is_found_with_its_drift() -> None:
    stream = found("squeeze")[STREAM]
    assert (stream.verdict, stream.held) == ("differs", True)
    assert stream.drift_ppm == pytest.approx(-12000, abs=600)
    assert (stream.surplus or 0) < 0


def test_a_seam_that_repeats_5_ms_is_found() -> None:
    stream = found("repeat")[STREAM]
    assert stream.verdict == "differs"
    assert stream.surplus == 80 * (speech().length // (16 * PIECE))
    assert stream.drift_ppm == pytest.approx(10000, abs=1500)


def test_a_state_that_is_not_reset_is_found() -> None:
    ways = found("kept")
    second = ways["second stream"]
    assert (second.verdict, second.surplus, second.held) == ("differs", 0, True)


def test_pieces_of_another_context_are_found() -> None:
    stream = found("context")[STREAM]
    assert (stream.verdict, stream.surplus) == ("differs", 0)
    assert (stream.greatest or 0) > 1e-3


@pytest.mark.parametrize(
    ("fault", "reason"), [("raises", "RuntimeError: no such state"), ("claims", "TypeError: its card says streams")]
)
def test_what_raises_or_is_only_claimed_is_told_and_the_rest_is_tried(fault: str, reason: str) -> None:
    ways = found(fault)
    assert (ways["stream of 1 frame"].verdict, ways["stream of 1 frame"].held) == ("failed", True)
    assert ways["stream of 1 frame"].reason.startswith(reason)
    assert ways["again"].verdict == "equal"


def test_as_it_is_typed(tmp_path: Path) -> None:
    """A fault ends with status 1, and is named; a second implementation decodes the same payloads."""
    install_plugin(tmp_path, "made_streaming", SOURCE)
    done = codecbench(
        "parity", "context", "--limit", 1, "--pieces", PIECE, "--against", "none", "--json", site=tmp_path
    )
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    verdicts = {way["way"]: way["verdict"] for way in told["ways"]}
    assert (verdicts[STREAM], verdicts["against none:default"]) == ("differs", "equal")
    pace = told["pace"]
    assert pace["frames_to_first"] == 1
    assert pace["ms_longest"] >= pace["ms_99"] >= pace["ms_median"] > 0
