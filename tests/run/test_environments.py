"""Runs of codecs whose code is in another environment: whatever goes wrong there, no other codec's cell is lost."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from made_sides import python_before_3_8, write_side
from running import codecbench, read_summary

from codecbench.store import Store

HERE = sys.executable
NAME = "elsewhere_mulaw"
RUN = ("run", "--cost", "none", "--keep-audio", "none", "--metrics", "si_sdr")


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_side(tmp_path_factory.mktemp("sides"), NAME)


def rows_of(out: Path) -> dict[str, dict[str, Any]]:
    return {row["codec"]: row for row in read_summary(out)["rows"]}


def test_a_python_of_the_users_runs_it_and_is_recorded(plugin: Path, clips: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    run = (*RUN, "--dataset", clips, "--codecs", f"{plugin},pcm", "--python", f"{NAME}={HERE}", "--out", out)
    first = codecbench(*run)
    assert first.returncode == 0, first.stderr
    assert "making its environment" not in first.stderr
    row = rows_of(out)[NAME]
    assert row["measured_kbps"] == pytest.approx(128, rel=1e-3)
    assert row["scores"]["si_sdr"]["mean"] > 30
    assert [codebook["size"] for codebook in row["codebooks"]] == [256]
    again = codecbench(*run)
    assert again.returncode == 0, again.stderr
    assert read_summary(out)["run"]["computed"] == 0
    (kept,) = read_summary(out)["run"]["environments"].items()
    assert kept[0] == f"{NAME}:default"
    assert kept[1]["interpreter"] == HERE
    assert kept[1]["packages"]["numpy"]
    assert "packages there" in (out / "report.html").read_text()
    scored = codecbench("score", out, "--metrics", "level_error_db")
    assert scored.returncode == 0, scored.stderr
    assert rows_of(out)[NAME]["scores"]["level_error_db"]["n"] == 3


def test_an_edited_side_or_other_packages_are_another_codec(clips: Path, tmp_path: Path) -> None:
    plugin, out = write_side(tmp_path, "edited_side"), tmp_path / "run"
    python = tmp_path / "there" / "bin" / "python"
    import venv

    venv.create(tmp_path / "there", symlinks=True, system_site_packages=False)
    site = next((tmp_path / "there").glob("lib/python3*/site-packages"))
    numpy = Path(__import__("numpy").__file__).parents[1]
    (site / "here.pth").write_text(f"{numpy}\n")
    run = (*RUN, "--dataset", clips, "--codecs", plugin, "--python", f"edited_side={python}", "--out", out)
    keys = []
    for change in (None, "side", "package", None):
        if change == "side":
            side = tmp_path / "edited_side_side.py"
            side.write_text(side.read_text() + "\n# edited\n")
        if change == "package":
            (site / "added-1.0.dist-info").mkdir()
            (site / "added-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: added\nVersion: 1.0\n")
        result = codecbench(*run)
        assert result.returncode == 0, result.stderr
        computed = read_summary(out)["run"]["computed"]
        assert computed == (0 if change is None and keys else 3), change
        with Store(out) as store:
            keys.append(store.codecs()[0].source_sha256)
    assert keys[2] == keys[3]
    assert len(set(keys)) == 3


MISBEHAVING = {
    "raises": "encode: SideError: ValueError: this is not speech",
    "exits": "encode: SideError: SystemExit: 7",
    "ends": "encode: its process in the environment died (exit status 7)",
    "crashes": "encode: its process in the environment died (Segmentation fault)",
    "too large": "bytes is too large",
    "other rate": "decode: ValueError: decode returned 24000 Hz, its card says 16000 Hz",
    "unopened": "encode: SideError: RuntimeError: no model here",
}


@pytest.fixture(scope="module")
def misbehaving(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The summary of one run of all that misbehave, beside one that does not."""
    folder = tmp_path_factory.mktemp("misbehaving")
    names = {mode: f"it_{mode.replace(' ', '_')}" for mode in MISBEHAVING}
    plugins = [str(write_side(folder, name)) for name in names.values()]
    options = [
        part for mode, name in names.items() for part in ("--python", f"{name}={HERE}", "--set", f"{name}.mode={mode}")
    ]
    result = codecbench(
        *RUN, "--dataset", clips, "--codecs", ",".join([*plugins, "pcm"]), *options, "--out", folder / "run", "--jobs",
        2,
    )  # fmt: skip
    assert result.returncode == 3, result.stderr
    assert "Traceback" not in result.stderr
    return read_summary(folder / "run")


