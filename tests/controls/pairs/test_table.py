from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.api import UsageError, Utterance
from codecbench.controls.pairs.blurs import BLURS, FLOOR
from codecbench.controls.pairs.shifts import MeasuredReading
from codecbench.controls.pairs.table import report
from codecbench.metrics.pairs.calibration import FlipCalibration
from codecbench.metrics.pairs.reading import reading_of
from codecbench.plugins import registry
from codecbench.recognizers.choice import load_scorer


def clip(word: str, rival: str, clean: float, degraded: float) -> MeasuredReading:
    reading = reading_of(Utterance("u", Path("u"), f"Say {word}.", extra={"word": word, "rival": rival}))
    assert reading is not None
    return MeasuredReading(reading, "v", clean, dict.fromkeys([*BLURS, *FLOOR], degraded))


def test_the_table_says_every_figure_with_its_interval() -> None:
    clips = [clip(f"{a}{n}", f"{b}{n}", 9.0, 5.0) for n in range(20) for a, b in ("xy", "yx")]
    clips.append(clip("q", "p", -1.0, -2.0))
    lines = list(report(clips, FlipCalibration("told", "1", (), 7.0, 0.05, 0.9, 1, 1, {})))
    assert lines[1] == "screened: 40 readings, 20 pairs with planted words; loss 2.4 % [0.1, 12.9]"
    assert "97.6 % [87.1, 99.9]" in lines[2]
    assert "100.0 % [91.2, 100.0]" in lines[3]
    for name in BLURS:
        (line,) = [line for line in lines if line.startswith(name)]
        assert "0.0 % [0.0, 8.8]" in line
        assert line.endswith("1.000 [1.000, 1.000]")


def test_a_recognizer_that_cannot_score_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = next(iter(registry().recognizers.values()))
    monkeypatch.setitem(registry().recognizers, "deaf", type(entry)(entry.card, object, "test"))
    with pytest.raises(UsageError, match="cannot score given texts"):
        load_scorer("deaf", registry())
