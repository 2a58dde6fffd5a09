"""The whole kit, item by item, in under a minute for a codec that is no slower than real time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from codecbench.api import CodecCard, CodecOptions
from codecbench.conformance.bench import Bench, NotUsable, bench
from codecbench.conformance.items import alignment, bits, determinism, manners, roundtrips, stated
from codecbench.conformance.result import CheckResult, failed, passed
from codecbench.plugins import Registered
from codecbench.run.pool import Slots
from codecbench.run.preloading import libraries
from codecbench.run.processes import preload

Item: TypeAlias = Callable[[Bench], Iterator[CheckResult]]

ITEMS: tuple[Item, ...] = (
    stated.card, stated.loading, roundtrips.lengths, roundtrips.signals, alignment.aligned, bits.bitrate, bits.code_use,
    determinism.encoder, determinism.decoder, determinism.seed, determinism.threads, manners.memory, manners.manners,
    roundtrips.formats, roundtrips.damaged, stated.offered,
)  # fmt: skip
"""In the order in which they are told: what others rely on comes first."""


def check(entry: Registered[CodecCard], options: CodecOptions) -> Iterator[CheckResult]:
    """Try a codec on everything, and tell as it goes. Ends early where it cannot be used at all."""
    preload(libraries([entry.factory]))
    with TemporaryDirectory(prefix="codecbench-check-") as folder, Slots(2, Path(folder) / "workers.log") as slots:
        tried = bench(entry.card, options, slots)
        try:
            slowness = tried.slowness
        except NotUsable as error:
            yield failed("speech", str(error), "nothing else was tried")
            return
        yield passed("speech", f"two seconds come through in {2 * slowness:.2f} s (encode and decode)")
        for item in ITEMS:
            yield from item(tried)
