"""Encoding and decoding the cells of one codec, and the checks that only bytes decide what comes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from codecbench.alignment import constant_delay
from codecbench.api import OperatingPoint
from codecbench.run import keys, workers
from codecbench.run.plan import PlannedCodec, PlannedUtterance
from codecbench.run.pool import Failure, Pool, Task
from codecbench.run.progress import CODING_STEPS
from codecbench.run.state import Cell, RunState
from codecbench.store.current import CurrentCoding
from codecbench.store.ids import CellPlace

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
            self._cell(seed, point, planned, key)
            for seed in state.seeds(codec)
            for point in codec.points
            for planned in state.plan.utterances
            if (key := self._key(seed, point, planned)) is not None
        ]

    def _key(self, seed: int, point: OperatingPoint, planned: PlannedUtterance) -> str | None:
        """For `score` the stored one, whatever has become of the plugin since; None where nothing is stored.

        Decoding the payload again must give the samples it gave then, or the cell says that the code has changed.
        """
        card = self.codec.card
        if self.state.plan.request.rescore:
            coded = self.state.coded.get(CellPlace(card.name, card.checkpoint, point.label, planned.utterance.id, seed))
            return coded.key if coded else None
        return keys.coding_key(self.codec.identity, point, seed, planned.utterance.id, planned.identity)

    def _cell(self, seed: int, point: OperatingPoint, planned: PlannedUtterance, key: str) -> Cell:
        cell = Cell(self.codec, point, planned, seed, key)
        stored = self.state.store.coding(key)
        unreadable = self.state.utterances[cell.id].reason
        if unreadable is not None:
            self._stop(cell, Failure("failed", unreadable), "input", for_good=stored is None)
        elif stored is not None and stored.status == "ok":
            cell.payload, cell.decoded_sha256, cell.delay_s = stored.payload, stored.decoded_sha256, stored.delay_s
            file = self.state.decoded_file(cell)
            cell.file = file if stored.decoded_sha256 is not None and file.exists() else None
        elif stored is not None and self.state.plan.request.rescore:
            cell.stop("failed", f"not scored: {stored.reason}")
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
                self._stop(cell, Failure("failed", why), "decode", for_good=False)  # the next run will find the same
                continue
            cell.file, cell.decoded_sha256, cell.delay_s = self.state.decoded_file(cell), value.sha256, value.delay_s
            self.state.store.put_decoding(cell.key, value.sha256, value.delay_s, value.missing, value.surplus)

    def compare_decodes(self, fresh: Sequence[Cell], pools: Sequence[Pool]) -> None:
        """The last decoded cell of each point once more, on a new instance in each of `pools`: equal to the bit.

        The last, for the instance that decoded it has decoded others before. Of `fresh` cells, decoded by this plan;
        or, where an earlier plan was killed before it came to this, of those that it left.
        """
        last = self._last_decoded(fresh)
        for pool in pools:
            tasks = (self._task(cell, workers.decode, (cell.payload, None)) for cell in last.values() if cell.ok)
            for outcome in pool.run(tasks):
                cell, value = outcome.tag, outcome.value
                if isinstance(value, Failure):
                    self._distrust(cell, f"decoding the same payload again failed: {value.reason}", cell in fresh)
                elif value.sha256 != cell.decoded_sha256:
                    why = "a new instance decoded the same payload to other samples: more than the bytes decides them"
                    self._distrust(cell, why, cell in fresh)
        for cell in last.values():
            if cell.ok:
                self.state.store.put_evidence(self._compared(cell.point), True)

    def _last_decoded(self, fresh: Sequence[Cell]) -> dict[str, Cell]:
        """By operating point's label."""
        asked = {cell.point.label for cell in fresh}
        left = {p.label for p in self.codec.points if not self.state.store.evidence(self._compared(p))} - asked
        return {
            cell.point.label: cell
            for cells in ([cell for cell in self.cells if cell.point.label in left and cell.file is not None], fresh)
            for cell in cells
            if cell.ok and cell.decoded_sha256 is not None
        }

    def _compared(self, point: OperatingPoint) -> str:
        return keys.compared_key(self.codec.identity, point)

    def _distrust(self, found: Cell, reason: str, fresh: bool) -> None:
        """All cells of the point fail; for good only where the stored samples are this plan's own."""
        for cell in self.cells:
            if cell.point == found.point and cell.ok:
                why = reason if fresh else f"{reason}, or code or libraries have changed; use a new --out"
                self._stop(cell, Failure("failed", why), "decode", for_good=fresh)

    def align(self) -> dict[str, float]:
        """One constant delay per operating point's label, in seconds, over all utterances of the plan.

        `score` keeps the stored one.
        """
        if self.state.plan.request.rescore:
            return {cell.point.label: self.state.coded[cell.place].applied_delay_s for cell in self.cells}
        delays: dict[str, float] = {}
        for point in self.codec.points:
            mine = [cell for cell in self.cells if cell.point == point]
            delays[point.label] = constant_delay([cell.delay_s for cell in mine if cell.ok])
            self.state.store.drop_other_delays(
                self.codec.card.name, self.codec.card.checkpoint, point.label, delays[point.label]
            )
            self.state.store.set_current_codings(
                CurrentCoding(cell.place, point.nominal_kbps, cell.key, delays[point.label]) for cell in mine
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
                self._stop(cell, Failure("failed", why), stage, for_good=cell.decoded_sha256 is None)
                self.state.reporter.step(CODING_STEPS)

        for outcome in pool.run(tasks()):
            self.state.reporter.step(CODING_STEPS)
            if isinstance(outcome.value, Failure):
                cell = outcome.tag
                self.fatal[cell.point.label] += outcome.value.fatal
                # What was decoded before may be decoded again where this cannot be: another machine, a shorter limit.
                self._stop(cell, outcome.value, stage, for_good=cell.decoded_sha256 is None)
            else:
                yield outcome.tag, outcome.value

    def _task(self, cell: Cell, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Task:
        shared = (cell.job, cell.point.label, cell.utterance.utterance.path)
        return Task(cell, function, (*shared, *arguments), self.state.cell_limit(cell))

    def _stop(self, cell: Cell, failure: Failure, stage: str, *, for_good: bool = True) -> None:
        """Leave `cell` out of what follows in this plan; and `for_good`, as its stored coding's status."""
        cell.stop(failure.status, f"{stage}: {failure.reason}")
        if for_good:
            self.state.store.stop_coding(cell.key, cell.status, cell.reason or "")
        if failure.status == "skipped":
            self.state.note_skip(cell, failure)
