"""Where a plan's cells come from: those of a run are planned, those of `codecbench score` are what the store holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from codecbench.alignment import QUANTUM_S, constant_delay
from codecbench.conditions import FULL_BAND, narrow
from codecbench.run import keys
from codecbench.run.cells import Cell
from codecbench.run.planned import PlannedCodec, PlannedUtterance
from codecbench.run.share import planned_cells
from codecbench.run.state import RunState
from codecbench.store.current import CodedCell, CurrentCoding, StoredCoding
from codecbench.store.ids import CellPlace


class CellSource(Protocol):
    """The cells of a plan. Listing them changes nothing."""

    @property
    def count(self) -> int:
        """How many there are in all."""
        ...

    def cells(self, codec: PlannedCodec, utterances: Sequence[PlannedUtterance]) -> list[Cell]:
        """Those of one codec and some utterances, as far as the store knows them: what is stored of each is in it."""
        ...

    def align(self, codec: PlannedCodec, cells: Sequence[Cell]) -> dict[str, float]:
        """The delay in seconds that is taken out at each operating point, by its label, by the first cells of each."""
        ...

    def make_current(self, cells: Sequence[Cell], delays: Mapping[str, float]) -> None:
        """Their codings under `delays` are what the folder now holds of them."""
        ...


class PlannedCells:
    """Every codec × point × utterance × seed of the plan, or of a shard's share of it."""

    def __init__(self, state: RunState) -> None:
        self._state = state

    @property
    def count(self) -> int:
        plan, share = self._state.plan, self._state.share
        if share.shard is not None:
            return share.listed
        if plan.payloads is not None:
            counts = plan.payloads.counts
            return sum(counts[codec.card.spec] * len(codec.seeds(plan.request)) for codec in plan.codecs)
        points = sum(len(codec.points) * len(codec.seeds(plan.request)) for codec in plan.codecs)
        return len(plan.utterances) * points

    def cells(self, codec: PlannedCodec, utterances: Sequence[PlannedUtterance]) -> list[Cell]:
        share = self._state.share
        cells = [
            Cell(
                codec=codec, point=one.point, utterance=one.utterance, seed=one.seed, key=one.key, given=one.given,
                fixes_delay=one.fixes_delay, scored=share.holds(codec, one.utterance, one.key),
            )
            for one in planned_cells(self._state.plan, codec, utterances)
            if share.lists(codec, one)
        ]  # fmt: skip
        _recall(self._state, cells)
        return cells

    def align(self, codec: PlannedCodec, cells: Sequence[Cell]) -> dict[str, float]:
        """One constant delay per point, by the first utterances of the plan and the first seed: see `BLOCK`."""
        fixing: dict[str, list[float | None]] = {point.label: [] for point in codec.points}
        for cell in cells:
            if cell.ok and cell.fixes_delay:
                fixing[cell.point.label].append(cell.delay_s)
        delays: dict[str, float] = {}
        for point in codec.points:
            delays[point.label] = constant_delay(fixing[point.label], self._quantum_s(codec))
            self._state.store.drop_other_delays(
                codec.card.name, codec.card.checkpoint, point.label, delays[point.label]
            )
        return delays

    def _quantum_s(self, codec: PlannedCodec) -> float:
        """Whole samples: at 16 kHz, or where nothing is resampled to that, of the codec's output."""
        wide = self._state.plan.request.condition != FULL_BAND
        return QUANTUM_S if wide else 1 / codec.card.decoded_rate

    def make_current(self, cells: Sequence[Cell], delays: Mapping[str, float]) -> None:
        self._state.store.set_current_codings(
            CurrentCoding(cell.place, cell.point.nominal_kbps, cell.key, delays[cell.point.label])
            for cell in cells
            if cell.scored
        )


class StoredCells:
    """What the folder holds, by however many plans, of codecs and points that are still here.

    Each cell has its stored key, whatever has become of the plugin since. Decoding its payload again must give the
    samples it gave then, or the cell says that the code has changed.
    """

    def __init__(self, state: RunState) -> None:
        self._state = state
        self._coded: Mapping[CellPlace, CodedCell] = state.store.coded()

    @property
    def count(self) -> int:
        return len(self._coded)

    def cells(self, codec: PlannedCodec, utterances: Sequence[PlannedUtterance]) -> list[Cell]:
        name = codec.codec_id
        seeds = sorted({place.seed for place in self._coded if place.codec_id == name})
        cells = []
        for seed in seeds:
            for point in codec.points:
                for planned in utterances:
                    coded = self._coded.get(CellPlace(*name, point.label, planned.utterance.id, seed))
                    if coded is not None:
                        cells.append(Cell(codec=codec, point=point, utterance=planned, seed=seed, key=coded.key))
        for cell, stopped in _recall(self._state, cells):
            cell.stop("failed", f"not scored: {stopped}")
        return cells

    def align(self, codec: PlannedCodec, cells: Sequence[Cell]) -> dict[str, float]:  # noqa: ARG002 - see CellSource
        """The stored delays, of all that the folder holds."""
        mine = (place for place in self._coded if place.codec_id == codec.codec_id)
        return {place.point: self._coded[place].applied_delay_s for place in mine}

    def make_current(self, cells: Sequence[Cell], delays: Mapping[str, float]) -> None:
        """They are already."""

    def gone_points(self, codec: PlannedCodec) -> list[str]:
        """Labels of stored points that the plugin does not have any more."""
        here = {point.label for point in codec.points}
        return sorted({place.point for place in self._coded if place.codec_id == codec.codec_id} - here)


def _recall(state: RunState, cells: Sequence[Cell]) -> list[tuple[Cell, str]]:
    """Put into each cell what is stored of it; returns those whose stored coding stopped, with the reason."""
    stored = state.store.codings(cell.key for cell in cells)
    delays = {keys.delay_key(cell.key): cell for cell in cells if cell.fixes_delay and cell.key in stored}
    for key in state.store.known_evidence(delays):
        delays[key].delay_known = True
    stopped, waiting = [], state.decoded_folder.exists()
    for cell in cells:
        reason = _recall_one(state, cell, stored.get(cell.key), waiting=waiting)
        if reason is not None:
            stopped.append((cell, reason))
    return stopped


def _recall_one(state: RunState, cell: Cell, stored: StoredCoding | None, *, waiting: bool) -> str | None:
    """Returns why its stored coding stopped, if it did. `waiting`: decoded signals may be here, of this run or a killed
    one.
    """
    unreadable = state.utterances[cell.id].reason
    if unreadable is not None:
        cell.encoded = stored is not None
        cell.stop("failed", f"input: {unreadable}")
        return None
    bandwidth = state.bandwidths.get(cell.id)
    card = cell.codec.card
    if bandwidth is not None and (why := narrow(bandwidth, card.sample_rate, card.decoded_rate)) is not None:
        cell.stop("abstained", why)
        return None
    if stored is None:
        return None
    if stored.status != "ok":
        return stored.reason or "no reason given"
    cell.encoded = True
    cell.decoded_sha256, cell.delay_s = stored.decoded_sha256, stored.delay_s
    file = state.decoded_file(cell) if waiting and stored.decoded_sha256 is not None else None
    cell.file = file if file is not None and file.exists() else None
    return None
