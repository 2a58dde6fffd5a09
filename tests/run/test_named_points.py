"""Operating points that go by a name: two of one bitrate, and a variable rate that is known once it is measured."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from running import codecbench, install_plugin, read_summary

from codecbench.api import CodecCard, OperatingPoint
from codecbench.store import FILE, Store

NAMED = """
import zlib
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

class Named:
    def __init__(self, options): pass
    def encode(self, audio, point):
        samples = np.round(np.clip(audio.samples[0], -1, 1) * 127 / point.settings["step"]) * point.settings["step"]
        return zlib.compress(samples.astype("i1").tobytes())
    def decode(self, payload, point):
        return Audio.mono(np.frombuffer(zlib.decompress(payload), "i1") / 127, 16000)

POINTS = (
    OperatingPoint(None, {"step": 1}, name="q9"), OperatingPoint(None, {"step": 16}, name="q1"),
    OperatingPoint(0.984375, {"step": 4}), OperatingPoint(0.984375, {"step": 8}, name="coarse"),
)

@hookimpl
def codecbench_register_codecs(register):
    register(CodecCard("vbr", 16000, POINTS), Named)
"""
RUN = ("run", "--codecs", "vbr", "--metrics", "si_sdr,stoi", "--cost", "none", "--limit", 2)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("named")
    install_plugin(folder / "site", "vbr", NAMED)
    result = codecbench(*RUN, "--dataset", clips, "--out", folder / "run", site=folder / "site")
    assert result.returncode == 0, result.stderr
    return folder, result.stdout + result.stderr


def test_they_are_rows_of_their_own_in_the_order_of_what_is_measured(run: tuple[Path, str]) -> None:
    folder, _ = run
    rows = read_summary(folder / "run")["rows"]
    nominal = {row["point"]: row["nominal_kbps"] for row in rows}
    assert nominal == {"0.984375": 0.984375, "coarse": 0.984375, "q1": None, "q9": None}
    measured = {row["point"]: row["measured_kbps"] for row in rows}
    assert measured["q1"] < measured["coarse"] < measured["0.984375"] < measured["q9"]
    assert [row["point"] for row in rows][-2:] == ["q1", "q9"]


def test_what_is_said_of_them_has_no_kbps_where_they_have_none(run: tuple[Path, str]) -> None:
    folder, said = run
    report = (folder / "run" / "report.html").read_text()
    for text in (said, report):
        assert "q9 kbps" not in text
        assert "coarse kbps" not in text
    assert " 0.9844 " in said
    assert "off the nominal kbps" in " ".join(said.split())  # of those two that state one
    assert "at q9 (" not in said


def test_one_of_them_is_run_compared_and_drawn_by_its_name(run: tuple[Path, str], tmp_path: Path, clips: Path) -> None:
    folder, _ = run
    site = folder / "site"
    alone = codecbench(*RUN, "--bitrates", "q1", "--dataset", clips, "--out", tmp_path / "one", site=site)
    assert alone.returncode == 0, alone.stderr
    assert [row["point"] for row in read_summary(tmp_path / "one")["rows"]] == ["q1"]
    compared = codecbench("compare", tmp_path / "one", folder / "run", "--codecs", "vbr")
    assert compared.returncode == 0, compared.stderr
    drawn = codecbench("plot", folder / "run", "--metric", "stoi", "--out", tmp_path / "p.svg")
    assert drawn.returncode == 0, drawn.stderr
    none = codecbench(*RUN, "--bitrates", "q7", "--dataset", clips, "--out", tmp_path / "none", site=site)
    assert none.returncode == 2
    assert "it has q9, q1, 0.984375, coarse" in none.stderr


def test_a_folder_of_before_takes_them_too(tmp_path: Path) -> None:
    """Its table wanted a bitrate of every point."""
    Store(tmp_path, create=True).close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        (schema,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'current_codings'").fetchone()
        connection.execute("DROP TABLE current_codings")
        connection.execute(schema.replace("nominal_kbps REAL", "nominal_kbps REAL NOT NULL"))
        connection.execute("INSERT INTO current_codings VALUES ('c', 'd', '6', 'u', 0, 6.0, 'k', 0.0)")
    connection.close()
    Store(tmp_path, create=True).close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("INSERT INTO current_codings VALUES ('c', 'd', 'q1', 'u', 0, NULL, 'l', 0.0)")
        rows = connection.execute("SELECT point, nominal_kbps FROM current_codings ORDER BY point").fetchall()
        assert rows == [("6", 6.0), ("q1", None)]
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'older'").fetchone()
    connection.close()


@pytest.mark.parametrize("name", ["6", "1e3", "nan", "a b", "a/b", "..", "a:b", "a,b", "a\tb"])
def test_a_name_is_a_word_and_no_number(name: str) -> None:
    with pytest.raises(ValueError, match=r"an operating point: name must be empty, or a"):
        OperatingPoint(6.0, name=name)


def test_a_point_has_a_bitrate_or_a_name_and_no_two_are_alike() -> None:
    with pytest.raises(ValueError, match="it needs nominal_kbps, or a name"):
        OperatingPoint(None)
    with pytest.raises(ValueError, match="a name tells them apart"):
        CodecCard("c", 16000, (OperatingPoint(6.0, {"a": 1}), OperatingPoint(6.0)))
    assert str(OperatingPoint(6.0)) == "6 kbps"
    assert str(OperatingPoint(None, name="q3")) == "q3"
