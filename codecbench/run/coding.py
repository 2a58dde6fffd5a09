"""Encoding and decoding the cells of one codec, and the checks that only bytes decide what comes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from codecbench.api import OperatingPoint
from codecbench.run import keys, workers
from codecbench.run.attempts import LIMIT
from codecbench.run.blocks import CodecRecord, Distrust
from codecbench.run.cells import Cell
from codecbench.run.clipping import Clipping
from codecbench.run.originals import keep_length
from codecbench.run.planned import PlannedCodec
from codecbench.run.pool import Pool, Task
from codecbench.run.progress import CODING_STEPS
from codecbench.run.state import RunState
from codecbench.store.answers import Failure
from codecbench.store.ids import point_text


class Coding:
    """The coding stages of one codec over its `cells`. Cells that fail say so and are left out of what follows."""

    def __init__(self, state: RunState, codec: PlannedCodec, cells: list[Cell], record: CodecRecord) -> None:
        self.state, self.codec, self.cells, self.record = state, codec, cells, record
        self.attempts = record.coding
        for label in record.distrusted:
            self._stop_point(label)

    def note_unreadable(self) -> None:
        """Cells whose original cannot be read get their reason in the store, where nothing is stored of them."""
        for cell in self.cells:
            if not cell.ok and not cell.encoded:
                self.state.store.stop_coding(cell.key, cell.status, cell.reason or "")

    def encode(self, pool: Pool) -> None:
        """Payloads of the cells that have none: what is encoded, or what was given in its place."""
        todo = [cell for cell in self.cells if cell.ok and not cell.encoded]
        self.state.reporter.expect((len(todo) - len(self.cells)) * CODING_STEPS)
        sizes: Counter[str] = Counter()
        given = self.state.plan.payloads is not None
        work = workers.take if given else workers.encode
        arguments = self._given if given else lambda _: ()
        for cell, value in self._run(pool, "encode", todo, work, arguments):
            cell.encoded = True
            sizes[cell.point.label] += len(value.payload)
            self.state.store.put_coding(
                cell.key, "ok", payload=value.payload, samples=value.samples,
                seconds=self._seconds(cell, value.samples), entropy_bytes=value.entropy_bytes,
                codebooks=value.codebooks, codes=value.codes,
            )  # fmt: skip

        for label in (label for label, size in sizes.items() if not size):
            why = "every payload is empty: what is decoded without a byte is not this speech"
            self.record.distrusted[label] = Distrust(Failure("failed", why), True, "encode")
            self._stop_point(label)

    def _given(self, cell: Cell) -> tuple[Path, float | None]:
        """The file of a payload that was given, and how long the utterance is, where that is known."""
        assert cell.given is not None
        return cell.given.path, self.state.utterances[cell.id].seconds

    def _seconds(self, cell: Cell, samples: int) -> float:
        """How long the utterance is: where nobody has a recording, as its first payload says."""
        row = self.state.utterances[cell.id]
        if row.seconds is not None:
            return row.seconds
        return keep_length(self.state, cell.utterance, samples / self.codec.card.sample_rate)

    def compare_encodes(self, fresh: Sequence[Cell], pool: Pool) -> None:
        """The last encoded cell of each point once more, in a process that encodes nothing else: the same bytes.

        What is left of the utterance before, or drawn at random, shows here. Of `fresh` cells, encoded by this plan, or
        of those that a killed one left.
        """
        if self.codec.card.stochastic or self.state.plan.payloads is not None:
            return
        key = partial(keys.encoded_again_key, self.codec.identity)
        last = self._last(fresh, key, [cell for cell in self.cells if cell.encoded])
        tasks = (self._task(cell, workers.encode, ()) for cell in last.values())
        for outcome in pool.run(tasks):
            cell, value = outcome.tag, outcome.value
            if isinstance(value, Failure):
                self._distrust(cell, f"encoding the same audio again failed: {value.reason}", cell in fresh, "encode")
            elif value.payload != self._payload(cell):
                why = (
                    "encoding the same audio again, in another process, gave other bytes: is a network in training "
                    "mode, is noise drawn without the seed, or is something left of the utterance before?"
                )
                self._distrust(cell, why, cell in fresh, "encode")
        self._note_compared(last, key)

    def decode(self, pool: Pool, todo: list[Cell]) -> None:
        """Decoded signals of `todo`. A cell that was decoded before must come out as it did."""
        self.state.decoded_folder.mkdir(exist_ok=True)
        arguments = lambda cell: (self._payload(cell), self.state.decoded_file(cell), cell.lacks_delay)  # noqa: E731
        loud: dict[str, Clipping] = {}
        for cell, value in self._run(pool, "decode", todo, workers.decode, arguments):
            if cell.decoded_sha256 not in (None, value.sha256):
                why = "other samples than when this folder was made: code or libraries have changed; use a new --out"
                self._stop(cell, Failure("failed", why), "decode", for_good=False)  # the next run will find the same
                continue
            loud.setdefault(cell.point.label, Clipping()).record(cell.id, value.peak, value.clipped)
            looked_for = cell.lacks_delay
            if looked_for:
                cell.delay_s, cell.delay_known = value.delay_s, True
            cell.file, cell.decoded_sha256 = self.state.decoded_file(cell), value.sha256
            self.state.store.put_decoding(
                cell.key,
                value.sha256,
                cell.delay_s,
                value.missing,
                value.surplus,
                value.cut_level_db,
                value.clipped,
                value.peak,
            )
            if looked_for:
                self.state.store.put_evidence(keys.delay_key(cell.key), {"delay_s": cell.delay_s})
        self._note_clipped(loud)

    def _note_clipped(self, loud: Mapping[str, Clipping]) -> None:
        """Once for each operating point, whatever the number of blocks."""
        for label, clipping in loud.items():
            if clipping.names and label not in self.record.clipped:
                self.record.clipped.add(label)
                self.state.reporter.note(f"{self.codec.card.spec} at {point_text(label)} decodes {clipping}; clipped")

    def compare_decodes(self, fresh: Sequence[Cell], pool: Pool) -> None:
        """The last decoded cell of each point once more, in a process that has decoded others: equal to the bit.

        The last, for the instance that decoded it has decoded others before; another process has neither its instance
        nor its modules. Of `fresh` cells, decoded by this plan; or, where an earlier plan was killed before it came to
        this, of those that it left.
        """
        key = partial(keys.compared_key, self.codec.identity)
        decoded = [cell for cell in self.cells if cell.file is not None and cell.decoded_sha256 is not None]
        last = self._last([cell for cell in fresh if cell.decoded_sha256 is not None], key, decoded)
        tasks = (self._task(cell, workers.decode, (self._payload(cell), None)) for cell in last.values())
        for outcome in pool.run(tasks):
            cell, value = outcome.tag, outcome.value
            if isinstance(value, Failure):
                self._distrust(cell, f"decoding the same payload again failed: {value.reason}", cell in fresh, "decode")
            elif value.sha256 != cell.decoded_sha256:
                why = "a new instance decoded the same payload to other samples: more than the bytes decides them"
                self._distrust(cell, why, cell in fresh, "decode")
        self._note_compared(last, key)

    def _last(
        self, fresh: Sequence[Cell], key: Callable[[OperatingPoint], str], there: Sequence[Cell]
    ) -> dict[str, Cell]:
        """By operating point's label the last cell, of `fresh`; of a point without any, and without evidence under
        `key`, the last that is `there`.
        """
        asked = {cell.point.label for cell in fresh}
        left = {point.label for point in self.codec.points if not self.state.store.evidence(key(point))} - asked
        cells = [*(cell for cell in there if cell.point.label in left), *fresh]
        return {cell.point.label: cell for cell in cells if cell.ok}

    def _note_compared(self, last: Mapping[str, Cell], key: Callable[[OperatingPoint], str]) -> None:
        for cell in last.values():
            if cell.ok:
                self.state.store.put_evidence(key(cell.point), True)

    def _distrust(self, suspect: Cell, reason: str, fresh: bool, stage: str) -> None:
        """All cells of the point fail; for good only where what is stored is this plan's own."""
        why = reason if fresh else f"{reason}, or code or libraries have changed; use a new --out"
        self.record.distrusted[suspect.point.label] = Distrust(Failure("failed", why), fresh, stage)
        self._stop_point(suspect.point.label)

    def _stop_point(self, label: str) -> None:
        distrust = self.record.distrusted[label]
        for cell in self.cells:
            if cell.point.label == label and cell.ok:
                self._stop(cell, distrust.failure, distrust.stage, for_good=distrust.for_good)

    def _run(
        self, pool: Pool, stage: str, todo: list[Cell], function: Callable[..., Any],
        arguments: Callable[[Cell], tuple[Any, ...]],
    ) -> Iterator[tuple[Cell, Any]]:  # fmt: skip
        """The results of `todo`; failures are dealt with here."""

        def tasks() -> Iterator[Task]:
            for cell in todo:
                if not self.attempts.exhausted(cell.point.label):
                    yield self._task(cell, function, arguments(cell))
                    continue
                why = f"not attempted: {LIMIT} utterances at {cell.point} hung or crashed before it"
                self._stop(cell, Failure("failed", why), stage, for_good=cell.decoded_sha256 is None)
                self.state.reporter.step(CODING_STEPS)

        for outcome in pool.run(tasks()):
            self.state.reporter.step(CODING_STEPS)
            cell, value = outcome.tag, outcome.value
            self._record(cell, value)
            if isinstance(value, Failure):
                # What was decoded before may be decoded again where this cannot be: another machine, a shorter limit.
                self._stop(cell, value, stage, for_good=cell.decoded_sha256 is None)
            else:
                yield cell, value

    def _record(self, cell: Cell, value: object) -> None:
        """A model that does not load is no operating point's fault: it counts against all."""
        loading = isinstance(value, Failure) and value.loading
        for point in self.codec.points if loading else (cell.point,):
            self.attempts.record(point.label, value)

    def _payload(self, cell: Cell) -> bytes | None:
        return self.state.store.payload(cell.key)

    def _task(self, cell: Cell, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Task:
        shared = (cell.job, cell.point.label, cell.utterance.recording)
        limit, needs = self.state.utterance_limit(cell.utterance), self.state.loading(cell.job)
        return Task(cell, function, (*shared, *arguments), limit, needs)

    def _stop(self, cell: Cell, failure: Failure, stage: str, *, for_good: bool = True) -> None:
        """Leave `cell` out of what follows in this plan; and `for_good`, as its stored coding's status."""
        cell.stop(failure.status, f"{stage}: {failure.reason}")
        if for_good:
            self.state.store.stop_coding(cell.key, cell.status, cell.reason or "")
        if failure.status == "skipped":
            self.state.note_skip(cell, failure)
