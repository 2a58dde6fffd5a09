"""`codecbench export`: a run's results for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecbench.cli.files import check_out
from codecbench.cli.options import only_with
from codecbench.cli.view import part_options
from codecbench.errors import UsageError
from codecbench.names import names

if TYPE_CHECKING:
    from codecbench.results import Results

FORMATS = ("parquet", "csv", "hf", "payloads")


@click.command()
@click.argument("folders", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="RUN...")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="parquet", show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="FILE|FOLDER",
    help="Where to; of hf and payloads a folder. What is there stays, unless --force.",
)  # fmt: skip
@part_options
@click.option("--dataset-id", metavar="OWNER/NAME", help="Of hf: the benchmark's dataset repository on the Hub.")
@click.option("--source", metavar="URL", default="", help="Of hf: where the run can be looked at.")
@click.option("--force", is_flag=True, help="Replace what is there.")
def export(
    folders: tuple[Path, ...], kind: str, out: Path, codecs: str | None, bitrates: str | None,
    dataset_id: str | None, source: str, force: bool,
) -> None:  # fmt: skip
    """Write results for other programs: a tidy table, a row per cell and metric, or the Hugging Face Hub's files; or a
    codec's payloads, as `run --payloads` reads them.

    Of several runs that measured alike one table is made. A figure that is not there is empty, with its status and
    reason in the row.
    """
    from codecbench.results import open_run

    if kind != "hf":
        only_with("--format hf", "dataset_id", "source")
    runs = open_run(*folders).select(names(codecs, "--codecs"), bitrates)
    if kind == "hf":
        count = _to_hub(runs, out, dataset_id, source, force)
    else:
        count = _payloads(runs, folders, out, force) if kind == "payloads" else _table(runs, kind, out, force)
    click.echo(f"{out}: {count}")


def _table(runs: Results, kind: str, out: Path, force: bool) -> str:
    from codecbench.export import COLUMNS, write_csv, write_parquet

    check_out(out, f"scores.{kind}")
    if out.exists() and not force:
        raise UsageError(f"--out '{out}' is there already; give another name, or --force to replace it")
    results = runs.findings(ladder=False).results
    try:
        rows = (write_csv if kind == "csv" else write_parquet)(results, out)
    except OSError as error:
        raise UsageError(f"--out '{out}' cannot be written: {error.strerror or error}") from error
    return f"{rows} rows, {len(COLUMNS)} columns"


def _payloads(runs: Results, folders: tuple[Path, ...], out: Path, force: bool) -> str:
    from codecbench.export.payloads import MANIFEST, write_payloads

    if (out / MANIFEST).exists() and not force:
        raise UsageError(f"'{out / MANIFEST}' is there already; give another --out, or --force to replace it")
    try:
        count = write_payloads(runs.findings(ladder=False).results, folders, out)
    except OSError as error:
        raise UsageError(f"'{error.filename or out}' cannot be written: {error.strerror or error}") from error
    return f"{count} payloads; codecbench run --payloads {out} --codecs NAME decodes them"


def _to_hub(runs: Results, out: Path, dataset_id: str | None, source: str, force: bool) -> str:
    from codecbench.export.hub import hub_files

    if dataset_id is None:
        raise UsageError("--format hf: give --dataset-id OWNER/NAME, the benchmark's dataset repository on the Hub")
    findings = runs.findings(ladder=False)
    files = hub_files(findings.results, findings.summary, dataset_id, source)
    there = [file.path for file in files if (out / file.path).exists()]
    if there and not force:
        raise UsageError(f"'{out / there[0]}' is there already; give another --out, or --force to replace it")
    try:
        for file in files:
            target = out / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"'{error.filename or out}' cannot be written: {error.strerror or error}") from error
    return f"{len(files)} files; models/ goes into the codecs' repositories, dataset/ into {dataset_id}"