def test_the_others_are_scored_whatever_one_does(misbehaving: dict[str, Any]) -> None:
    assert {row["codec"] for row in misbehaving["rows"] if row["scores"]["si_sdr"]["n"] == 3} == {"pcm"}


@pytest.mark.parametrize("mode", MISBEHAVING)
def test_whatever_it_does_is_one_reason(misbehaving: dict[str, Any], mode: str) -> None:
    name = f"it_{mode.replace(' ', '_')}"
    reasons = {
        group["reason"]
        for group in misbehaving["failures"]
        if any(place["codec"] == name for place in group["places"])
    }  # fmt: skip
    assert any(MISBEHAVING[mode] in reason for reason in reasons), reasons
    assert all("\n" not in reason for reason in reasons)


def test_one_that_hangs_is_ended_with_its_worker(
    plugin: Path, short_clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THIS_TEST", str(tmp_path))  # what its processes are told by
    out = tmp_path / "run"
    result = codecbench(
        *RUN, "--dataset", short_clips, "--codecs", f"{plugin},pcm", "--python", f"{NAME}={HERE}", "--out", out,
        "--set", f"{NAME}.mode=hangs", "--cell-seconds", 1, "--limit", 1,
    )  # fmt: skip
    assert result.returncode == 3, result.stderr
    reasons = [failure["reason"] for failure in read_summary(out)["failures"]]
    assert any(reason.startswith("encode: no result within") for reason in reasons), reasons
    shims = [path for path in Path("/proc").glob("[0-9]*/cmdline") if "environments/shim.py" in _words(path)]
    assert not [path for path in shims if f"OF_THIS_TEST={tmp_path}" in _words(path.with_name("environ"))]


def _words(path: Path) -> str:
    try:
        return path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def test_a_codec_that_says_that_it_cannot_run_is_skipped(plugin: Path, clips: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    codecbench(
        *RUN, "--dataset", clips, "--codecs", f"{plugin},pcm", "--python", f"{NAME}={HERE}", "--out", out, "--set",
        f"{NAME}.mode=unavailable",
    )  # fmt: skip
    (skip,) = read_summary(out)["skipped"]
    assert "its checkout is not here; clone it" in skip["reason"]
    assert rows_of(out)["pcm"]["scores"]["si_sdr"]["n"] == 3


def test_what_cannot_be_made_is_skipped(clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    plugin, out = write_side(tmp_path, "unmade_side", ("codecbench-no-such-package-at-all",)), tmp_path / "run"
    result = codecbench(*RUN, "--dataset", clips, "--codecs", f"{plugin},pcm", "--out", out)
    assert result.returncode == 3
    assert "unmade_side:default did not run: its environment cannot be made: " in result.stderr
    assert "codecbench-no-such-package-at-all was not found" in result.stderr
    assert rows_of(out).keys() == {"pcm"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("pcm={here}", "--python pcm:default: its card names no environment"),
        ("opus={here}", "--python opus:default: that codec is not in --codecs"),
        (NAME + "=/bin/true", f"--python {NAME}:default=/bin/true: it is no Python interpreter"),
        (NAME + "={old}", "; 3.8 or later is needed"),
        (NAME + "={bare}", "numpy cannot be imported there"),
        (NAME + "=/nowhere/python", "there is no such file; name the interpreter itself"),
        (NAME, "expected NAME=PATH"),
    ],
)
def test_an_interpreter_that_cannot_be_is_one_line(plugin: Path, tmp_path: Path, given: str, said: str) -> None:
    if "{bare}" in given:
        import venv

        venv.create(tmp_path / "bare", symlinks=True)
    old = python_before_3_8() if "{old}" in given else ""
    given = given.format(here=HERE, old=old, bare=tmp_path / "bare" / "bin" / "python")
    result = codecbench(*RUN, "--codecs", f"{plugin},pcm", "--python", given, "--out", tmp_path / "run")
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1), result.stderr
    assert said in result.stderr
    assert not (tmp_path / "run").exists()


def test_its_costs_are_those_of_its_process(plugin: Path, clips: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    result = codecbench(
        "run", "--cost", "quick", "--keep-audio", "none", "--metrics", "si_sdr", "--dataset", clips, "--codecs", plugin,
        "--python", f"{NAME}={HERE}", "--out", out,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    cost = rows_of(out)[NAME]["cost"]
    assert cost["rtf_encode_cpu"] > 0
    assert 5 < cost["peak_rss_mb"] < 200  # a process with numpy alone; a worker of codecbench holds more
