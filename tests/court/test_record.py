from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codecbench.api import UsageError
from codecbench.court.battery import BATTERY
from codecbench.court.listing import as_text
from codecbench.court.record import built_in_record, dumps, load_record, loads
from codecbench.court.sitting import dataset_revision, recognizer_label
from codecbench.datasets import load_dataset
from codecbench.plugins import registry


def seen_by(distortion: str) -> set[str]:
    tried = built_in_record().tried
    return {name for name, one in tried.items() if one.cells[distortion].verdict in ("sees", "rewards")}


def test_the_committed_record_is_of_these_metrics_and_data() -> None:
    """Else a metric, the battery or a dataset changed: codecbench court --out codecbench/court/court.json."""
    record, known = built_in_record(), registry()
    own = {name: entry for name, entry in known.metrics.items() if entry.plugin == "metrics"}
    own = {name: entry for name, entry in own.items() if not entry.card.on_request}
    assert {name: one.version for name, one in record.tried.items()} == {n: e.card.version for n, e in own.items()}
    assert record.datasets == {name: dataset_revision(load_dataset(name, known)) for name in ("probe", "pairs")}
    assert record.recognizer == recognizer_label(known, next(iter(known.recognizers)))
    for one in record.tried.values():
        assert list(one.cells) == [distortion.id for distortion in BATTERY]
        assert one.null.figures >= 24


def test_nobody_sees_nothing() -> None:
    assert {one.cells["identity"].verdict for one in built_in_record().tried.values()} <= {"blind", "abstains"}


def test_what_the_design_says_is_seen_by_one_metric_alone() -> None:
    assert seen_by("late_8") == {"delay_ms"}
    assert seen_by("polarity") == {"correlation"}
    assert "level_error_db" in seen_by("level")
    assert not {"pesq_wb", "stoi", "estoi", "si_sdr"} & (seen_by("level") | seen_by("polarity"))


def test_words_are_seen_by_what_listens_to_words() -> None:
    assert {"wer", "ci_wer", "flip_rate"} <= seen_by("spliced_word")
    assert "speech_in_silence" in seen_by("word_in_pause")
    assert not {"stoi", "estoi"} & seen_by("word_in_pause")


def test_written_and_read_again_it_is_the_same() -> None:
    record = built_in_record()
    assert loads(dumps(record), "again") == record


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no court's record"), ("[]", "is no court's record"), ('{"schema": 99}', "of schema 99"),
        ('{"schema": 1, "metrics": {"x": {}}}', "is no court's record"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "court.json"
    file.write_text(text)
    with pytest.raises(UsageError, match=message) as caught:
        load_record(file)
    assert "\n" not in str(caught.value)


def test_no_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        load_record(tmp_path / "none.json")


def test_the_matrix_as_text_fits_a_terminal() -> None:
    text = as_text(built_in_record())
    assert max(map(len, text.splitlines())) <= 120
    for metric in built_in_record().tried:
        assert f"  {metric}" in text


def test_a_few_metrics_are_listed_with_their_figures() -> None:
    record = built_in_record()
    text = as_text(replace(record, tried={"level_error_db": record.tried["level_error_db"]}))
    row = next(line for line in text.splitlines() if line.startswith("1 dB softer"))
    assert row.split()[3:] == ["sees", "-1", "10", "8", "of", "8"]
