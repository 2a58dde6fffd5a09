"""A shard's rows into the store of the run that shards are merged into.

Only what is current in the shard: cells of others, which it coded for a delay, are not. What stands stays, for a key
has one answer; what failed, or was only begun, gives way to what the shard has of it. So merging again changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from codecbench.store import costs
from codecbench.store.answers import STANDING
from codecbench.store.ids import Place
from codecbench.store.meta import FILE
from codecbench.store.writing import Store

_STANDING = ", ".join(f"'{status}'" for status in STANDING)
_REASON = "CASE WHEN json_valid(evidence.value) THEN json_extract(evidence.value, '$.status') END"
RULES = (
    ("utterances", "", "utterances.reason IS NOT NULL"),
    ("codings", "current_codings", "codings.status != 'ok' OR codings.decoded_sha256 IS NULL"),
    ("scores", "current_scores", f"scores.status NOT IN ({_STANDING})"),
    ("ladder", "current_ladder", f"ladder.status NOT IN ({_STANDING})"),
    ("evidence", "", f"{_REASON} IN ('failed', 'skipped')"),
    ("invocations", "", "false"),
)
"""Table; the table that says which of its rows are current, if any; and when a row that is there is replaced."""
CURRENT = ("current_codings", "current_scores", "current_ladder")
DONE_CELLS = """
    SELECT count(*) FROM current_codings AS now JOIN codings ON codings.key = now.key WHERE (
        SELECT count(*) FROM current_scores AS scored JOIN scores ON scores.key = scored.key
        WHERE (scored.codec, scored.checkpoint, scored.point, scored.utterance, scored.seed)
            = (now.codec, now.checkpoint, now.point, now.utterance, now.seed) AND scored.metric IN ({metrics})
    ) = ?
"""
DONE_RUNGS = """
    SELECT count(*) FROM (
        SELECT 1 FROM current_ladder AS now JOIN ladder ON ladder.key = now.key WHERE now.metric IN ({metrics})
        GROUP BY codec, checkpoint, rung, utterance HAVING count(*) = ?
    )
"""


def copy_shard(store: Store, folder: Path) -> None:
    """Add what the shard in `folder` has to `store`: all of it or, if this is killed, nothing."""
    with _attached(store, folder), store.connection as connection:
        for table, current, replaced in RULES:
            _copy(connection, table, f"key IN (SELECT key FROM shard.{current})" if current else "true", replaced)
        for table in CURRENT:
            connection.execute(f"REPLACE INTO main.{table} SELECT * FROM shard.{table}")


def copy_costs(store: Store, folder: Path) -> None:
    """Speeds that the shard measured, where `store` has none that stand."""
    with _attached(store, folder), store.connection as connection:
        _copy(connection, costs.TABLE, "true", f"{costs.TABLE}.status != 'ok'")
        _copy(connection, "invocations", "true", "false")


def has_costs(store: Store) -> bool:
    """Whether any speed was measured."""
    found = f"SELECT 1 FROM {costs.TABLE} UNION ALL SELECT 1 FROM {costs.BEFORE}"
    return store.connection.execute(f"{found} LIMIT 1").fetchone() is not None


def count_done(store: Store, metrics: Collection[str], ladder_metrics: Collection[str]) -> int:
    """Cells, and rungs of the loss ladder, that have an answer of every one of these metrics."""
    cells = _count(store, DONE_CELLS, metrics)
    return cells + (_count(store, DONE_RUNGS, ladder_metrics) if ladder_metrics else 0)


def applied_delays(store: Store) -> dict[Place, float]:
    """In seconds, of each operating point that has codings."""
    rows = store.connection.execute(
        "SELECT DISTINCT codec, checkpoint, point, applied_delay_s FROM current_codings "
        "WHERE applied_delay_s IS NOT NULL ORDER BY codec, checkpoint, point"
    )
    return {Place(row["codec"], row["checkpoint"], row["point"]): row["applied_delay_s"] for row in rows}


def _copy(connection: sqlite3.Connection, table: str, which: str, replaced: str) -> None:
    """Rows of the shard: those that are `which`; of a key that is here, where what is here is to be `replaced`."""
    columns = connection.execute(f"PRAGMA main.table_info({table})").fetchall()
    names = ", ".join(row["name"] for row in columns)
    key = ", ".join(row["name"] for row in columns if row["pk"])
    news = ", ".join(f"{row['name']} = excluded.{row['name']}" for row in columns)
    connection.execute(
        f"INSERT INTO main.{table} ({names}) SELECT {names} FROM shard.{table} WHERE {which} "
        f"ON CONFLICT ({key}) DO UPDATE SET {news} WHERE {replaced}"
    )


def _count(store: Store, query: str, metrics: Collection[str]) -> int:
    marks = ", ".join("?" * len(metrics))
    (count,) = store.connection.execute(query.format(metrics=marks), (*metrics, len(metrics))).fetchone()
    return int(count)


@contextmanager
def _attached(store: Store, folder: Path) -> Iterator[None]:
    store.commit()  # what waits for its second would be committed with a part of the shard
    store.connection.execute("ATTACH DATABASE ? AS shard", (str(folder / FILE),))
    try:
        yield
    finally:
        store.connection.execute("DETACH DATABASE shard")
