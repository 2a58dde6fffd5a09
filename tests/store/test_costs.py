"""Kinds of cost are kept apart, and read as one row of each operating point."""

from __future__ import annotations

from pathlib import Path

from codecbench.store import SCHEMA, Store
from codecbench.store.costs import StoredCost, joined
from codecbench.store.ids import Place
from codecbench.store.rows import CostRow

SPEED = CostRow("c", "d", "6", "quick", "ok", None, {"rtf_encode": 0.1, "rtf_decode": 0.2})
MEMORY = CostRow("c", "d", "6", "quick", "ok", None, {"peak_rss_mb": 75.0}, kind="memory")
LATENCY = CostRow("c", "d", "6", "full", "ok", None, {"latency_ms": 40.0}, {}, "structural", kind="latency")
BUSY = CostRow(
    "c", "d", "6", "full", "abstained", "busy", {"rtf_encode": None, "rtf_encode_cpu": 0.3}, {"rtf_encode": "busy"}
)


def test_the_kinds_of_a_point_are_one_row_to_its_readers() -> None:
    (row,) = joined([MEMORY, SPEED, LATENCY])
    assert row.figures == {"rtf_encode": 0.1, "rtf_decode": 0.2, "peak_rss_mb": 75.0, "latency_ms": 40.0}
    assert (row.mode, row.status, row.latency_kind) == ("quick", "ok", "structural")


def test_a_figure_goes_before_a_busy_machines_whatever_it_was_measured_on() -> None:
    for rows in ([SPEED, BUSY], [BUSY, SPEED]):
        (row,) = joined(rows)
        assert (row.figures["rtf_encode"], row.status, row.reasons) == (0.1, "ok", {})
    (row,) = joined([MEMORY, BUSY])
    assert (row.figures["rtf_encode_cpu"], row.figures["peak_rss_mb"]) == (0.3, 75.0)
    assert (row.status, row.reasons) == ("abstained", {"rtf_encode": "busy"})
    full = CostRow("c", "d", "6", "full", "ok", None, {"rtf_encode": 0.15})
    assert joined([full, SPEED])[0].figures["rtf_encode"] == 0.15


def test_one_kind_replaces_no_other(tmp_path: Path) -> None:
    with Store(tmp_path, create=True) as store:
        store.set_meta(schema=SCHEMA)
        for row in (SPEED, MEMORY, LATENCY, BUSY):
            store.put_cost(row, f"key of {row.kind}")
        store.put_cost(MEMORY, "another key")
        place = Place("c", "d", "6")
        assert {(one.kind, one.mode, one.key) for one in store.costs(place)} == {
            ("speed", "quick", "key of speed"), ("speed", "full", "key of speed"), ("memory", "quick", "another key"),
            ("latency", "full", "key of latency"),
        }  # fmt: skip
        store.drop_cost(place, "latency")
        assert StoredCost("latency", "full", "key of latency", "ok") not in store.costs(place)
        assert store.costs(Place("c", "d", "12")) == []
