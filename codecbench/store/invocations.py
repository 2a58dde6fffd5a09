"""Which invocation of codecbench made which rows: a folder may be filled by several, in several environments."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol

from codecbench.store.ids import CodecId
from codecbench.store.older import has_table

MADE = ("codings", "scores", "ladder", "cost_figures")
"""Tables whose rows say by which invocation they were made."""


@dataclass(frozen=True)
class Invocation:
    """A command that wrote into the folder. `libraries` are versions by distribution, plugins and what they require."""

    id: str
    started: str
    command: str
    codecbench: str
    machine: Mapping[str, Any] = field(default_factory=dict)
    libraries: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def begun(cls, started: str, command: str, codecbench: str, machine: Mapping[str, Any],
              libraries: Mapping[str, str]) -> Invocation:  # fmt: skip
        return cls(uuid.uuid4().hex[:12], started, command, codecbench, machine, libraries)


@dataclass(frozen=True)
class UsedInvocation(Invocation):
    """With how many of the current rows it made, and of which codecs."""

    codings: int = 0
    scores: int = 0
    rungs: int = 0
    costs: int = 0
    codecs: tuple[str, ...] = ()
    """As on the command line."""


class _Made(Protocol):
    @property
    def codec_id(self) -> CodecId | None: ...
    @property
    def invocation(self) -> str: ...


def record(connection: sqlite3.Connection, invocation: Invocation, meta: Mapping[str, Any]) -> None:
    """Add `invocation`. In a folder of before, what is there is taken to be of the one that its `meta` tells of."""
    known = connection.execute("SELECT 1 FROM invocations LIMIT 1").fetchone()
    if known is None and meta.get("command") is not None:
        libraries, machine = meta.get("libraries") or {}, meta.get("machine") or {}
        before = Invocation.begun(
            str(meta.get("created")), str(meta["command"]), str(meta.get("codecbench")), machine, libraries
        )
        _insert(connection, before)
        for table in MADE:
            connection.execute(f"UPDATE {table} SET invocation = ? WHERE invocation IS NULL", (before.id,))
    _insert(connection, invocation)


def _insert(connection: sqlite3.Connection, one: Invocation) -> None:
    connection.execute(
        "INSERT INTO invocations VALUES (?, ?, ?, ?, ?, ?)",
        (one.id, one.started, one.command, one.codecbench, json.dumps(dict(one.machine)),
         json.dumps(dict(one.libraries))),
    )  # fmt: skip


def used(
    connection: sqlite3.Connection, codings: Sequence[_Made], scores: Sequence[_Made], ladder: Sequence[_Made],
    costs: Sequence[_Made],
) -> tuple[UsedInvocation, ...]:  # fmt: skip
    """Those that made any of these rows, in the order in which they began. None in a folder of before."""
    if not has_table(connection, "invocations"):
        return ()
    made = [Counter(row.invocation for row in rows) for rows in (codings, scores, ladder, costs)]
    codecs: dict[str, dict[str, None]] = {}
    every = chain(codings, scores, ladder, costs)
    for codec, invocation in dict.fromkeys((row.codec_id, row.invocation) for row in every):
        if codec is not None:
            codecs.setdefault(invocation, {})[codec.spec] = None
    found = []
    for row in connection.execute("SELECT * FROM invocations ORDER BY started, rowid"):
        name = row["id"]
        count = [each[name] for each in made]
        if any(count):
            found.append(
                UsedInvocation(
                    name,
                    row["started"],
                    row["command"],
                    row["codecbench"],
                    json.loads(row["machine"]),
                    json.loads(row["libraries"]),
                    codings=count[0],
                    scores=count[1],
                    rungs=count[2],
                    costs=count[3],
                    codecs=tuple(codecs.get(name, ())),
                )
            )
    return tuple(found)


def libraries_of(invocations: Iterable[Invocation]) -> dict[str, str]:
    """Versions by distribution; of one that had several, all of them.

    >>> made = [Invocation(name, "", "", "", {}, {"torch": name}) for name in ("2.13.0", "2.11.0", "2.13.0")]
    >>> libraries_of(made)
    {'torch': '2.13.0 and 2.11.0'}
    """
    versions: dict[str, dict[str, None]] = {}
    for invocation in invocations:
        for name, version in invocation.libraries.items():
            versions.setdefault(name, {})[version] = None
    return {name: " and ".join(found) for name, found in versions.items()}
