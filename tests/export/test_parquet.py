"""The Parquet file opens in pandas, Polars and DuckDB, and its means are those of summary.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import as_json, summarize
from codecbench.errors import UsageError
from codecbench.export import COLUMNS, write_parquet

RESULTS = made_results(
    [MadeCodec("opus", (6, 12)), MadeCodec("books", (1.5,), codebooks=True)],
    utterances=6, metrics=["stoi", "wer"], abstained={("stoi", "utt-01"): "silence"},
)  # fmt: skip
FIGURES = {
    (row["codec"], row["point"], name): score["mean"]
    for row in as_json(summarize(RESULTS))["rows"]
    for name, score in row["scores"].items()
}
"""What summary.json has."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("pyarrow")
    out = tmp_path_factory.mktemp("export") / "scores.parquet"
    assert write_parquet(RESULTS, out) == len(RESULTS.scores)
    return out


def test_pandas(file: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_parquet(file)
    assert list(frame.columns) == list(COLUMNS)
    for (codec, point, metric), group in frame[frame.status == "ok"].groupby(["codec", "point", "metric"]):
        assert group.numerator.sum() / group.denominator.sum() == pytest.approx(FIGURES[codec, point, metric])
    assert frame[frame.utterance.eq("utt-01") & frame.metric.eq("stoi")].reason.eq("silence").all()


def test_polars(file: Path) -> None:
    polars = pytest.importorskip("polars")
    rows = polars.read_parquet(file).filter(polars.col("metric") == "stoi")
    means = rows.group_by("codec", "point").agg(polars.col("value").mean())
    assert means.height == 3
    for row in means.iter_rows(named=True):
        assert row["value"] == pytest.approx(FIGURES[row["codec"], row["point"], "stoi"])


def test_duckdb(file: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    asked = f"SELECT codec, point, metric, sum(numerator) / sum(denominator) FROM '{file}' GROUP BY ALL"
    rows = duckdb.sql(asked).fetchall()
    assert {row[:3]: pytest.approx(row[3]) for row in rows} == FIGURES


def test_the_file_says_what_it_was_measured_by(file: Path) -> None:
    from pyarrow.parquet import read_schema

    facts = json.loads(read_schema(file).metadata[b"codecbench"])
    assert facts["run_id"] == RESULTS.meta["run_id"]
    assert facts["metrics"]["wer"]["pooling"] == "ratio"


def test_many_rows_go_in_several_groups(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pyarrow.parquet import ParquetFile, read_table

    monkeypatch.setattr("codecbench.export.parquet.AT_ONCE", 5)
    out = tmp_path / "parts.parquet"
    write_parquet(RESULTS, out)
    assert ParquetFile(out).num_row_groups > 5
    assert read_table(out) == read_table(file)


def test_without_pyarrow_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(UsageError, match=r"Parquet needs pyarrow .*: pip install 'codecbench\[parquet\]'"):
        write_parquet(RESULTS, tmp_path / "a.parquet")
