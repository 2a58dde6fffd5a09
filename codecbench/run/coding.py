"""Encoding and decoding the cells of one codec, and the checks that only bytes decide what comes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from codecbench.alignment import constant_delay
from codecbench.api import OperatingPoint
from codecbench.run import keys, workers
from codecbench.run.plan import PlannedCodec, PlannedUtterance
from codecbench.run.pool import Failure, Pool, Task
from codecbench.run.progress import CODING_STEPS
from codecbench.run.state import Cell, RunState

FATAL_LIMIT = 3
"""After so many hangs or crashes at one operating point the rest of it is not attempted: each could cost minutes."""


class Coding:
    """The coding stages of one codec. Cells that fail say so and are left out of what follows."""

    def __init__(self, state: RunState, codec: PlannedCodec) -> None:
        self.state = state
        self.codec = codec
        self.fatal: Counter[str] = Counter()
        # Seeds outermost: a worker holds one codec, built for one seed.
        self.cells = [
            self._cell(seed, point, planned)
            for seed in codec.seeds(state.plan.request)
            for point in codec.points
            for planned in state.plan.utterances
        ]

    def _cell(self, seed: int, point: OperatingPoint, planned: PlannedUtterance) -> Cell:
        key = keys.coding_key(self.codec.identity, point, seed, planned.utterance.id, planned.identity)
        cell = Cell(self.codec, point, planned, seed, key)
        unreadable = self.state.utterances[cell.id].reason
        if unreadable is not None:
            self._stop(cell, Failure("failed", unreadable), "input")
            return cell
        stored = self.state.store.coding(key)
        if stored is not None and stored.status == "ok":
            cell.payload, cell.decoded_sha256, cell.delay_s = stored.payload, stored.decoded_sha256, stored.delay_s
            file = self.state.decoded_file(cell)
            cell.file = file if stored.decoded_sha256 is not None and file.exists() else None
        elif self.state.plan.request.rescore:
            why = stored.reason if stored and stored.reason else "it has no payload in this run"
            cell.stop("failed", f"not scored: {why}")
        return cell

    def encode(self, pool: Pool) -> None:
        """Payloads of the cells that have none."""
        todo = [cell for cell in self.cells if cell.ok and cell.payload is None]
        self.state.reporter.step((len(self.cells) - len(todo)) * CODING_STEPS)
        for cell, value in self._run(pool, "encode", todo, workers.encode, lambda _: ()):
            cell.payload = value.payload
            self.state.store.put_coding(
                cell.key, "ok", payload=value.payload, samples=value.samples,
                seconds=self.state.utterances[cell.id].seconds, entropy_bytes=value.entropy_bytes,
                codebook_sizes=value.codebook_sizes, codes=value.codes,
            )  # fmt: skip

    def decode(self, pool: Pool, todo: list[Cell]) -> None:
        """Decoded signals of `todo`. A cell that was decoded before must come out as it did."""
        self.state.decoded_folder.mkdir(exist_ok=True)
        arguments = lambda cell: (cell.payload, self.state.decoded_file(cell))  # noqa: E731
        for cell, value in self._run(pool, "decode", todo, workers.decode, arguments):
            if cell.decoded_sha256 not in (None, value.sha256):
                why = "other samples than when this folder was made: code or libraries have changed; use a new --out"
                # Only in this plan: the stored coding stands, and the next run will find the same.
                cell.stop("failed", f"decode: {why}")
                continue
            cell.file, cell.decoded_sha256, cell.delay_s = self.state.decoded_file(cell), value.sha256, value.delay_s
            self.state.store.put_decoding(cell.key, value.sha256, value.delay_s, value.missing, value.surplus)

    def compare_decodes(self, pool: Pool, fresh: list[Cell]) -> None:
        """The first of the `fresh` cells of each point once more, on a new instance in `pool`: equal to the bit."""
        first: dict[str, Cell] = {}
        for cell in fresh:
            if cell.ok:
                first.setdefault(cell.point.label, cell)
        tasks = (self._task(cell, workers.decode, (cell.payload, None)) for cell in first.values())
        for outcome in pool.run(tasks):
            cell, value = outcome.tag, outcome.value
            if isinstance(value, Failure):
                reason = f"decoding the same payload again failed: {value.reason}"
            elif value.sha256 != cell.decoded_sha256:
                reason = "a new instance decoded the same payload to other samples: more than the bytes decides them"
            else:
                continue
            for other in self.cells:
                if other.point == cell.point and other.ok:
                    self._stop(other, Failure("failed", reason), "decode")

    def align(self) -> dict[str, float]:
        """One constant delay per operating point's label, in seconds, over all utterances of the plan."""
        delays: dict[str, float] = {}
        for point in self.codec.points:
            mine = [cell for cell in self.cells if cell.point == point]
            delays[point.label] = constant_delay([cell.delay_s for cell in mine if cell.ok])
            self.state.store.drop_other_delays(
                self.codec.card.name, self.codec.card.checkpoint, point.label, delays[point.label]
            )
            self.state.store.set_current_codings(
                [(*cell.place, point.nominal_kbps, cell.key, delays[point.label]) for cell in mine]
            )
        return delays

    def _run(
        self, pool: Pool, stage: str, todo: list[Cell], function: Callable[..., Any],
        arguments: Callable[[Cell], tuple[Any, ...]],
    ) -> Iterator[tuple[Cell, Any]]:  # fmt: skip
        """The results of `todo`; failures are dealt with here."""

        def tasks() -> Iterator[Task]:
            for cell in todo:
                if self.fatal[cell.point.label] < FATAL_LIMIT:
                    yield self._task(cell, function, arguments(cell))
                    continue
                why = f"not attempted: {FATAL_LIMIT} utterances at {cell.point.label} kbps hung or crashed before it"
                self._stop(cell, Failure("failed", why), stage)
                self.state.reporter.step(CODING_STEPS)

        for outcome in pool.run(tasks()):
            self.state.reporter.step(CODING_STEPS)
            if isinstance(outcome.value, Failure):
                self.fatal[outcome.tag.point.label] += outcome.value.fatal
                self._stop(outcome.tag, outcome.value, stage)
            else:
                yield outcome.tag, outcome.value

    def _task(self, cell: Cell, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Task:
        shared = (cell.job, cell.point.label, cell.utterance.utterance.path)
        return Task(cell, function, (*shared, *arguments), self.state.cell_limit(cell))

    def _stop(self, cell: Cell, failure: Failure, stage: str) -> None:
        cell.stop(failure.status, f"{stage}: {failure.reason}")
        self.state.store.stop_coding(cell.key, cell.status, cell.reason or "")
        if failure.status == "skipped":
            self.state.note_skip(cell, failure)
