"""`codecbench environments`: list, create, remove; and that only what is asked for is made."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from made_sides import PLUGIN, SIDE
from running import codecbench, install_plugin, read_summary

NAME = "listed_mulaw"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An outsider's distribution whose codec wants a small environment."""
    site = tmp_path_factory.mktemp("site")
    install_plugin(site, NAME, PLUGIN.format(name=NAME, requirements=("tabulate>=0.9",), python=">=3.8"))
    (site / f"{NAME}_side.py").write_text(SIDE)
    return site


def test_from_nothing_to_a_run_and_away_again(
    site: Path, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    out = tmp_path / "run"

    def listed() -> dict[str, dict[str, object]]:
        result = codecbench("environments", "list", "--json", site=site)
        assert result.returncode == 0, result.stderr
        return {",".join(one["codecs"]): one for one in json.loads(result.stdout)}

    assert listed()[f"{NAME}:default"]["state"] == "not made"
    refused = codecbench("environments", "remove", NAME, site=site)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1), refused.stderr
    assert "no such environment; made are: " in refused.stderr

    # Of all codecs that are registered none gets an environment that nobody asked for.
    unasked = codecbench(
        "run", "--codecs", "all", "--bitrates", "128", "--dataset", clips, "--limit", 1, "--metrics", "si_sdr",
        "--cost", "none", "--keep-audio", "none", "--out", tmp_path / "all", site=site,
    )  # fmt: skip
    assert unasked.returncode == 0, unasked.stderr
    (skip,) = [row for row in read_summary(tmp_path / "all")["skipped"] if row["codec"] == NAME]
    assert f"`codecbench environments create {NAME}:default`" in skip["reason"]

    run = (
        "run", "--codecs", NAME, "--dataset", clips, "--limit", 1, "--metrics", "si_sdr", "--cost", "none",
        "--keep-audio", "none", "--out", out,
    )  # fmt: skip
    first = codecbench(*run, site=site)
    assert first.returncode == 0, first.stderr
    assert f"{NAME}:default: its environment is made: Python 3." in first.stderr
    second = codecbench(*run, site=site)
    assert second.returncode == 0, second.stderr
    assert "environment" not in second.stderr
    assert read_summary(out)["run"]["computed"] == 0
    kept = read_summary(out)["run"]["environments"][f"{NAME}:default"]
    assert kept["packages"]["tabulate"]
    assert kept["made_with"].startswith(("uv ", "pip "))

    made = listed()[f"{NAME}:default"]
    assert made["state"] == "made"
    assert int(str(made["size"])) > 1e6
    text = codecbench("environments", "list", site=site).stdout
    assert "tabulate>=0.9" in text
    created = codecbench("environments", "create", NAME, site=site)
    assert created.returncode == 0, created.stderr
    assert created.stderr == ""
    assert created.stdout.startswith(f"{NAME}:default: Python 3.")
    assert {one["state"] for one in json.loads(codecbench("environments", "list", "--json").stdout)} >= {"unused"}
    removed = codecbench("environments", "remove", NAME, site=site)
    assert removed.returncode == 0, removed.stderr
    assert removed.stdout.startswith(f"removed {made['key']}")
    assert listed()[f"{NAME}:default"]["state"] == "not made"


def test_a_codec_without_one_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    result = codecbench("environments", "create", "pcm")
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1)
    assert "pcm:default: it has no environment of its own" in result.stderr
    assert codecbench("environments", "remove", "unused").stdout == "nothing is unused\n"


def test_check_tries_it_in_its_environment(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    result = codecbench("check", NAME, "--python", sys.executable, "--json", site=site)
    items = {item["item"]: item for item in json.loads(result.stdout)["items"]}
    assert items["speech"]["outcome"] == "pass", result.stdout
    assert result.returncode == 0, result.stdout
    refused = codecbench("check", "pcm", "--python", sys.executable)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)


def test_a_checkout_that_the_user_names_is_checked(tmp_path: Path) -> None:
    """The card has the setting `source`, though its plugin does not name it."""
    plugin = PLUGIN.format(name="cloned_mulaw", requirements=(), python="").replace(
        'side="cloned_mulaw_side.py"', 'side="cloned_mulaw_side.py", checkout="https://example.org/mulaw"'
    )
    install_plugin(tmp_path / "site", "cloned_mulaw", plugin)
    (tmp_path / "site" / "cloned_mulaw_side.py").write_text(SIDE)
    (tmp_path / "mulaw.py").write_text("MU = 255\n")
    check = ("check", "cloned_mulaw", "--python", sys.executable, "--json")
    without = codecbench(*check, site=tmp_path / "site")
    assert without.returncode == 3
    assert "its code is no package; `git clone https://example.org/mulaw`" in without.stderr
    named = codecbench(*check, "--set", f"cloned_mulaw.source={tmp_path}", site=tmp_path / "site")
    assert named.returncode == 0, named.stdout + named.stderr
    assert json.loads(named.stdout)["codec"] == "cloned_mulaw:default"
