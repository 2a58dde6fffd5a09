"""A tidy table as Parquet, which pandas, Polars, DuckDB, R and Spark read without being told a type."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codecbench.analysis.tidy import COLUMNS, TidyRow, tidy_rows
from codecbench.errors import UsageError
from codecbench.export.facts import run_facts
from codecbench.store.rows import StoredResults
from codecbench.whole_files import replaced

if TYPE_CHECKING:
    from pyarrow import RecordBatch, Schema

METADATA = b"codecbench"
"""Key of the file's metadata under which the run's facts are, as JSON."""
AT_ONCE = 65536
"""Rows of a row group: some 10 MB in memory."""


def write_parquet(results: StoredResults, out: Path) -> int:
    """Every current score to `out`, zstd-compressed; returns how many. What is there is replaced when whole.

    Raises:
        UsageError: pyarrow is not installed.
        OSError: the file cannot be written.
    """
    try:
        from pyarrow.parquet import ParquetWriter
    except ImportError as error:
        raise UsageError(f"Parquet needs pyarrow ({error}): pip install 'codecbench[parquet]'") from error
    schema, count = _schema(results), 0
    with replaced(out) as partial, ParquetWriter(partial, schema, compression="zstd") as writer:
        for batch in _batches(results, schema):
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _schema(results: StoredResults) -> Schema:
    import pyarrow

    types = {"text": pyarrow.string(), "number": pyarrow.float64(), "count": pyarrow.int64()}
    schema = pyarrow.schema([pyarrow.field(name, types[kind]) for name, kind in COLUMNS.items()])
    return schema.with_metadata({METADATA: run_facts(results).encode()})


def _batches(results: StoredResults, schema: Schema) -> Iterator[RecordBatch]:
    import pyarrow

    rows = tidy_rows(results)
    while chunk := list(islice(rows, AT_ONCE)):
        yield pyarrow.record_batch([_column(chunk, name) for name in COLUMNS], schema=schema)


def _column(rows: list[TidyRow], name: str) -> list[Any]:
    return [getattr(row, name) for row in rows]
