"""What the listing verbs say, for people and for programs."""

from __future__ import annotations

import json
import re

import pytest
from running import codecbench


@pytest.mark.parametrize("kind", ["codecs", "metrics", "datasets", "recognizers"])
def test_list_as_json_and_as_a_table_name_the_same(kind: str) -> None:
    listed = json.loads(codecbench("list", kind, "--json").stdout)
    table = codecbench("list", kind).stdout
    assert listed["broken"] == []
    assert listed[kind]
    for card in listed[kind]:
        assert (card.get("id") or card["name"]) in table


def test_weights_list_and_verify() -> None:
    rows = {row["spec"]: row for row in json.loads(codecbench("weights", "list", "--json").stdout)}
    assert rows["encodec:reference"]["state"] == "bundled"
    assert rows["encodec:facebook-24khz"]["sha256"].startswith("d7cc33bc")
    assert "opus:default" not in rows
    verified = codecbench("weights", "verify", "encodec")
    assert verified.returncode == 0
    assert rows["encodec:reference"]["sha256"] in verified.stdout


def test_missing_weights_are_one_line_with_what_to_do(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))
    result = codecbench("weights", "verify", "dac:descript-16khz")
    assert result.returncode == 2
    assert "codecbench weights pull dac:descript-16khz" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_env_names_versions_and_machine() -> None:
    facts = json.loads(codecbench("env", "--json").stdout)
    assert {"codecbench", "machine", "libraries", "codecs", "metrics"} <= facts.keys()
    assert facts["libraries"]["numpy"]
    assert "codecbench:" in codecbench("env").stdout


def test_points_of_another_frame_have_another_latency() -> None:
    lines = {line.split()[0]: line for line in codecbench("list", "codecs").stdout.splitlines() if line}
    assert " 40.0 to 70.0 ms " in lines["codec2"]
    assert " 26.5 ms " in lines["opus"]
    assert " utterance " in lines["ladiff"]


def test_rates_of_tokens_are_listed_a_point_a_row() -> None:
    listed = codecbench("list", "codecs", "--rates")
    assert listed.returncode == 0, listed.stderr
    rows = {tuple(line.split()[:2]): line for line in listed.stdout.splitlines() if line}
    wanted = {
        ("encodec:facebook-24khz", "6"): "6.00 | 75 | 8 × 1024 | 600 | 6000 | trained",
        ("eulerodec:paper-6kbps", "6.188"): "6.19 | 46.875 | 12 × 2048 | 562.5 | 6187.5 | n/a",
        ("opus:default", "6"): "6.00 | 50 | n/a | n/a | n/a | n/a",
        ("predictive:vocodec", "q2"): "n/a | 50 | 2 × 1024 | 100 | 1000 | trained",  # of variable rate
    }
    assert listed.stdout.splitlines()[0].endswith("bits/s, fixed length    depth")
    for place, cells in wanted.items():
        assert re.split(r"\s{2,}", rows[place])[2:] == cells.split(" | ")


def test_rates_of_what_has_none_is_one_line() -> None:
    refused = codecbench("list", "metrics", "--rates")
    assert refused.returncode == 2
    told = "--rates: metrics have no bitrates; use it with: codecbench list codecs"
    assert refused.stderr.splitlines()[-1].endswith(told)
