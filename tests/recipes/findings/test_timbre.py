"""How far a swapped timbre moves the voice: told right of a payload that is all timbre, and small in FACodec so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from markdown_cells import cells
from recipe_command import run_recipe

from codecbench.api import Audio, OperatingPoint
from codecbench.datasets import load_dataset
from codecbench.errors import UsageError
from codecbench.plugins import registry
from recipes.findings.timbre import equalized, find_timbre, load_facodec, swapped, voices_of


@dataclass(frozen=True)
class Spoken:
    """A payload's parts: what is said is not in it, who says it is the whole recording."""

    timbre: Audio

    def to_bytes(self) -> bytes:
        return self.timbre.samples.tobytes()


class AllTimbre:
    """Decodes the timbre's own recording."""

    def encode(self, audio: Audio, _point: OperatingPoint) -> bytes:
        return audio.samples.tobytes()

    def parts(self, payload: bytes, point: OperatingPoint) -> Spoken:
        return Spoken(self.decode(payload, point))

    def decode(self, payload: bytes, _point: OperatingPoint) -> Audio:
        return Audio.mono(np.frombuffer(payload, np.float32), 16000)


@pytest.fixture(scope="module")
def voices() -> dict[str, Audio]:
    return voices_of(load_dataset("probe", registry()))


def test_a_payload_that_is_all_timbre_becomes_the_other_speaker(voices: dict[str, Audio]) -> None:
    """What is left of the rise is the similarity that the two had."""
    rises = swapped(AllTimbre(), voices, OperatingPoint(6.0))
    assert len(rises) == len(voices) == 8
    assert all(0.2 < rise < 0.6 for rise in rises)


def test_an_equalizer_that_knows_more_of_the_other_comes_closer(voices: dict[str, Audio]) -> None:
    few = dict(list(voices.items())[:4])
    coarse, fine = (float(np.mean(equalized(few, count))) for count in (8, 60))
    assert coarse < fine < 0.2
    same = equalized({name: few[next(iter(few))] for name in few}, 60)
    assert same == pytest.approx([0.0] * 4, abs=0.01)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="a swapped timbre moves the voice too little")
def test_the_shipped_timbre_moves_the_voice_towards_its_speaker(voices: dict[str, Audio]) -> None:
    """Fails as soon as better weights pass it, to be made an ordinary test then."""
    codec = load_facodec(None)
    rises = swapped(codec, voices, codec.card.points[0])
    assert np.mean(rises) > 0.05
    assert sum(rise > 0 for rise in rises) >= 6


def test_the_command_prints_a_row_for_each_move() -> None:
    table = cells(run_recipe("timbre", "--data", "probe"))
    assert [row[0] for row in table[2:]] == [
        "timbre swapped, 2.4 kbps", "timbre swapped, 4.8 kbps",
        "equalized, 16 coefficients", "equalized, 30 coefficients", "equalized, 60 coefficients",
    ]  # fmt: skip
    assert all(row[2].endswith(" of 8") for row in table[2:])


def test_too_few_speakers_and_no_weights_are_one_line(tmp_path: Path) -> None:
    dataset = load_dataset("probe", registry())
    one = replace(dataset, utterances=dataset.utterances[:1])
    with pytest.raises(UsageError, match="--data: 1 named speakers; at least 4"):
        find_timbre(AllTimbre(), one)
    (tmp_path / "nothing.safetensors").write_bytes(b"")
    assert "nothing.safetensors" in run_recipe("timbre", "--weights", tmp_path / "nothing.safetensors", status=2)
