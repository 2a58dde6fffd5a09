"""What a shard has of a plan: every cell and rung is somebody's, and what fixes a delay is with all who need it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from codecbench.plugins import registry
from codecbench.run.plan import make_plan
from codecbench.run.planned import Plan
from codecbench.run.progress import Reporter
from codecbench.run.request import Request
from codecbench.run.shard import Shard
from codecbench.run.share import WHOLE, Share, planned_cells, share_of
from codecbench.run.sources import PlannedCells
from codecbench.run.state import RunState
from codecbench.store import Store
from codecbench.store.rows import UtteranceRow

COUNT = 5


@pytest.fixture(scope="module")
def plan() -> Plan:
    """24 utterances at six points of Opus, with the ladder."""
    request = Request(Path("unused"), codecs="opus", metrics="si_sdr,mel_distance", cost="none", ladder=True)
    return make_plan(request, registry())


@pytest.fixture(scope="module")
def shares(plan: Plan) -> list[Share]:
    return [share_of(part(plan, index, COUNT)) for index in range(1, COUNT + 1)]


def part(plan: Plan, index: int, count: int) -> Plan:
    return replace(plan, request=replace(plan.request, shard=Shard(index, count)))


def state(plan: Plan, share: Share, folder: Path) -> RunState:
    """A new folder, its originals read."""
    folder.mkdir(exist_ok=True)
    found = RunState(plan, Store(folder, create=True), Reporter(Console(quiet=True)), [], share)
    for planned in plan.utterances:
        u = planned.utterance
        found.utterances[u.id] = UtteranceRow(u.id, planned.identity, str(u.path), None, u.speaker, u.sex, 1.0)
    return found


def test_every_cell_is_scored_by_one_shard_under_the_key_of_the_plain_run(
    plan: Plan, shares: list[Share], tmp_path: Path
) -> None:
    (codec,) = plan.codecs
    scored: Counter[str] = Counter()
    for number, share in enumerate(shares):
        source = PlannedCells(state(plan, share, tmp_path / str(number)))
        cells = source.cells(codec, plan.utterances)
        assert source.count == len(cells)
        mine = [cell for cell in cells if cell.scored]
        assert share.facts is not None
        assert len(mine) + share.rungs == share.facts.cells
        scored.update(cell.key for cell in mine)
        # The 16 that fix the delay of each point, whoever scores them; and nothing else of others.
        fixing = Counter(cell.point.label for cell in cells if cell.fixes_delay)
        assert fixing == dict.fromkeys({cell.point.label for cell in mine} | {codec.points[-1].label}, 16)
        assert all(cell.scored or cell.fixes_delay for cell in cells)
    assert set(scored.values()) == {1}
    assert scored.keys() == {cell.key for cell in planned_cells(plan, codec, plan.utterances)}
    assert len(scored) == 24 * len(codec.points)


def test_a_cell_of_another_shard_is_no_row_of_this_one(plan: Plan, shares: list[Share], tmp_path: Path) -> None:
    (codec,) = plan.codecs
    found = state(plan, shares[0], tmp_path)
    source = PlannedCells(found)
    cells = source.cells(codec, plan.utterances)
    for cell in cells:
        cell.delay_s = 0.005 if cell.fixes_delay else None
    delays = source.align(codec, cells)
    source.make_current(cells, delays)
    assert all(delays[cell.point.label] == 0.005 for cell in cells)
    rows = found.store.connection.execute("SELECT key FROM current_codings").fetchall()
    assert {row["key"] for row in rows} == {cell.key for cell in cells if cell.scored}


def test_every_rung_is_scored_by_one_shard(plan: Plan, shares: list[Share]) -> None:
    (codec,) = plan.codecs
    places = [(None, "original"), (codec, "front_end"), (codec, "network")]
    held = Counter(
        (name, planned.utterance.id)
        for share in shares
        for owner, name in places
        for planned in plan.utterances
        if share.has_rung(owner, name, planned, plan.request.seed)  # type: ignore[arg-type]
    )
    assert len(held) == 3 * 24
    assert set(held.values()) == {1}
    assert sum(share.rungs for share in shares) == 3 * 24


def test_originals_are_prepared_where_something_is_scored_against_them_and_read_by_somebody(plan: Plan) -> None:
    shares = [share_of(part(plan, index, 64)) for index in range(1, 65)]
    names = {planned.utterance.id for planned in plan.utterances}
    assert frozenset().union(*(share.scored for share in shares)) == names
    assert all(share.scored <= share.read for share in shares)
    assert any(share.scored < names for share in shares)
    nothing = replace(plan, codecs=(), request=replace(plan.request, ladder=False))
    without = [share_of(part(nothing, index, 64)) for index in range(1, 65)]
    assert sum(len(share.read) for share in without) == len(names)
    assert not any(share.scored for share in without)


def test_shards_of_one_plan_say_so_and_of_another_do_not(plan: Plan, shares: list[Share]) -> None:
    plans = {share.facts.plan for share in shares if share.facts}
    assert len(plans) == 1
    fewer = replace(plan, utterances=plan.utterances[:-1])
    turned = replace(plan, utterances=plan.utterances[::-1])
    scored_otherwise = replace(plan, metrics=plan.metrics[-1:])
    others = [share_of(part(one, 1, COUNT)).facts for one in (fewer, turned, scored_otherwise)]
    assert [facts is not None and facts.plan in plans for facts in others] == [False, False, True]


def test_without_a_shard_everything_is_here(plan: Plan) -> None:
    assert share_of(plan) is WHOLE
    assert WHOLE.holds(None, plan.utterances[0], "0" * 64)
    assert WHOLE.reads("anything")
    assert WHOLE.scores("anything")
