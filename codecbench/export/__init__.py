"""What leaves a run for other programs: tidy tables as Parquet or CSV, and the Hugging Face Hub's files."""

from codecbench.analysis.tidy import COLUMNS
from codecbench.export.delimited import write_csv
from codecbench.export.parquet import write_parquet

__all__ = ["COLUMNS", "write_csv", "write_parquet"]
