"""The store's rows as `StoredResults`: what is current, in the order of the plan."""

from __future__ import annotations

import gc
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from sys import intern
from typing import Any

from codecbench.store import costs, invocations
from codecbench.store.codes import codebooks_from, unpack_codes
from codecbench.store.current import CodedCell
from codecbench.store.environments import EnvironmentFacts
from codecbench.store.facts import CodecFacts, MetricFacts
from codecbench.store.ids import CellPlace, Place
from codecbench.store.invocations import UsedInvocation
from codecbench.store.older import has_table, later
from codecbench.store.rows import (
    CodecRow,
    CodingRow,
    LadderRow,
    ScoreRow,
    SkipRow,
    StoredResults,
    UtteranceRow,
)

ORDER = """
    JOIN codecs ON codecs.codec = now.codec AND codecs.checkpoint = now.checkpoint
    JOIN utterances ON utterances.id = now.utterance
    ORDER BY codecs.position, nominal_kbps IS NULL, nominal_kbps, utterances.position, now.seed
"""
PAYLOAD = "payload"
"""The column that is not read for results: its length is enough, and it is most of a folder."""
SCORES = f"""
    SELECT now.*, scores.*, coded.nominal_kbps AS nominal_kbps FROM current_scores AS now
    JOIN scores ON scores.key = now.key
    JOIN current_codings AS coded ON coded.codec = now.codec AND coded.checkpoint = now.checkpoint
        AND coded.point = now.point AND coded.utterance = now.utterance AND coded.seed = now.seed {ORDER}
"""
LADDER = """
    SELECT now.*, ladder.* FROM current_ladder AS now JOIN ladder ON ladder.key = now.key
    LEFT JOIN codecs ON codecs.codec = now.codec AND codecs.checkpoint = now.checkpoint
    JOIN utterances ON utterances.id = now.utterance
    ORDER BY codecs.position, now.rung, utterances.position
"""

SAME_DELAY_S = 1e-9
CELL = CellPlace._fields
_SAME = " AND ".join(f"scored.{name} = now.{name}" for name in CELL)
CODED = f"""
    SELECT {", ".join(f"now.{name} AS {name}" for name in CELL)}, now.key AS key,
        coalesce(now.applied_delay_s, 0.0) AS applied_delay_s,
        EXISTS (SELECT 1 FROM current_scores AS scored WHERE {_SAME}) AS scored
    FROM current_codings AS now JOIN codings ON codings.key = now.key
"""


def read_coded(connection: sqlite3.Connection) -> dict[CellPlace, CodedCell]:
    """Every cell with a coding, whatever its status; of a point with two applied delays those that have scores."""
    coded: dict[CellPlace, CodedCell] = {}
    delays: dict[Place, float] = {}
    for row in connection.execute(CODED):
        cell = CellPlace(*(row[name] for name in CELL))
        coded[cell] = CodedCell(row["key"], row["applied_delay_s"])
        if row["scored"]:
            delays[cell.place] = row["applied_delay_s"]
    return {
        cell: one
        for cell, one in coded.items()
        if abs(one.applied_delay_s - delays.get(cell.place, one.applied_delay_s)) <= SAME_DELAY_S
    }


def read_skips(connection: sqlite3.Connection) -> tuple[SkipRow, ...]:
    """What the last plans left out."""
    rows = connection.execute("SELECT codec, checkpoint, point, reason FROM skips")
    return tuple(SkipRow(row["codec"], row["checkpoint"], row["point"] or None, row["reason"]) for row in rows)


def read_metrics(connection: sqlite3.Connection) -> dict[str, MetricFacts]:
    """By id, in the order of the plans."""
    return {row["id"]: _metric(row) for row in connection.execute("SELECT * FROM metrics ORDER BY position")}


def read_codecs(connection: sqlite3.Connection) -> tuple[CodecRow, ...]:
    """In the order of the plans."""
    return tuple(_codec(row) for row in connection.execute("SELECT * FROM codecs ORDER BY position"))


def read_utterances(connection: sqlite3.Connection) -> tuple[UtteranceRow, ...]:
    """In the order of the plans."""
    return tuple(_utterance(row) for row in connection.execute("SELECT * FROM utterances ORDER BY position"))


def count_statuses(connection: sqlite3.Connection) -> dict[str, int]:
    """How many current scores have each status, those of the loss ladder among them."""
    tables = {"current_scores": "scores", "current_ladder": "ladder"}
    counts: Counter[str] = Counter()
    for current, kept in tables.items():
        if not has_table(connection, current):
            continue
        query = f"SELECT status, count(*) AS n FROM {current} AS now JOIN {kept} USING (key) GROUP BY status"
        counts.update({row["status"]: row["n"] for row in connection.execute(query)})
    return dict(counts)


