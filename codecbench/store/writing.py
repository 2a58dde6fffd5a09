"""The store: one SQLite file per run's folder, one writer, every row with its status and reason."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from codecbench.api import Codebook, CodeRows
from codecbench.errors import UsageError
from codecbench.store import costs
from codecbench.store.codes import codebooks_json, pack_codes
from codecbench.store.commits import Commits
from codecbench.store.connecting import problem, readable, writable
from codecbench.store.costs import StoredCost
from codecbench.store.current import CodedCell, CurrentCoding, CurrentRung, CurrentScore, StoredCoding
from codecbench.store.facts import MetricFacts
from codecbench.store.ids import CellPlace, CodecId, Place
from codecbench.store.invocations import Invocation, record
from codecbench.store.layout import make_layout
from codecbench.store.meta import FILE, META, SCHEMA
from codecbench.store.reading import (
    CELL,
    SAME_DELAY_S,
    count_statuses,
    read_codecs,
    read_coded,
    read_metrics,
    read_results,
    read_skips,
    read_utterances,
)
from codecbench.store.rows import CodecRow, CostKind, CostRow, SkipRow, Status, StoredResults, UtteranceRow

SCORES = ("current_scores", "current_ladder")
COSTS = (costs.TABLE, costs.BEFORE)
AT_ONCE = 500
Item = TypeVar("Item")


class Store:
    """Opened for writing by the runner alone; `results()` is what everybody else reads."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open the run in `folder`. Raises UsageError where there is none (unless `create`) or it is not ours."""
        self.folder = folder
        path = folder / FILE
        if not create and not path.is_file():
            raise UsageError(f"'{folder}' holds no run (no {FILE}); make one with: codecbench run --out {folder}")
        try:
            self.connection = writable(path) if create else readable(path)
            self._writes, self._commits = create, Commits(self.connection)
            if create:
                self._refuse_foreign(path)
                self.connection.execute("PRAGMA journal_mode=WAL")
                # Safe against kills; a power cut may cost the last rows.
                self.connection.execute("PRAGMA synchronous=NORMAL")
                make_layout(self.connection)
            self.connection.row_factory = sqlite3.Row
            self._invocation: str | None = None
            schema = self.meta().get("schema", SCHEMA if create else None)
        except sqlite3.DatabaseError as error:
            raise problem(path, error) from error
        if schema != SCHEMA:
            raise UsageError(f"'{path}' has layout {schema}, this codecbench reads {SCHEMA}; use another --out")

    def _refuse_foreign(self, path: Path) -> None:
        tables = {name for (name,) in self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and "current_scores" not in tables:
            raise UsageError(f"'{path}' is an SQLite file that codecbench did not create; choose another --out")

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def commit(self) -> None:
        """Now, and not within a second."""
        self._commits.now()

    def close(self) -> None:
        try:
            self.commit()
            if self._writes:
                with suppress(sqlite3.OperationalError):  # somebody is reading
                    # One plain file is left, which can be read in a folder that may not be written into.
                    self.connection.execute("PRAGMA busy_timeout=0")
                    self.connection.execute("PRAGMA journal_mode=DELETE")
        finally:
            self.connection.close()

    # Writing. What is written is committed within a second: a killed run keeps all else that was finished.

    def set_meta(self, **values: Any) -> None:
        unknown = values.keys() - META.keys()
        assert not unknown, f"undocumented meta {unknown}"
        self._write_all(
            "REPLACE INTO meta VALUES (?, ?)", [(name, json.dumps(value)) for name, value in values.items()]
        )

    def begin(self, invocation: Invocation) -> None:
        """What is written from here on is made by `invocation`."""
        meta = self.meta()
        with self._commits.writing() as connection:
            record(connection, invocation, meta)
        self._invocation = invocation.id

    def put_metrics(self, metrics: Iterable[MetricFacts]) -> list[MetricFacts]:
        """Whole cards, in the order of the plan; metrics of earlier plans stay.

        Of a metric that is another one now (a version, a parameter, its source) the older scores are no longer current:
        a mean must not mix the two. A new title or description changes no score. Returns, as they were, those changed.
        """
        changed = []
        for facts in metrics:
            row = self.connection.execute("SELECT card FROM metrics WHERE id = ?", (facts.id,)).fetchone()
            before = MetricFacts.from_json(facts.id, json.loads(row["card"])) if row else facts
            if before.decides() != facts.decides():
                self._forget(SCORES, {"metric": facts.id})
                changed.append(before)
            position = self._position("metrics", id=facts.id)
            self._replace("metrics", id=facts.id, card=json.dumps(dict(facts.stored)), position=position)
        return changed

    def put_utterance(self, row: UtteranceRow, position: int) -> None:
        values = dict(vars(row))
        self._replace("utterances", **values | {"extra": json.dumps(dict(row.extra)), "position": position})

    def put_codecs(self, rows: Iterable[CodecRow]) -> list[CodecRow]:
        """Of a codec whose weights or sources have changed nothing older is current any more; returns those changed."""
        changed = []
        for row in rows:
            known = self.connection.execute(
                "SELECT weights_sha256, source_sha256 FROM codecs WHERE codec = ? AND checkpoint = ?", row.codec_id
            ).fetchone()
            if known and (known["weights_sha256"], known["source_sha256"]) != (row.weights_sha256, row.source_sha256):
                self._forget((*SCORES, "current_codings", *COSTS), row.codec_id._asdict())
                changed.append(row)
            position = self._position("codecs", codec=row.codec, checkpoint=row.checkpoint)
            self._replace(
                "codecs", **dict(vars(row)) | {
                    "card": json.dumps(dict(row.card.stored)), "settings": json.dumps(dict(row.settings)),
                    "environment": None if row.environment is None else json.dumps(row.environment.as_json()),
                    "position": position,
                }
            )  # fmt: skip
        return changed

    def put_coding(
        self, key: str, status: Status, reason: str | None = None, *, payload: bytes | None = None,
        samples: int | None = None, seconds: float | None = None, entropy_bytes: int | None = None,
        codebooks: Iterable[Codebook] | None = None, codes: CodeRows | None = None,
    ) -> None:  # fmt: skip
        """The encoder's half of a coding; the decoder's follows with `put_decoding`."""
        self._replace(
            "codings", key=key, status=status, reason=reason, payload=payload, samples=samples, seconds=seconds,
            entropy_bytes=entropy_bytes, codebook_sizes=codebooks_json(codebooks) if codebooks else None,
            codes=None if codes is None else pack_codes(codes), invocation=self._invocation,
        )  # fmt: skip

    def put_decoding(
        self, key: str, decoded_sha256: str, delay_s: float | None, missing: int, surplus: int,
        cut_level_db: float | None = None, clipped: float | None = None, peak: float | None = None,
    ) -> None:  # fmt: skip
        """Decoded again, to the same samples, a coding stays of whoever made it."""
        self._write(
            "UPDATE codings SET invocation = CASE WHEN decoded_sha256 IS NULL THEN ? ELSE invocation END, "
            "decoded_sha256 = ?, delay_s = ?, missing = ?, surplus = ?, cut_level_db = ?, clipped = ?, peak = ? "
            "WHERE key = ?",
            (self._invocation, decoded_sha256, delay_s, missing, surplus, cut_level_db, clipped, peak, key),
        )

    def stop_coding(self, key: str, status: Status, reason: str) -> None:
        """The coding stops here; what was stored of it (its payload) stays as evidence."""
        self._write(
            "INSERT INTO codings (key, status, reason, invocation) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET status = excluded.status, reason = excluded.reason, "
            "invocation = excluded.invocation",
            (key, status, reason, self._invocation),
        )

    def put_score(
        self, key: str, version: str, status: Status, reason: str | None = None, numerator: float | None = None,
        denominator: float | None = None, detail: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self._replace(
            "scores", key=key, version=version, status=status, reason=reason, numerator=numerator,
            denominator=denominator, detail=json.dumps(detail or {}), invocation=self._invocation,
        )  # fmt: skip

    def put_ladder(
        self, key: str, version: str, status: str, reason: str | None = None, numerator: float | None = None,
        denominator: float | None = None,
    ) -> None:  # fmt: skip
        self._replace(
            "ladder", key=key, version=version, status=status, reason=reason, numerator=numerator,
            denominator=denominator, invocation=self._invocation,
        )  # fmt: skip

    def put_evidence(self, key: str, value: Any) -> None:
        self._replace("evidence", key=key, value=json.dumps(value))

    def put_cost(self, row: CostRow, key: str) -> None:
        """Of one kind, measured in one mode; what there is of other kinds and modes stays."""
        self._write(*costs.put(row, key, self._invocation))
        self._forget((costs.BEFORE,), row.place._asdict())

    def replace_skips(self, rows: Iterable[SkipRow]) -> None:
        """Skips are never carried over: what was missing may be there now."""
        self._write("DELETE FROM skips")
        values = [(row.codec, row.checkpoint, row.point or "", row.reason) for row in rows]
        self._write_all("REPLACE INTO skips VALUES (?, ?, ?, ?)", values)

    def set_current_codings(self, rows: Iterable[CurrentCoding]) -> None:
        values = ((*row.cell, row.nominal_kbps, row.key, row.applied_delay_s) for row in rows)
        self._write_all("REPLACE INTO current_codings VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def set_current_scores(self, rows: Iterable[CurrentScore]) -> None:
        values = ((*row.cell, row.metric, row.key) for row in rows)
        self._write_all("REPLACE INTO current_scores VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def set_current_ladder(self, rows: Iterable[CurrentRung]) -> None:
        values = ((*(row.codec_id or ("", "")), row.rung, row.utterance, row.metric, row.key) for row in rows)
        self._write_all("REPLACE INTO current_ladder VALUES (?, ?, ?, ?, ?, ?)", values)

    def drop_other_delays(self, codec: str, checkpoint: str, point: str, applied_delay_s: float) -> None:
        """Scores under another applied delay are no longer current: one point, one delay."""
        same = " AND ".join(f"coded.{name} = current_scores.{name}" for name in CELL)
        self._write(
            "DELETE FROM current_scores WHERE codec = ? AND checkpoint = ? AND point = ? AND EXISTS ("
            f"SELECT 1 FROM current_codings AS coded WHERE {same} AND abs(coded.applied_delay_s - ?) > ?)",
            (codec, checkpoint, point, applied_delay_s, SAME_DELAY_S),
        )

    def drop_heard(self) -> None:
        """Scores by a recognizer are no longer current: another one is about to hear, and a mean must not mix them."""
        cards = self.connection.execute("SELECT id, card FROM metrics").fetchall()
        metrics = (MetricFacts.from_json(row["id"], json.loads(row["card"])) for row in cards)
        heard = [(facts.id,) for facts in metrics if facts.uses_recognizer]
        self._write_all("DELETE FROM current_scores WHERE metric = ?", heard)

    def drop_costs(self) -> None:
        """Speeds are no longer current: another machine is about to be measured, and a table must not mix them."""
        for table in COSTS:
            self._write(f"DELETE FROM {table}")

    def drop_cost(self, place: Place, kind: CostKind) -> None:
        """What was measured where the card now says something else."""
        self._forget((costs.TABLE,), place._asdict() | {"kind": kind})

    def forget_plan(self) -> None:
        """Nothing that earlier plans asked for is current any more; what they computed stays under its keys."""
        for table in ("metrics", "utterances", "codecs", *COSTS, "current_codings", *SCORES):
            self._write(f"DELETE FROM {table}")

    def forget_metric(self, metric: str) -> None:
        """No score of this metric is current any more."""
        self._forget(SCORES, {"metric": metric})

    def _forget(self, tables: Iterable[str], of: Mapping[str, str]) -> None:
        """No row `of` these is current any more."""
        where = " AND ".join(f"{name} = ?" for name in of)
        for table in tables:
            self._write(f"DELETE FROM {table} WHERE {where}", list(of.values()))

    def _position(self, table: str, **place: str) -> int:
        """Where the row stands, or the next free position: a second plan adds to the first."""
        where = " AND ".join(f"{name} = ?" for name in place)
        known = self.connection.execute(f"SELECT position FROM {table} WHERE {where}", list(place.values())).fetchone()
        if known:
            return int(known[0])
        return int(self.connection.execute(f"SELECT coalesce(max(position), -1) + 1 FROM {table}").fetchone()[0])

    def _replace(self, table: str, **values: Any) -> None:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self._write(f"REPLACE INTO {table} ({names}) VALUES ({marks})", list(values.values()))

    def _write(self, statement: str, values: Sequence[Any] = ()) -> None:
        with self._commits.writing() as connection:
            connection.execute(statement, values)

    def _write_all(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._commits.writing() as connection:
            connection.executemany(statement, rows)

    # Reading.

    def coded(self) -> dict[CellPlace, CodedCell]:
        """Every cell with a coding, whatever its status; of a point with two applied delays those that have scores."""
        return read_coded(self.connection)

    def skips(self) -> tuple[SkipRow, ...]:
        return read_skips(self.connection)

    def extent(self) -> tuple[list[str], list[str]]:
        """The codecs that have codings, as `name:checkpoint` in the order of the plans, and the utterances' ids."""
        codecs = self.connection.execute(
            "SELECT codec, checkpoint FROM codecs WHERE EXISTS (SELECT 1 FROM current_codings AS now "
            "WHERE now.codec = codecs.codec AND now.checkpoint = codecs.checkpoint) ORDER BY position"
        )
        utterances = self.connection.execute("SELECT id FROM utterances ORDER BY position")
        return [CodecId(row["codec"], row["checkpoint"]).spec for row in codecs], [row["id"] for row in utterances]

    def meta(self) -> dict[str, Any]:
        return {
            row["name"]: json.loads(row["value"]) for row in self.connection.execute("SELECT name, value FROM meta")
        }

    def codings(self, keys: Iterable[str]) -> dict[str, StoredCoding]:
        """Those of `keys` that are stored, by key."""
        rows = self._rows("codings", "key, status, reason, decoded_sha256, delay_s", keys)
        return {row["key"]: StoredCoding(*row) for row in rows}

    def payload(self, key: str) -> bytes | None:
        """The bytes of a coding; None where there is none, or it has none."""
        row = self._row("codings", "payload", key)
        return row["payload"] if row else None

    def payloads(self, keys: Iterable[str]) -> dict[str, bytes]:
        """The bytes of those codings that have any, by key."""
        rows = self._rows("codings", "key, payload", keys)
        return {row["key"]: row["payload"] for row in rows if row["payload"] is not None}

    def score_statuses(self, keys: Iterable[str]) -> dict[str, Status]:
        """Those of `keys` that are stored, by key."""
        return {row["key"]: row["status"] for row in self._rows("scores", "key, status", keys)}

    def ladder_statuses(self, keys: Iterable[str]) -> dict[str, str]:
        """Those of `keys` that are stored, by key."""
        return {row["key"]: row["status"] for row in self._rows("ladder", "key, status", keys)}

    def status_counts(self) -> dict[str, int]:
        """How many current scores have each status, those of the loss ladder among them."""
        return count_statuses(self.connection)

    def evidence_of(self, keys: Iterable[str]) -> dict[str, Any]:
        """Those of `keys` that there is evidence under, by key."""
        return {row["key"]: json.loads(row["value"]) for row in self._rows("evidence", "key, value", keys)}

    def known_evidence(self, keys: Iterable[str]) -> set[str]:
        """Those of `keys` that there is evidence under."""
        return {row["key"] for row in self._rows("evidence", "key", keys)}

    def evidence(self, key: str) -> Any | None:
        row = self._row("evidence", "value", key)
        return json.loads(row["value"]) if row else None

    def costs(self, place: Place) -> list[StoredCost]:
        """What was measured of an operating point."""
        return costs.stored(self.connection, place)

    def utterances(self) -> tuple[UtteranceRow, ...]:
        """In the order of the plans."""
        return read_utterances(self.connection)

    def metrics(self) -> dict[str, MetricFacts]:
        """By id, in the order of the plans."""
        return read_metrics(self.connection)

    def codecs(self) -> tuple[CodecRow, ...]:
        """In the order of the plans."""
        return read_codecs(self.connection)

    def results(self) -> StoredResults:
        """Every current row, in the order of the plan."""
        return read_results(self.connection, self.meta())

    def _row(self, table: str, columns: str, key: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.connection.execute(
            f"SELECT {columns} FROM {table} WHERE key = ?", (key,)
        ).fetchone()
        return row

    def _rows(self, table: str, columns: str, keys: Iterable[str]) -> Iterator[sqlite3.Row]:
        """Some hundred at a time: a statement for each key takes ten times as long."""
        for some in batched(keys, AT_ONCE):
            marks = ", ".join("?" * len(some))
            yield from self.connection.execute(f"SELECT {columns} FROM {table} WHERE key IN ({marks})", some)


def batched(items: Iterable[Item], count: int) -> Iterator[list[Item]]:
    """`items` in lists of `count`, the last one shorter."""
    rest = iter(items)
    while some := list(islice(rest, count)):
        yield some
