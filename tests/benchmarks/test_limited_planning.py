"""A plan of few utterances out of many: `pytest tests/benchmarks/test_limited_planning.py --benchmark-only -s`.

100,000 listed files, planned with `--limit 20`, beside hashing as many as long as LibriSpeech's (12 s, as WAV 0.4 MB):
by 1,000 of them, read from the disk, and read again from the system's cache.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from codecbench.plugins import registry
from codecbench.run.keys import file_sha256
from codecbench.run.plan import make_plan
from codecbench.run.request import Request
from codecbench.weights import _sha256

LISTED, THERE, SPEAKERS, SECONDS = 100_000, 1_000, 500, 12


def corpus(folder: Path) -> tuple[Path, list[Path]]:
    """The manifest, and the files that are there: two of each speaker, the first of whom are chosen."""
    rng, rows, there = np.random.default_rng(0), ["id\tpath\ttranscript\tspeaker"], []
    for number in range(LISTED):
        rows.append(f"u{number}\t{number}.wav\tsome words that were said\ts{number * SPEAKERS // LISTED}")
        if number % (LISTED // THERE) == 0:
            there.append(folder / f"{number}.wav")
            soundfile.write(there[-1], rng.normal(0, 0.004, SECONDS * 16000), 16000)
    (folder / "corpus.tsv").write_text("\n".join(rows) + "\n")
    return folder / "corpus.tsv", there


def forget(paths: Sequence[Path]) -> None:
    """Take the files out of the system's cache."""
    for path in paths:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def seconds_of_hashing(paths: Sequence[Path]) -> float:
    """All that are listed, by these."""
    _sha256.cache_clear()
    start = time.perf_counter()
    assert all(map(file_sha256, paths))
    return (time.perf_counter() - start) * LISTED / len(paths)


def test_limited_planning(benchmark: Any, tmp_path: Path) -> None:
    manifest, there = corpus(tmp_path)
    request = Request(tmp_path / "run", codecs="pcm", metrics="si_sdr", dataset=str(manifest), limit=20, cost="none")
    assert len(make_plan(request, registry()).utterances) == 20
    benchmark.pedantic(lambda: make_plan(request, registry()), rounds=3)
    few = benchmark.stats.stats.min
    forget(there)
    from_disk, from_cache = seconds_of_hashing(there), seconds_of_hashing(there)
    size = sum(path.stat().st_size for path in there) / len(there)
    print(
        f"\n{LISTED} listed files of {size / 1e6:.2f} MB: --limit 20 plans in {few:.2f} s. Hashing all takes "
        f"{from_disk:.0f} s from the disk ({100 * few / from_disk:.1f} %), {from_cache:.0f} s from the cache "
        f"({100 * few / from_cache:.1f} %)"
    )
