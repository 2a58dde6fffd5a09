"""`codecbench run --payloads`: what somebody else encoded is decoded and judged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from made_payloads import PLUGIN, read_rows, write_manifest
from running import codecbench, in_process, install_plugin

from codecbench import open_run
from codecbench.store.rows import ScoreRow

METRICS = "estoi,si_sdr,level_error_db"
OPTIONS = ("--metrics", METRICS, "--jobs", 2)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("site")
    install_plugin(site, "payload_codecs", PLUGIN)
    return site


@pytest.fixture(scope="module")
def direct(site: Path, clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("direct") / "run"
    done = codecbench(
        "run", "--codecs", "samples,softer", "--dataset", clips, *OPTIONS, "--cost", "none", "--out", out, site=site
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return out


@pytest.fixture(scope="module")
def exported(direct: Path, tmp_path_factory: pytest.TempPathFactory, site: Path) -> Path:
    out = tmp_path_factory.mktemp("exported") / "payloads"
    done = codecbench("export", direct, "--format", "payloads", "--codecs", "samples", "--out", out, site=site)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{out}: 6 payloads; codecbench run --payloads {out} --codecs NAME decodes them\n"
    return out


def scores(folder: Path) -> Mapping[tuple[str, str, str, str], ScoreRow]:
    rows = open_run(folder).findings(ladder=False).results.scores
    return {(row.codec, row.point, row.utterance, row.metric): row for row in rows}


def values(folder: Path) -> Mapping[tuple[str, str, str, str], float | None]:
    return {place: row.value for place, row in scores(folder).items()}


def test_two_decoders_of_one_run_s_payloads_compare_as_they_did_there(
    direct: Path, exported: Path, site: Path, tmp_path: Path
) -> None:
    """Both codecs encode alike: whose payloads they decode makes no difference."""
    given = tmp_path / "given"
    arguments = ("run", "--payloads", exported, "--codecs", "samples,softer", *OPTIONS, "--out", given)
    done = codecbench(*arguments, site=site)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "payloads were given: nothing was encoded" in done.stdout
    before = values(direct)
    assert len(before) == 2 * 2 * 3 * 3
    assert values(given) == before
    difference = {place: before["softer", *place[1:]] for place in before if place[0] == "samples"}
    assert any(difference[place] != before[place] for place in difference)
    again = codecbench(*arguments, site=site)
    assert "scores: 0 computed, 36 reused" in again.stdout
    rates = [row.rate.measured_kbps for folder in (direct, given) for row in open_run(folder).summary().rows]
    assert rates[:4] == rates[4:]


def test_codes_in_arrays_and_bytes_are_one(direct: Path, exported: Path, site: Path, tmp_path: Path) -> None:
    """Of one operating point; what cannot be read costs its own cell alone."""
    results = open_run(direct).findings(ladder=False).results
    codes = {row.utterance: row.codes for row in results.codings if (row.codec, row.point) == ("samples", "64")}
    rows = [row for row in read_rows(exported / "manifest.jsonl") if row["point"] == "64"]
    folder = tmp_path / "tokens"
    folder.mkdir()
    for row in rows:
        del row["point"]
        row["payload"] = f"{row['id']}.npy"
        found = codes[row["id"]]
        assert found is not None
        np.save(folder / row["payload"], np.stack(found)[None])
    (folder / "clip2.npy").write_bytes(b"broken")
    write_manifest(folder, rows)
    done = codecbench(
        "run", "--payloads", folder, "--codecs", "samples", "--bitrates", "64", *OPTIONS, "--out", tmp_path / "run",
        site=site,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr + done.stdout
    found = scores(tmp_path / "run")
    before = scores(direct)
    for place, row in found.items():
        if place[2] == "clip2":
            assert row.status == "failed"
            assert "codes 'clip2.npy' cannot be read" in (row.reason or "")
        else:
            assert row.value == before[place].value


def test_what_nobody_has_a_recording_of(direct: Path, exported: Path, site: Path, clips: Path, tmp_path: Path) -> None:
    """What compares with the original abstains; words and a voice have their transcript and enrolment."""
    rows = [row for row in read_rows(exported / "manifest.jsonl") if row["point"] == "128"]
    for row in rows:
        row["payload"] = str(exported / row["payload"])
        recording = row.pop("path")
        if row["id"] != "clip1":
            row["enrolment"] = recording
    manifest = write_manifest(tmp_path, rows)
    out = tmp_path / "run"
    arguments = (
        "run", "--payloads", manifest, "--codecs", "samples", "--metrics",
        "estoi,wer,delta_wer,speaker_similarity,f0_range", "--keep-audio", "all", "--out", out,
    )  # fmt: skip
    done = codecbench(*arguments, site=site)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "3 of 3 utterances have no recording (clip0, clip1, clip2)" in done.stderr
    found = {(row.metric, row.utterance): row for row in scores(out).values()}
    assert len(found) == 15
    for (metric, utterance), row in found.items():
        if metric in ("estoi", "delta_wer"):
            assert (row.status, row.reason) == (
                "abstained", f"there is no recording of the original, with which {metric} compares",
            )  # fmt: skip
        elif (metric, utterance) == ("speaker_similarity", "clip1"):
            assert row.reason == "there is no recording of the original, and no enrolment of the speaker"
        else:
            assert row.status == "ok", (metric, row.reason)
    assert all(row.denominator == 2 for (metric, _), row in found.items() if metric == "wer")
    # At 128 kbps a voice is its own.
    assert (found["speaker_similarity", "clip0"].value or 0) > 0.9
    lengths = {row.id: row.seconds for row in open_run(out).findings(ladder=False).results.utterances}
    assert lengths == {name: pytest.approx(0.8, abs=0.001) for name in ("clip0", "clip1", "clip2")}
    again = codecbench(*arguments, site=site)
    assert "scores: 0 computed, 15 reused" in again.stdout, again.stdout
    assert "no recording" in codecbench("report", out, site=site).stdout + (out / "report.html").read_text()
    kept = sorted(path.name for path in (out / "audio").rglob("*.flac"))
    assert kept == ["clip0.flac", "clip1.flac", "clip2.flac"]
    later = codecbench("score", out, "--metrics", "cer", site=site)
    assert later.returncode == 0, later.stderr
    assert "scores: 3 computed" in later.stdout


def test_how_long_it_is_the_manifest_says_where_the_payload_does_not(site: Path, clips: Path, tmp_path: Path) -> None:
    samples = np.round(soundfile.read(clips.parent / "clip0.wav")[0] * 32767)  # as if it were of 16 kHz
    samples = samples.astype("<i2")
    (tmp_path / "a.bin").write_bytes(samples.tobytes())
    rows = [{"id": "a", "payload": "a.bin", "seconds": str(len(samples) / 16000)}, {"id": "b", "payload": "a.bin"}]
    manifest = write_manifest(tmp_path, rows)
    done = codecbench(
        "run",
        "--payloads",
        manifest,
        "--codecs",
        "bytes",
        "--metrics",
        "f0_range",
        "--out",
        tmp_path / "run",
        site=site,
    )
    assert done.returncode == 3
    found = {row.utterance: row for row in scores(tmp_path / "run").values()}
    assert found["a"].status == "ok", found["a"].reason
    assert "give seconds, or the recording's path, in the manifest" in (found["b"].reason or "")
    (row,) = open_run(tmp_path / "run").summary().rows
    assert row.rate.measured_kbps == 256


def test_a_folder_is_of_payloads_or_of_what_codecs_encode(
    direct: Path, exported: Path, site: Path, clips: Path
) -> None:
    done = codecbench("run", "--payloads", exported, "--codecs", "samples", *OPTIONS, "--out", direct, site=site)
    assert done.returncode == 2
    assert "holds a run over what codecs encode, not over --payloads" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--payloads", "nowhere", "--codecs", "pcm"], "--payloads '{here}/nowhere': no such folder or manifest"),
        (["--payloads", "{all}"], "--payloads needs --codecs: whose payloads are they?"),
        (["--payloads", "{all}", "--codecs", "pcm", "--dataset", "probe"], "--payloads with --dataset: payloads are"),
        (["--payloads", "{all}", "--codecs", "pcm", "--cost", "quick"], "--payloads with --cost: payloads are decoded"),
        (["--payloads", "{all}", "--codecs", "pcm", "--ladder"], "--payloads with --ladder: payloads are decoded"),
        (
            ["--payloads", "{all}", "--codecs", "opus", "--condition", "noise:10"],
            "nothing is degraded where nothing is",
        ),
        (["--payloads", "{all}", "--codecs", "opus", "--scheduler", "tcp://a:1"], "--payloads with --scheduler"),
        (
            ["--payloads", "{all}", "--codecs", "opus"],
            "none is of an operating point of opus:default that this run has; it has 6, 8, 12, 16, 24, 32; the "
            "manifest has 64, 128",
        ),
        (
            ["--payloads", "{none}", "--codecs", "opus"],
            "opus:default has several operating points (6, 8, 12, 16, 24, 32)",
        ),
        (
            ["--payloads", "{odd}", "--codecs", "opus"],
            "--payloads: point '?': expected kbps such as 6, or a point's name",
        ),
        (["--payloads", "{two}", "--codecs", "opus"], "utterance 'a' has two payloads of opus:default at 6 kbps"),
    ],
)
def test_a_mistake_is_one_line(
    arguments: list[str], message: str, exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    row: dict[str, Any] = {"id": "a", "payload": "a.bin"}
    odd = {"none": [row], "odd": [{**row, "point": "?"}], "two": [{**row, "point": "6"}, {**row, "point": "6.0"}]}
    places = {name: write_manifest(tmp_path, rows, f"{name}.jsonl") for name, rows in odd.items()}
    names = {"all": exported, "here": tmp_path, **places}
    done = in_process("run", *(argument.format(**names) for argument in arguments), "--out", tmp_path / "out")
    assert done.returncode == 2, done.stdout
    assert message.format(**names) in done.stderr
    assert "Traceback" not in done.stderr


def test_payloads_are_exported_of_one_codec(direct: Path, exported: Path, tmp_path: Path, site: Path) -> None:
    both = codecbench("export", direct, "--format", "payloads", "--out", tmp_path, site=site)
    assert both.returncode == 2
    assert "of one codec at a time; choose by --codecs among samples:default, softer:default" in both.stderr
    again = codecbench("export", direct, "--format", "payloads", "--codecs", "softer", "--out", exported, site=site)
    assert again.returncode == 2
    assert "is there already; give another --out, or --force to replace it" in again.stderr
    rows = read_rows(exported / "manifest.jsonl")
    assert {row["payload"] for row in rows} == {f"{rate}/clip{number}.bin" for rate in (64, 128) for number in range(3)}
    assert all((exported / row["payload"]).stat().st_size == 100 * int(row["point"]) for row in rows)
