"""Only shards of one run are merged; what differs is said in one line, with the folders and both values."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sharded
from rich.console import Console

from codecbench.errors import UsageError
from codecbench.plugins import registry
from codecbench.run.merging import merge_shards
from codecbench.run.plan import make_plan
from codecbench.run.progress import Reporter
from codecbench.run.provenance import record_run
from codecbench.run.request import Request
from codecbench.run.shard import Shard
from codecbench.run.shard_folder import another_command, open_shards
from codecbench.run.share import share_of
from codecbench.store import FILE, SCHEMA, Store


def shard(folder: Path, clips: Path, part: str | None, **asked: Any) -> Path:
    """The folder of a shard that was killed before it coded anything."""
    folder.mkdir(parents=True)
    request = Request(
        folder, codecs="opus", dataset=str(clips), bitrates="6,12", metrics="si_sdr,wer", cost="none",
        shard=None if part is None else Shard.parse(part), command=f"codecbench run --shard {part} --out {folder}",
    )  # fmt: skip
    plan = make_plan(Request(**vars(request) | asked), registry())
    with Store(folder, create=True) as store:
        record_run(plan, store, Reporter(Console(quiet=True)), share_of(plan))
    return folder


@pytest.fixture(scope="module")
def made(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("made")
    return shard(folder / "1", clips, "1/2"), shard(folder / "2", clips, "2/2")


@pytest.fixture
def pair(made: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """Two shards of one run, to be changed."""
    first, second = (Path(shutil.copytree(folder, tmp_path / folder.name)) for folder in made)
    return first, second


def nobody(results: object, among: object) -> list[str]:
    return []


def set_card(table: str, where: str, **values: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with Store(folder, create=True) as store:
            (text,) = store.connection.execute(f"SELECT card FROM {table} WHERE {where}").fetchone()
            store.connection.execute(
                f"UPDATE {table} SET card = ? WHERE {where}", (json.dumps(json.loads(text) | values),)
            )

    return change


def set_column(name: str, value: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with Store(folder, create=True) as store:
            store.connection.execute(f"UPDATE codecs SET {name} = ?", (value,))

    return change


def set_meta(name: str, change: Callable[[Any], Any]) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        with Store(folder, create=True) as store:
            value = store.meta()[name]
        sharded.change_meta(folder, name, change(value))

    return changed


def run_sql(text: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with Store(folder, create=True) as store:
            store.connection.execute(text)

    return change


def delayed(delay_s: float) -> Callable[[Path], None]:
    return run_sql(f"INSERT INTO current_codings VALUES ('opus', 'default', '6', 'u', 0, 6.0, 'k', {delay_s})")


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "revision": (set_meta("revision", lambda _: "0123456789abcdef"), "dataset revision differs, .* and 0123456789ab$"),
    "harness": (set_meta("codecbench", lambda _: "9.9"), "their codecbench differs, .* and 9.9$"),
    "recognizer": (
        set_meta("recognizer", lambda heard: heard | {"id": "mine", "key": "0123456789abcdef"}),
        r"recognizer differs, whisper-tiny.en v.* and mine v.* \(model 0123456789ab\)$",
    ),
    "no recognizer": (set_meta("recognizer", lambda _: None), "recognizer differs, whisper-tiny.en .* and none$"),
    "metric version": (set_card("metrics", "id = 'si_sdr'", version="99"), "metric si_sdr has version .* and 99 in"),
    "metric parameters": (
        set_card("metrics", "id = 'si_sdr'", parameters={"null_floor": "full"}),
        "metric si_sdr has parameters .* and {'null_floor': 'full'} in",
    ),
    "metric columns": (set_card("metrics", "id = 'si_sdr'", columns=["x"]), "metric si_sdr is another one: "),
    "metrics": (run_sql("DELETE FROM metrics WHERE id = 'wer'"), "metric wer is in '.*1' alone"),
    "codecs": (run_sql("DELETE FROM codecs"), "codec opus:default is in '.*1' alone"),
    "codec version": (set_card("codecs", "codec = 'opus'", version="99"), "opus:default has version .* and 99 in"),
    "weights": (set_column("weights_sha256", "0123456789abcdef"), "has weights None in one and 0123456789ab in"),
    "sources": (set_column("source_sha256", "0123456789abcdef"), "has sources .* in one and 0123456789ab in"),
    "cells": (set_meta("shard", lambda facts: facts | {"plan": "0123456789abcdef"}), "differ .* and 0123456789ab"),
    "count": (set_meta("shard", lambda facts: facts | {"count": 7}), "they are shard 1/2 and shard 2/7$"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_shards_of_two_runs_are_refused(pair: tuple[Path, Path], tmp_path: Path, what: str) -> None:
    first, second = pair
    change, message = CHANGES[what]
    change(second)
    with pytest.raises(UsageError, match=message) as error:
        merge_shards([first, second], tmp_path / "run", nobody, print)
    with pytest.raises(UsageError):
        merge_shards([second, first], tmp_path / "run", nobody, print)
    assert "\n" not in str(error.value)
    assert str(first) in str(error.value)
    assert str(second) in str(error.value)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"seed": 3}, "--seed 0 and --seed 3"),
        ({"limit": 2}, "--limit None and --limit 2"),
        ({"bitrates": "6"}, "--bitrates 6,12 and --bitrates 6"),
    ],
)
def test_what_was_asked_otherwise_is_named(
    made: tuple[Path, Path], clips: Path, tmp_path: Path, asked: dict[str, Any], message: str
) -> None:
    other = shard(tmp_path / "2", clips, "2/2", **asked)
    with pytest.raises(UsageError, match=message):
        open_shards([made[0], other])


def test_another_null_floor_is_another_metric(made: tuple[Path, Path], clips: Path, tmp_path: Path) -> None:
    ones = [
        shard(tmp_path / str(index), clips, f"{index}/2", metrics="ci_wer", null_floor=floor)
        for index, floor in ((1, "sample"), (2, "full"))
    ]
    with pytest.raises(UsageError, match=r"metric ci_wer has parameters .*'sample'.* and .*'full'"):
        open_shards(ones)


def test_one_point_has_one_delay(pair: tuple[Path, Path]) -> None:
    first, second = pair
    delayed(0.0025)(first)
    delayed(0.005)(second)
    with pytest.raises(UsageError, match=r"another delay of opus at 6 kbps, 2.5 and 5 ms"):
        open_shards(pair)


def test_a_shard_twice(pair: tuple[Path, Path], tmp_path: Path) -> None:
    first, second = pair
    twin = Path(shutil.copytree(first, tmp_path / "twin"))
    with pytest.raises(UsageError, match=r"'.*/1' and '.*/twin' are both shard 1/2: give one of them"):
        open_shards([first, second, twin])
    assert [one.facts.index for one in open_shards([second, first, second])] == [1, 2]


def test_what_is_no_shard(pair: tuple[Path, Path], clips: Path, tmp_path: Path) -> None:
    whole = shard(tmp_path / "whole", clips, None)
    with pytest.raises(UsageError, match=r"'.*whole' is no shard: it holds a whole run"):
        open_shards([*pair, whole])
    with pytest.raises(UsageError, match="holds no run"):
        open_shards([tmp_path / "nowhere"])
    (tmp_path / "begun").mkdir()
    with Store(tmp_path / "begun", create=True) as store:
        store.set_meta(schema=SCHEMA)
    with pytest.raises(UsageError, match="contains no results yet"):
        open_shards([tmp_path / "begun"])


def test_into_what_is_not_merged_from_these_shards(pair: tuple[Path, Path], clips: Path, tmp_path: Path) -> None:
    first, second = pair
    whole = shard(tmp_path / "whole", clips, None)
    with pytest.raises(UsageError, match=r"--out '.*whole' holds a run that was not merged from shards"):
        merge_shards(pair, whole, nobody, print)
    with pytest.raises(UsageError, match=r"--out '.*/1' holds shard 1/2; choose another folder"):
        merge_shards(pair, first, nobody, print)
    run = tmp_path / "run"
    merge_shards([first], run, nobody, print)
    set_meta("run_id", lambda _: "another run of the same shard")(first)
    with pytest.raises(UsageError, match="has shard 1/2 from another folder"):
        merge_shards([first], run, nobody, print)
    set_meta("shard", lambda facts: facts | {"plan": "0123456789abcdef"})(second)
    with pytest.raises(UsageError, match="was merged from 2 shards of another run"):
        merge_shards([second], run, nobody, print)
    set_card("codecs", "codec = 'opus'", version="99")(second)
    with pytest.raises(UsageError, match=r"codec opus:default has version .* and 99"):
        merge_shards([second], run, nobody, print)


def test_shards_that_have_not_begun_miss_everything(pair: tuple[Path, Path], tmp_path: Path) -> None:
    merged = merge_shards(pair, tmp_path / "run", nobody, print)
    assert (merged.done, merged.missing, merged.facts.all_cells) == (0, 6, 6)
    assert sum(one.missing for one in merged.shards) == 6
    with Store(tmp_path / "run") as store:
        meta = store.meta()
    assert (tmp_path / "run" / FILE).is_file()
    assert (meta["finished"], meta["shard"], meta["request"]["shard"]) == (None, None, None)
    assert meta["command"] == f"codecbench run --out {tmp_path / 'run'}"


def test_a_command_without_its_shard() -> None:
    given = "codecbench run --dataset 'my speech' --shard=2/7 --out shards/2 --seeds 2"
    assert another_command(given, "--out", "run") == "codecbench run --dataset 'my speech' --seeds 2 --out run"
    assert another_command("", "--out", "run") == "codecbench run --out run"
