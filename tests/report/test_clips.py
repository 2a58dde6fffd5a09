from __future__ import annotations

from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
import soundfile

from codecbench.report.clips import ORIGINAL, Clips, audio_key
from codecbench.store.rows import audio_file

OPUS = ("opus", "default", "6")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place in (ORIGINAL, OPUS):
        for name in ("a", "b"):
            path = tmp_path.joinpath("audio", *place, audio_file(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            level = 0.1 if place == ORIGINAL else 0.05
            soundfile.write(path, level * np.sin(np.arange(8000) / 9), 16000, format="FLAC")
    return tmp_path


def clips(folder: Path, mode: str = "embed", largest_mb: float = 25.0) -> Clips:
    return Clips((folder,), folder / "report.html", mode, largest_mb)  # type: ignore[arg-type]


def test_the_original_is_the_level_that_others_are_brought_to(folder: Path) -> None:
    found = clips(folder)
    found.add_utterance("a", [ORIGINAL, OPUS, ("opus", "default", "12")])
    assert set(found.found) == {audio_key("a", *ORIGINAL), audio_key("a", *OPUS)}
    original, decoded = found.found.values()
    assert (original.seconds, original.match.gain_db) == (0.5, 0.0)
    assert decoded.match.gain_db == pytest.approx(6.02, abs=0.02)
    assert b64decode(decoded.content).startswith(b"fLaC")


def test_without_an_original_nothing_is_matched(folder: Path) -> None:
    found = clips(folder)
    found.add_utterance("a", [OPUS])
    assert next(iter(found.found.values())).match.gain_db == 0.0


def test_an_address_is_relative_to_the_report_and_none_is_nothing(folder: Path) -> None:
    found = clips(folder, "link", largest_mb=0.0)  # what is linked has no size
    found.add_utterance("a", [ORIGINAL])
    assert next(iter(found.found.values())).content == "audio/original/a.flac"
    silent = clips(folder, "none")
    silent.add_utterance("a", [ORIGINAL])
    assert silent.data() == {"mode": "none", "clips": {}}


def test_past_the_limit_an_utterance_is_there_whole_or_not_at_all(folder: Path) -> None:
    every = clips(folder)
    for name in ("a", "b"):
        every.add_utterance(name, [ORIGINAL, OPUS])
    found = clips(folder, largest_mb=0.8 * every.size / 1e6)
    for name in ("a", "b"):
        found.add_utterance(name, [ORIGINAL, OPUS])
    assert set(found.found) == {audio_key("a", *ORIGINAL), audio_key("a", *OPUS)}
    assert [problem.partition(" is left out")[0] for problem in found.problems] == ["utterance 'b'"]
