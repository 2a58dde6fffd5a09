"""Cells listed from a plan and from a store: listing reads no payload and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from codecbench.plugins import registry
from codecbench.run import keys
from codecbench.run.plan import make_plan
from codecbench.run.progress import Reporter
from codecbench.run.provenance import record_run
from codecbench.run.request import Request
from codecbench.run.sources import PlannedCells, StoredCells
from codecbench.run.state import RunState
from codecbench.store import Store
from codecbench.store.rows import UtteranceRow


@pytest.fixture
def state(clips: Path, tmp_path: Path) -> RunState:
    """A plan of one codec at two points over three clips, in a new folder, its originals read."""
    request = Request(out=tmp_path, codecs="opus", dataset=str(clips), bitrates="6,12", metrics="si_sdr", cost="none")
    plan, store = make_plan(request, registry()), Store(tmp_path, create=True)
    reporter = Reporter(Console(quiet=True))
    record_run(plan, store, reporter)
    state = RunState(plan, store, reporter, [])
    for position, planned in enumerate(plan.utterances):
        u = planned.utterance
        row = UtteranceRow(u.id, planned.identity, str(u.path), u.transcript, u.speaker, u.sex, 0.8)
        state.utterances[u.id] = row
        store.put_utterance(row, position)
    return state


def test_planned_cells_are_every_point_and_utterance_by_seed(state: RunState) -> None:
    (codec,) = state.plan.codecs
    source = PlannedCells(state)
    cells = source.cells(codec, state.plan.utterances)
    assert source.count == len(cells) == 6
    assert [cell.point.label for cell in cells] == ["6"] * 3 + ["12"] * 3
    assert len({cell.key for cell in cells}) == 6
    assert not any(cell.encoded for cell in cells)


def test_listing_changes_nothing_and_reads_no_payload(state: RunState) -> None:
    (codec,) = state.plan.codecs
    first = PlannedCells(state).cells(codec, state.plan.utterances)[0]
    state.store.put_coding(first.key, "ok", payload=b"x" * 1000, seconds=0.8)
    before = state.store.connection.total_changes
    statements: list[str] = []
    state.store.connection.set_trace_callback(statements.append)
    cells = PlannedCells(state).cells(codec, state.plan.utterances)
    assert cells[0].encoded
    assert state.store.connection.total_changes == before
    assert not [text for text in statements if "payload" in text]


def test_an_unreadable_original_stops_its_cells_without_a_word_in_the_store(state: RunState) -> None:
    name = state.plan.utterances[1].utterance.id
    state.utterances[name] = replace(state.utterances[name], seconds=None, reason="no audio in it")
    (codec,) = state.plan.codecs
    stopped = [cell for cell in PlannedCells(state).cells(codec, state.plan.utterances) if not cell.ok]
    assert [(cell.id, cell.reason) for cell in stopped] == [(name, "input: no audio in it")] * 2
    assert not state.store.codings([stopped[0].key])


def test_the_first_utterances_and_the_first_seed_fix_the_delay(
    state: RunState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is added: utterances, seeds, or a second visit to the folder."""
    monkeypatch.setattr("codecbench.run.share.BLOCK", 2)
    (codec,) = state.plan.codecs
    seeds = replace(codec.entry, card=replace(codec.card, stochastic=True))
    source = PlannedCells(
        replace(state, plan=replace(state.plan, request=replace(state.plan.request, seeds=2)))  # type: ignore[arg-type]
    )
    cells = source.cells(replace(codec, entry=seeds), state.plan.utterances)
    fixing = [cell for cell in cells if cell.fixes_delay]
    assert [(cell.seed, cell.point.label, cell.id) for cell in fixing] == [
        (0, label, planned.utterance.id) for label in ("6", "12") for planned in state.plan.utterances[:2]
    ]
    assert all(cell.lacks_delay for cell in fixing)
    for cell in cells:
        cell.delay_s = 0.005 if cell.fixes_delay else 0.009
    assert source.align(codec, cells) == {"6": 0.005, "12": 0.005}


def test_a_delay_that_was_looked_for_is_known_again(state: RunState) -> None:
    (codec,) = state.plan.codecs
    first, second, *_ = PlannedCells(state).cells(codec, state.plan.utterances)
    for cell in (first, second):
        state.store.put_coding(cell.key, "ok", payload=b"x", seconds=0.8)
        state.store.put_decoding(cell.key, "sha", None, 0, 0)
    state.store.put_evidence(keys.delay_key(first.key), True)
    known = PlannedCells(state).cells(codec, state.plan.utterances)
    assert [cell.lacks_delay for cell in known[:2]] == [False, True]


def test_stored_cells_are_what_was_coded_under_its_own_keys_and_delays(state: RunState) -> None:
    (codec,) = state.plan.codecs
    planned = PlannedCells(state)
    cells = planned.cells(codec, state.plan.utterances)
    for cell in cells[:4]:
        state.store.put_coding(cell.key, "ok", payload=b"x", seconds=0.8)
        state.store.put_decoding(cell.key, "sha", 0.005, 0, 0)
    state.store.stop_coding(cells[4].key, "failed", "encode: it broke")
    first = planned.cells(codec, state.plan.utterances)[:5]
    delays = planned.align(codec, first)
    planned.make_current(first, delays)
    source = StoredCells(state)
    stored = source.cells(codec, state.plan.utterances)
    assert source.count == len(stored) == 5
    assert [cell.key for cell in stored] == [cell.key for cell in cells[:5]]
    assert (stored[4].status, stored[4].reason) == ("failed", "not scored: encode: it broke")
    assert source.align(codec, stored) == delays
    assert source.gone_points(codec) == []
    assert source.gone_points(replace(codec, points=codec.points[:1])) == ["12"]
