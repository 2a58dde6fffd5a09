"""Where the scores of a cell are kept, and under which keys: those of coded cells, those of the loss ladder's rungs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Protocol, TypeVar

from codecbench.run import keys
from codecbench.run.cells import Cell, Rung, Scorable
from codecbench.run.planned import PlannedMetric
from codecbench.run.state import RunState
from codecbench.store.answers import Answer
from codecbench.store.current import CurrentRung, CurrentScore

KindT = TypeVar("KindT", bound=Scorable, contravariant=True)


class Ledger(Protocol[KindT]):
    """What scoring asks of the store for one kind of signal."""

    def delay_s(self, cell: KindT) -> float:
        """The delay in seconds that is taken out of its signal before it is scored."""
        ...

    def statuses(self, cells: Sequence[KindT], metrics: Sequence[PlannedMetric]) -> Iterator[Sequence[str | None]]:
        """Of the stored scores, a sequence for each cell; None without a score."""
        ...

    def put(self, cell: KindT, metric: PlannedMetric, answer: Answer) -> None: ...

    def make_current(self, cells: Sequence[KindT]) -> None:
        """Their scores by all metrics of the plan are what the folder now holds of them."""
        ...

    def heard_key(self, cell: KindT, recognizer: str) -> str | None:
        """Under which the hypothesis on its signal is kept; None where nothing is transcribed."""
        ...

    def copy(self, cell: KindT) -> Path | None:
        """Where a copy of its signal is to be written for the report, if one is lacking."""
        ...


class CodedLedger:
    """Cells. `delays` by operating point's label, in seconds."""

    def __init__(self, state: RunState, delays: Mapping[str, float]) -> None:
        self._state, self._delays = state, delays
        self._keys: dict[tuple[str, str], str] = {}

    def delay_s(self, cell: Cell) -> float:
        return self._delays[cell.point.label]

    def statuses(self, cells: Sequence[Cell], metrics: Sequence[PlannedMetric]) -> Iterator[Sequence[str | None]]:
        wanted = [[self._key(cell, metric) for metric in metrics] for cell in cells]
        stored = self._state.store.score_statuses(chain.from_iterable(wanted))
        return ([stored.get(key) for key in keys] for keys in wanted)

    def put(self, cell: Cell, metric: PlannedMetric, answer: Answer) -> None:
        self._state.store.put_score(self._key(cell, metric), metric.card.version, *answer.columns)

    def make_current(self, cells: Sequence[Cell]) -> None:
        self._state.store.set_current_scores(
            CurrentScore(cell.place, metric.card.id, self._key(cell, metric))
            for cell in cells
            for metric in self._state.plan.metrics
        )

    def heard_key(self, cell: Cell, recognizer: str) -> str:
        assert cell.decoded_sha256 is not None  # what is scored has been decoded
        return keys.decoded_key(cell.decoded_sha256, cell.utterance.heard, self.delay_s(cell), recognizer)

    def copy(self, cell: Cell) -> Path | None:
        return self._state.listening_copy(cell) if self._state.lacks_copy(cell) else None

    def _key(self, cell: Cell, metric: PlannedMetric) -> str:
        place = (cell.key, metric.card.id)
        if place not in self._keys:  # it is asked for three times
            self._keys[place] = keys.score_key(
                cell.key, metric.key, metric.card, cell.utterance.utterance, self.delay_s(cell)
            )
        return self._keys[place]


class RungLedger:
    """Rungs of the loss ladder: no recognizer hears them, and nobody listens to them."""

    def __init__(self, state: RunState) -> None:
        self._state = state

    def delay_s(self, cell: Rung) -> float:
        return cell.delay_s

    def statuses(self, cells: Sequence[Rung], metrics: Sequence[PlannedMetric]) -> Iterator[Sequence[str | None]]:
        wanted = [[self._key(cell, metric) for metric in metrics] for cell in cells]
        stored = self._state.store.ladder_statuses(chain.from_iterable(wanted))
        return ([stored.get(key) for key in keys] for keys in wanted)

    def put(self, cell: Rung, metric: PlannedMetric, answer: Answer) -> None:
        key, version = self._key(cell, metric), metric.card.version
        *columns, _ = answer.columns  # nobody looks closer at a rung: its evidence is not kept
        self._state.store.put_ladder(key, version, *columns)

    def make_current(self, cells: Sequence[Rung]) -> None:
        self._state.store.set_current_ladder(
            CurrentRung(
                cell.codec.codec_id if cell.codec else None, cell.name, cell.id, metric.card.id, self._key(cell, metric)
            )
            for cell in cells
            for metric in self._state.plan.ladder_metrics
        )

    def heard_key(self, cell: Rung, recognizer: str) -> None:  # noqa: ARG002 - see Ledger
        return None

    def copy(self, cell: Rung) -> None:  # noqa: ARG002 - see Ledger
        return None

    def _key(self, cell: Rung, metric: PlannedMetric) -> str:
        identity = cell.codec.identity if cell.codec else ()
        seed = self._state.plan.request.seed if cell.codec else 0
        planned = cell.utterance
        return keys.ladder_key(
            identity, cell.name, seed, planned.utterance.id, planned.identity, metric.key, cell.delay_s
        )
