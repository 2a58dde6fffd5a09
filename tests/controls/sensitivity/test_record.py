from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codecbench.api import UsageError
from codecbench.controls.sensitivity.battery import BATTERY
from codecbench.controls.sensitivity.listing import as_text
from codecbench.controls.sensitivity.measure import dataset_revision, recognizer_label
from codecbench.controls.sensitivity.record import built_in_record, dumps, load_record, loads
from codecbench.datasets import load_dataset
from codecbench.plugins import registry


def seen_by(distortion: str) -> set[str]:
    measured = built_in_record().metrics
    return {name for name, one in measured.items() if one.reactions[distortion].verdict in ("sees", "rewards")}


def test_the_committed_record_is_of_these_metrics_and_data() -> None:
    """Else a metric, the battery or a dataset changed: write the record again by `codecbench sensitivity --out`."""
    record, known = built_in_record(), registry()
    own = {name: entry for name, entry in known.metrics.items() if entry.plugin == "metrics"}
    own = {name: entry for name, entry in own.items() if entry.card.is_default("wb")}
    assert {name: one.version for name, one in record.metrics.items()} == {n: e.card.version for n, e in own.items()}
    assert record.datasets == {name: dataset_revision(load_dataset(name, known)) for name in ("probe", "pairs")}
    assert record.recognizer == recognizer_label(known, next(iter(known.recognizers)))
    for one in record.metrics.values():
        assert list(one.reactions) == [distortion.id for distortion in BATTERY]
        assert one.null.figures >= 24


def test_nobody_sees_nothing() -> None:
    assert {one.reactions["identity"].verdict for one in built_in_record().metrics.values()} <= {"blind", "abstains"}


def test_what_the_design_says_is_seen_by_few() -> None:
    """Half a millisecond is not taken out before scoring: PESQ aligns it away, and no word changes."""
    assert {"delay_ms", "si_sdr", "correlation"} <= seen_by("late_8")
    assert not {"pesq_wb", "pesq_nb", "wer", "ci_wer"} & seen_by("late_8")
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
        ("", "is not a sensitivity record"), ("[]", "is not a sensitivity record"), ('{"schema": 99}', "of schema 99"),
        ('{"schema": 1, "metrics": {"x": {}}}', "is not a sensitivity record"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "sensitivity.json"
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
    for metric in built_in_record().metrics:
        assert f"  {metric}" in text


def test_a_few_metrics_are_listed_with_their_figures() -> None:
    record = built_in_record()
    text = as_text(replace(record, metrics={"level_error_db": record.metrics["level_error_db"]}))
    row = next(line for line in text.splitlines() if line.startswith("1 dB softer"))
    assert row.split()[3:] == ["sees", "-1", "10", "8", "of", "8"]
