"""The command line: one verb, one module. A user's mistake is one line and exit status 2, never a traceback."""

from __future__ import annotations

import io
import sqlite3
import sys
from concurrent.futures.process import BrokenProcessPool
from copy import copy

import click

import codecbench
from codecbench.cli.baseline import baseline
from codecbench.cli.check import check
from codecbench.cli.compare import compare
from codecbench.cli.datasets import datasets
from codecbench.cli.dev import dev
from codecbench.cli.env import env
from codecbench.cli.environments import environments
from codecbench.cli.export import export
from codecbench.cli.gate import gate
from codecbench.cli.list import list_
from codecbench.cli.listen import listen
from codecbench.cli.merge import merge
from codecbench.cli.new_plugin import new_plugin
from codecbench.cli.parity import parity
from codecbench.cli.plot import plot
from codecbench.cli.report import report
from codecbench.cli.run import run
from codecbench.cli.score import score
from codecbench.cli.sensitivity import sensitivity
from codecbench.cli.table import table
from codecbench.cli.weights import weights
from codecbench.errors import CodecBenchError
from codecbench.names import visible

EXIT_SYSTEM = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
KEEPING = (["run"], ["score"], ["merge"])
"""Commands that keep what they have finished."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(codecbench.__version__, prog_name="codecbench")
def cli() -> None:
    """Benchmark neural audio codecs: quality, bitrate, speed, cost, latency and word errors, from one command."""


for verb in (
    run, merge, score, report, table, plot, export, listen, compare, gate, baseline, check, parity, new_plugin,
    sensitivity, list_, datasets, weights, environments, env, dev,
):  # fmt: skip
    cli.add_command(verb)
court = copy(sensitivity)  # its first name, kept for scripts
court.hidden = True
cli.add_command(court, "court")


def main() -> None:
    """The `codecbench` command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal of a few characters prints a ? for the others
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_USAGE)
    except CodecBenchError as error:
        click.echo(f"codecbench: {visible(str(error))}", err=True)
        sys.exit(EXIT_USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("\ncodecbench: stopped; the same command goes on from here", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:  # `codecbench list | head`
        sys.stderr.close()
        sys.exit(0)
    except (OSError, sqlite3.OperationalError, BrokenProcessPool) as error:
        click.echo(f"codecbench: {_system_problem(error)}", err=True)
        sys.exit(EXIT_SYSTEM)


def _system_problem(error: Exception) -> str:
    """What the system refuses, in its words: a full disk, too few open files, a file system that is read-only."""
    place = f" '{error.filename}'" if isinstance(error, OSError) and error.filename else ""
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
    kept = "; what was finished is kept, and the same command goes on" if sys.argv[1:2] in KEEPING else ""
    return f"the system refuses:{place} {words}{kept}"