def read_results(connection: sqlite3.Connection, meta: Mapping[str, Any]) -> StoredResults:
    """All current rows of a run; `connection` returns rows by name."""
    query = connection.execute
    with _no_collection():
        codings = tuple(_coding(row) for row in query(_codings_query(connection)))
        scores = tuple(_score(row) for row in query(SCORES))
        ladder = tuple(_ladder(row) for row in query(LADDER)) if has_table(connection, "current_ladder") else ()
    measured = costs.read(connection)
    made = invocations.used(connection, codings, scores, ladder, measured)
    return StoredResults(
        meta=_as_made(meta, made),
        metrics=read_metrics(connection),
        utterances=read_utterances(connection),
        codecs=read_codecs(connection),
        codings=codings,
        scores=scores,
        costs=costs.joined(measured),
        skips=read_skips(connection),
        ladder=ladder,
        invocations=made,
    )


@contextmanager
def _no_collection() -> Iterator[None]:
    """While a million rows are made, Python would look for cycles among them again and again; there are none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _as_made(meta: Mapping[str, Any], made: Sequence[UsedInvocation]) -> Mapping[str, Any]:
    """`meta` with what the rows were made by, and not what the last caller would have made them by.

    A merged run has the command that makes it whole; those of its shards are among the invocations.
    """
    if not made:
        return meta
    commands = dict.fromkeys(one.command for one in made)
    whole = {} if meta.get("shards") else {"command": "; ".join(commands)}
    return dict(meta) | whole | {"libraries": invocations.libraries_of(made)}


def _codings_query(connection: sqlite3.Connection) -> str:
    """By the columns that the folder has: an older codecbench's lacks some."""
    columns = [name for (_, name, *_) in connection.execute("PRAGMA table_info(codings)") if name != PAYLOAD]
    return f"""
        SELECT now.*, {", ".join(f"codings.{name}" for name in columns)}, length(codings.{PAYLOAD}) AS payload_bytes
        FROM current_codings AS now JOIN codings ON codings.key = now.key {ORDER}
    """


def _metric(row: sqlite3.Row) -> MetricFacts:
    return MetricFacts.from_json(row["id"], json.loads(row["card"]))


def _utterance(row: sqlite3.Row) -> UtteranceRow:
    return UtteranceRow(
        row["id"], row["sha256"], row["path"], row["transcript"], row["speaker"], row["sex"], row["seconds"],
        row["reason"], json.loads(row["extra"]),
    )  # fmt: skip


def _codec(row: sqlite3.Row) -> CodecRow:
    return CodecRow(
        row["codec"], row["checkpoint"], row["plugin"], CodecFacts.from_json(json.loads(row["card"])),
        row["weights_sha256"], row["source_sha256"], bool(later(row, "other_weights")),
        json.loads(later(row, "settings") or "{}"),
        EnvironmentFacts.from_json(json.loads(later(row, "environment") or "null")),
    )  # fmt: skip


def _coding(row: sqlite3.Row) -> CodingRow:
    return CodingRow(
        row["key"], *_place(row), row["status"], row["reason"], row["payload_bytes"], row["seconds"],
        row["entropy_bytes"],
        codebooks_from(row["codebook_sizes"]) if row["codebook_sizes"] else None,
        unpack_codes(row["codes"]) if row["codes"] else None, row["decoded_sha256"], row["delay_s"],
        row["applied_delay_s"], row["missing"], row["surplus"], later(row, "cut_level_db"), later(row, "clipped"),
        later(row, "peak"), _made_by(row),
    )  # fmt: skip


def _score(row: sqlite3.Row) -> ScoreRow:
    return ScoreRow(
        *_place(row), intern(row["metric"]), intern(row["version"]), row["status"], row["reason"], row["numerator"],
        row["denominator"], json.loads(row["detail"]), _made_by(row),
    )  # fmt: skip


def _place(row: sqlite3.Row) -> tuple[str, str, str, float | None, str, int]:
    """What a coding or a score is about. Of a million rows few names differ: each is in memory once."""
    return (
        intern(row["codec"]), intern(row["checkpoint"]), intern(row["point"]), row["nominal_kbps"],
        intern(row["utterance"]), row["seed"],
    )  # fmt: skip


def _made_by(row: sqlite3.Row) -> str:
    """Of a million rows there are few."""
    return intern(later(row, "invocation") or "")


def _ladder(row: sqlite3.Row) -> LadderRow:
    return LadderRow(
        row["codec"] or None, row["checkpoint"] or None, row["rung"], row["utterance"], row["metric"], row["version"],
        row["status"], row["reason"], row["numerator"], row["denominator"], _made_by(row),
    )  # fmt: skip
