"""`codecbench parity` as it is typed, over codecs that are installed."""

from __future__ import annotations

import json

import pytest
from running import codecbench, in_process


@pytest.mark.parametrize(("codec", "more"), [("encodec", ()), ("vocodec", ()), ("mimi", ("--weights", "random"))])
def test_streams_are_equal_to_decoding_at_once(codec: str, more: tuple[str, ...]) -> None:
    pytest.importorskip("torch")
    done = codecbench("parity", codec, "--limit", 1, "--pieces", "4", "--json", *more)
    assert done.returncode == 0, done.stdout + done.stderr
    ways = {way["way"]: way for way in json.loads(done.stdout)["ways"]}
    for name in ("stream of 1 frame", "stream of 4 frames", "second stream"):
        assert ways[name]["verdict"] == "equal"
        assert ways[name]["surplus"] == 0
        assert ways[name]["greatest"] < 1e-4
    assert ways["pieces of 4 frames"]["verdict"] == "differs"
    cuts = [way for name, way in ways.items() if name.startswith("cut to ")]
    assert cuts
    assert {way["verdict"] for way in cuts} == {"equal"}, "residual codebooks: the first ones are those of a lower rate"


def test_a_decoder_that_looks_ahead_differs_in_pieces_and_is_not_held_to_it() -> None:
    pytest.importorskip("torch")
    done = codecbench("parity", "dac", "--limit", 1, "--pieces", "10")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("dac:reference at 6 kbps, 1 utterances of probe")
    (pieces,) = [line for line in lines if line.startswith("pieces of 10 frames")]
    assert "differs" in pieces
    assert not any(line.startswith("stream") for line in lines)


def test_of_a_codec_without_codes_decoding_again_is_left() -> None:
    done = codecbench("parity", "opus", "--point", "12", "--limit", 1)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()[4:]] == ["again"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothere"], "nothere"),
        (["opus", "--point", "7"], "--point: opus:default has no operating point 7; it has"),
        (["opus", "--pieces", "0"], "--pieces '0': expected whole numbers of frames"),
        (["opus", "--pieces", "a"], "--pieces 'a': expected whole numbers of frames"),
        (["opus", "--dataset", "nowhere.tsv"], "nowhere.tsv"),
        (["opus", "--against", "codec2"], "--point: codec2:default has no operating point 32"),
        (["opus", "--other-device", "tpu"], "--other-device 'tpu'"),
    ],
)
def test_mistakes_are_one_line(arguments: list[str], message: str) -> None:
    done = in_process("parity", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
