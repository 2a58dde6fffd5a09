"""Runs with metrics whose code is in another environment, through the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from made_side_metrics import WEIGHTS, write_side_metric
from running import codecbench, in_process, install_plugin, read_summary

from codecbench.store import Store

HERE = sys.executable
RUN = ("run", "--codecs", "pcm", "--bitrates", 128, "--cost", "none", "--keep-audio", "none")


def statuses(out: Path, metric: str) -> dict[str, set[str | None]]:
    found: dict[str, set[str | None]] = {}
    with Store(out) as store:
        for row in store.results().scores:
            if row.metric == metric:
                found.setdefault(row.status, set()).add(row.reason)
    return found


def card(out: Path, metric: str) -> dict[str, Any]:
    found: dict[str, Any] = read_summary(out)["metrics"][metric]
    return found


def test_one_is_made_used_listed_and_removed(clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an environment of its own that is really made, of a plugin that is installed as any other."""
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    site, name = tmp_path / "site", "far_installed"
    plugin = write_side_metric(tmp_path / "source", name, ("tabulate>=0.9",))
    install_plugin(site, name, plugin.read_text())
    (site / f"{name}_side.py").write_text((tmp_path / "source" / f"{name}_side.py").read_text())
    out = tmp_path / "run"
    run = (*RUN, "--dataset", clips, "--metrics", f"si_sdr,{name}", "--out", out)
    first = codecbench(*run, site=site)
    assert first.returncode == 0, first.stderr
    assert f"{name}: its environment is made: Python 3." in first.stderr
    assert statuses(out, name) == {"ok": {None}}
    kept = card(out, name)["parameters"]["environment"]
    assert (list(kept["packages"]), len(kept["identity"])) == (["tabulate"], 64)
    again = codecbench(*run, site=site)
    assert "environment" not in again.stderr
    assert read_summary(out)["run"]["computed"] == 0

    (mine,) = [one for one in json.loads(codecbench("environments", "list", "--json", site=site).stdout)
               if name in one["metrics"]]  # fmt: skip
    assert (mine["state"], mine["codecs"]) == ("made", [])
    created = codecbench("environments", "create", name, site=site)
    assert created.stdout.startswith(f"{name}: Python 3."), created.stderr
    assert codecbench("environments", "remove", name, site=site).returncode == 0

    # Whoever scores without it loses nothing: made again, the same scores are found.
    broken = codecbench("score", out, "--metrics", "si_sdr", site=site)
    assert broken.returncode == 0
    assert statuses(out, name) == {"ok": {None}}


def test_a_python_of_the_users_runs_it(clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    plugin, out = write_side_metric(tmp_path, "far_given"), tmp_path / "run"
    run = (*RUN, "--dataset", clips, "--metrics", plugin, "--python", f"far_given={HERE}", "--out", out)
    done = codecbench(*run)
    assert done.returncode == 0, done.stderr
    assert "making its environment" not in done.stderr
    assert statuses(out, "far_given") == {"ok": {None}}
    identity = card(out, "far_given")["parameters"]["environment"]["identity"]
    (tmp_path / "far_given_side.py").write_text((tmp_path / "far_given_side.py").read_text() + "\n# edited\n")
    assert codecbench(*run).returncode == 0
    assert read_summary(out)["run"]["computed"] == 3
    assert card(out, "far_given")["parameters"]["environment"]["identity"] != identity


def test_without_its_weights_nothing_is_made(clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    plugin, out = write_side_metric(tmp_path, "far_weighed", weights=WEIGHTS), tmp_path / "run"
    run = (*RUN, "--dataset", clips, "--metrics", plugin, "--out", out)
    done = codecbench(*run)
    assert done.returncode == 0, done.stderr
    assert "making its environment" not in done.stderr
    ((reason,),) = statuses(out, "far_weighed").values()
    assert str(reason).startswith("far_weighed needs weights, which codecbench does not fetch")
    (tmp_path / "scale.txt").write_text("3")
    more = ("--weights", f"far_weighed={tmp_path}", "--python", f"far_weighed={HERE}")
    assert codecbench(*run, *more).returncode == 0
    assert statuses(out, "far_weighed") == {"ok": {None}}


def test_one_that_cannot_be_made_is_skipped_with_the_reason(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    plugin, out = write_side_metric(tmp_path, "far_impossible", ("tabulate==0.0.0.1",)), tmp_path / "run"
    done = codecbench(*RUN, "--dataset", clips, "--metrics", f"si_sdr,{plugin}", "--out", out)
    assert done.returncode == 0, done.stderr
    ((reason,),) = statuses(out, "far_impossible").values()
    assert "far_impossible: its environment cannot be made: " in str(reason)
    assert statuses(out, "si_sdr") == {"ok": {None}}


def test_what_its_process_does_costs_no_other_metric(clips: Path, tmp_path: Path) -> None:
    plugin, out = write_side_metric(tmp_path, "far_crashing", mode="crashes"), tmp_path / "run"
    done = codecbench(
        *RUN, "--dataset", clips, "--metrics", f"si_sdr,{plugin}", "--python", f"far_crashing={HERE}", "--out", out
    )
    assert done.returncode == 3
    assert set(statuses(out, "far_crashing")) == {"failed"}
    assert statuses(out, "si_sdr") == {"ok": {None}}


def test_repetitions_are_kept_told_and_part_of_the_identity(clips: Path, tmp_path: Path) -> None:
    """Its figures are 1, 2, 0, 1, 2, 0 ...: of three repetitions the mean is 1, of two another."""
    name, out = "far_differing", tmp_path / "run"
    run = (*RUN, "--dataset", clips, "--python", f"{name}={HERE}", "--out", out, "--metrics")
    plugin = write_side_metric(tmp_path, name, mode="differs", more="repetitions=3,")
    done = codecbench(*run, plugin)
    assert done.returncode == 0, done.stderr
    with Store(out) as store:
        found = [row for row in store.results().scores if row.metric == name]
    assert [row.value for row in found] == [1.0, 1.0, 1.0]
    assert all(sorted(row.detail["repeats"]) == [0, 1, 2] for row in found)
    assert read_summary(out)["repeats"][name] == {
        "repetitions": 3, "deviation": 1.0, "of_mean": pytest.approx(3**-0.5), "widest": 2.0, "samples": 3,
    }  # fmt: skip
    table = " ".join(done.stdout.split())
    assert "far is the mean of 3 repetitions: test-retest standard deviation 1.000 of one" in table
    assert "far is the mean of 3 repetitions" in (out / "report.html").read_text()
    write_side_metric(tmp_path, name, mode="differs", more="repetitions=2,")
    again = codecbench(*run, plugin)
    assert again.returncode == 0, again.stderr
    assert read_summary(out)["run"]["reused"] == 0
    assert card(out, name)["repetitions"] == 2


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("warp_q=nowhere", "--python warp_q=nowhere: there is no such file"),
        (f"nisqa={HERE}", "--python nisqa: that metric is not in --metrics; in the run: si_sdr, warp_q"),
        (f"si_sdr={HERE}", "--python si_sdr: this metric takes no interpreter; these do: warp_q, "),
        (f"warp={HERE}", "--python warp: no codec or metric of that name; codecs: "),
        ("warp_q=/bin/true", "--python warp_q=/bin/true: it is no Python interpreter"),
    ],
)
def test_a_mistake_is_one_line(typed: str, says: str, clips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = in_process(*RUN, "--dataset", clips, "--metrics", "si_sdr,warp_q", "--python", typed, "--out", out)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1), done.stderr
    assert says in done.stderr
    assert not out.exists()
