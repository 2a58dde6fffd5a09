"""`codecbench dev campaign`: thousands of damaged inputs, and what came of them."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

EXIT_UNWANTED = 1
COUNTS = {"payloads": 20_000, "recordings": 5_000, "checkpoints": 500}


@click.command()
@click.argument("kind", type=click.Choice(list(COUNTS)))
@click.option("--count", type=click.IntRange(1), help="Attempts; default: 20000 payloads, 5000 files, 500 checkpoints.")
@click.option("--seed", type=click.IntRange(0), help="Of an earlier campaign, to make it again; default: a new one.")
@click.option("--codecs", metavar="A,B:CHECKPOINT", default="all", show_default=True)
@click.option("--jobs", type=click.IntRange(1), help="Default: the cores.")
def campaign(kind: str, count: int | None, seed: int | None, codecs: str, jobs: int | None) -> None:
    """Damage payloads, audio files and manifests (`recordings`), or checkpoints, and print the counts of their fates.

    Exit status 1 where a process crashed or hung, something wrong was taken for right, or code in data was executed.
    """
    from codecbench.campaigns.checkpoints import checkpoints
    from codecbench.campaigns.payloads import payloads
    from codecbench.campaigns.recordings import recordings
    from codecbench.limits import available_cores
    from codecbench.plugins import choose_codecs, registry
    from codecbench.run.preloading import libraries
    from codecbench.run.processes import preload

    found = registry()
    chosen = list(choose_codecs(codecs, found).specs)
    preload(libraries(found.codec(name).factory for name in chosen))
    count = count or COUNTS[kind]
    seed = secrets.randbelow(10**6) if seed is None else seed
    jobs = jobs or available_cores()
    with TemporaryDirectory() as folder:
        log = Path(folder) / "workers.log"
        if kind == "payloads":
            result = payloads(found, chosen, count, seed, jobs, log)
        elif kind == "recordings":
            result = recordings(count, seed, jobs, log)
        else:
            result = checkpoints(found, chosen, count, seed, jobs, log)
    click.echo(result.markdown(), nl=False)
    sys.exit(EXIT_UNWANTED if result.unwanted else 0)
