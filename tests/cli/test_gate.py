"""`gate`, `compare` and `baseline` on real runs: exit statuses, files, and a maintainer's mistakes in one line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest
import soundfile
from filelock import FileLock
from running import codecbench, in_process, install_plugin

from codecbench.datasets import load_dataset
from codecbench.plugins import registry

METRICS = "si_sdr,lsd,delay_ms,level_error_db"

CODEC = """
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

class Rough:
    def __init__(self, options):
        pass
    def encode(self, audio, point):
        return np.round(np.clip(audio.samples[0], -1, 1) * {steps}).astype("<i2").tobytes()
    def decode(self, payload, point):
        return Audio.mono(np.frombuffer(payload, "<i2") / {steps}, 16000)

@hookimpl
def codecbench_register_codecs(register):
    register(CodecCard("rough", 16000, (OperatingPoint(256),)), Rough)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: the workers of pytest-xdist share the runs."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = base / "gate-command"
    with FileLock(base / "gate-command.lock"):
        if not (folder / "main.json").is_file():
            make_runs(folder, make_manifest(folder / "clips"))
    return folder


@pytest.fixture
def runs(folder: Path) -> Path:
    return folder


@pytest.fixture
def manifest(folder: Path) -> Path:
    return folder / "clips" / "manifest.tsv"


def make_manifest(folder: Path) -> Path:
    """Nine real clips of 1 s by eight speakers."""
    folder.mkdir(parents=True)
    lines = ["id\tpath\tspeaker"]
    for utterance in load_dataset("probe", registry()).utterances[:9]:
        samples, rate = soundfile.read(utterance.path)
        soundfile.write(folder / f"{utterance.id}.wav", samples[rate // 2 : rate // 2 + rate], rate)
        lines.append(f"{utterance.id}\t{utterance.id}.wav\t{utterance.speaker}")
    path = folder / "manifest.tsv"
    path.write_text("\n".join(lines) + "\n")
    return path


def make_runs(folder: Path, manifest: Path) -> None:
    """`good`, the same over a re-ordered manifest (`mixed`), `bad` with a tenth of the steps, and a baseline."""
    lines = manifest.read_text().splitlines()
    mixed = manifest.with_name("mixed.tsv")
    mixed.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    for name, steps, dataset in (("good", 2000, manifest), ("mixed", 2000, mixed), ("bad", 200, manifest)):
        site = folder / f"site-{name}"
        install_plugin(site, "rough_codec", CODEC.format(steps=steps))
        result = codecbench(
            "run", "--codecs", "rough,pcm", "--bitrates", "256", "--dataset", dataset, "--metrics", METRICS,
            "--jobs", 2, "--cost", "none", "--out", folder / name, site=site,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
    result = codecbench("baseline", "write", folder / "good", "--out", folder / "main.json")
    assert result.returncode == 0, result.stderr


def test_the_same_run_passes_against_folder_and_file(runs: Path) -> None:
    for baseline in ("main.json", "good"):
        result = codecbench("gate", runs / "good", "--baseline", runs / baseline)
        assert result.returncode == 0, result.stdout + result.stderr
        assert result.stdout.splitlines()[-1] == "codecbench gate: pass"


def test_a_reordered_dataset_passes(runs: Path) -> None:
    result = codecbench("gate", runs / "mixed", "--baseline", runs / "main.json")
    assert result.returncode == 0, result.stdout
    assert "8 comparisons: 8 same." in result.stdout


def test_a_regression_is_named_everywhere(runs: Path, tmp_path: Path) -> None:
    comment, document = tmp_path / "comment.md", tmp_path / "gate.json"
    comment.write_text("before\n")
    result = codecbench(
        "gate", runs / "bad", "--baseline", runs / "main.json", "--explain", "--annotations", "--markdown", comment,
        "--json", document, "--junit", tmp_path / "gate.xml",
    )  # fmt: skip
    assert result.returncode == 1, result.stdout
    told = [line for line in result.stdout.splitlines() if not line.startswith("::")]
    accept = f"codecbench baseline write {runs / 'bad'} --out {runs / 'main.json'}"
    assert told[-1] == f"meant? {accept}, and commit the file"
    assert f"Meant? `{accept}`, and commit the file." in comment.read_text()
    suite = parse(tmp_path / "gate.xml").getroot()[0]
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) > 0
    assert "regressed: rough at 256 kbps: si_sdr " in result.stdout
    assert "::error title=codecbench gate%3A regressed::rough at 256 kbps: si_sdr " in result.stdout
    assert "from" in result.stdout.splitlines()[0]
    assert comment.read_text().startswith("before\n### ❌ codecbench gate: regressed")
    found = json.loads(document.read_text())
    assert found["status"] == 1
    assert {cell["verdict"] for cell in found["cells"] if cell["codec"] == "pcm"} == {"same"}


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--codecs", "pcm"], 0),
        (["--metrics", "delay_ms"], 0),
        (["--metrics", "pesq_wb"], 3),
        (["--codecs", "opus"], 3),
    ],
)
def test_a_part_can_be_gated(runs: Path, arguments: list[str], status: int) -> None:
    result = codecbench("gate", runs / "bad", "--baseline", runs / "main.json", *arguments)
    assert result.returncode == status, result.stdout + result.stderr


def test_what_is_not_measured_is_3_and_wins(runs: Path, manifest: Path, tmp_path: Path) -> None:
    site = runs / "site-bad"
    common = ("--dataset", manifest, "--metrics", METRICS, "--cost", "none", "--bitrates", "256")
    part = tmp_path / "part"
    assert codecbench("run", "--codecs", "rough", *common, "--out", part, site=site).returncode == 0
    result = codecbench("gate", part, "--baseline", runs / "main.json")
    assert result.returncode == 3, result.stdout
    assert "could not measure: pcm at 256 kbps: it is not in the run" in result.stdout
    assert "regressed: rough at 256 kbps: si_sdr" in result.stdout
    assert codecbench("gate", part, "--baseline", runs / "main.json", "--subset").returncode == 1
    few = tmp_path / "few"
    assert codecbench("run", "--codecs", "pcm", *common, "--limit", 8, "--out", few).returncode == 0
    result = codecbench("gate", few, "--baseline", runs / "main.json", "--codecs", "pcm")
    assert result.returncode == 3
    assert "1 of 9 utterances: not in the run" in result.stdout
    assert codecbench("gate", few, "--baseline", runs / "main.json", "--codecs", "pcm", "--subset").returncode == 0
    other = tmp_path / "other"
    probe = ("--dataset", "probe", "--limit", 2, "--metrics", "si_sdr", "--cost", "none", "--bitrates", "256")
    assert codecbench("run", "--codecs", "pcm", *probe, "--out", other).returncode == 0
    result = codecbench("gate", other, "--baseline", runs / "main.json")
    assert result.returncode == 3
    assert "its revision is " in result.stdout


def test_settings_of_the_project_count(runs: Path, tmp_path: Path) -> None:
    config = tmp_path / "pyproject.toml"
    config.write_text("[tool.codecbench.gate.thresholds]\nsi_sdr = 100\nlsd = 100\nlevel_error_db = 9\ndelay_ms = 9\n")
    arguments = ("gate", runs / "bad", "--baseline", runs / "main.json", "--config", config)
    assert codecbench(*arguments).returncode == 0
    config.write_text(f"{config.read_text()}\n[tool.codecbench.gate.floors]\nsi_sdr = 60\n")
    result = codecbench(*arguments)
    assert result.returncode == 1
    assert "is below its floor of 60.00" in result.stdout


def test_compare_tells_and_never_fails(runs: Path, tmp_path: Path) -> None:
    page, document = tmp_path / "page.md", tmp_path / "compare.json"
    result = codecbench("compare", runs / "good", runs / "bad", "--markdown", page, "--json", document)
    assert result.returncode == 0, result.stderr
    row = next(line for line in result.stdout.splitlines() if line.startswith("rough") and "si_sdr" in line)
    assert row.endswith("worse")
    assert "rough at 256 kbps, si_sdr of probe-0" in result.stdout
    links = [line for line in page.read_text().splitlines() if "[before](" in line]
    assert links
    target = links[0].partition("[after](")[2].partition(")")[0]
    assert (tmp_path / target).is_file()
    assert "before not kept" in page.read_text()
    found = json.loads(document.read_text())
    assert {cell["verdict"] for cell in found["cells"] if cell["codec"] == "pcm"} == {"same"}
    assert codecbench("compare", runs / "good", runs / "main.json").returncode == 0


@pytest.mark.parametrize(
    ("config", "arguments", "message"),
    [
        ("thresholds]\npesq = 0.03", [], "thresholds: there is no metric 'pesq'; known: "),
        ("floors]\nestio = 0.5", [], "floors: there is no metric 'estio'; known: "),
        ("floors]\n'pcm@1' = {estoi = 0.5}", [], "floors: there is no operating point of pcm '1'; known: 256"),
        ("thresholds]", ["--metrics", "pesq"], "--metrics: there is no metric 'pesq'; known: "),
        ("thresholds]", ["--codecs", "mono41"], "--codecs: there is no codec 'mono41'; known: "),
    ],
)
def test_a_typing_mistake_does_not_leave_the_gate_off(
    tmp_path: Path, runs: Path, config: str, arguments: list[str], message: str
) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(f"[tool.codecbench.gate.{config}\n")
    result = in_process("gate", runs / "good", "--baseline", runs / "main.json", "--config", file, *arguments)
    assert result.returncode == 2
    assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gate"], "nothing to gate; give RUN --baseline FILE, or --speed CODEC"),
        (["gate", "somewhere"], "RUN and --baseline belong together"),
        (
            ["gate", "somewhere", "--baseline", "nowhere.json"],
            "'nowhere.json' is neither a run's folder nor a baseline",
        ),
        (["gate", "somewhere", "--baseline", "b", "--codecs", "a,,b"], "'a,,b': expected names separated by commas"),
        (
            ["gate", "--speed", "pcm", "--speed-against", "pcm", "--explain", "--codecs", "bogus"],
            "--codecs, --explain: only with RUN --baseline FILE",
        ),
        (
            ["gate", "somewhere", "--baseline", "b", "--rounds", "9", "--factor", "1.5"],
            "--rounds, --factor: only with --speed CODEC --speed-against CODEC|FOLDER",
        ),
        (["gate", "a", "--baseline", "b", "--markdown", ""], "--markdown '.' is a folder; give a file in it"),
        (
            ["gate", "a", "--baseline", "b", "--json", "no/such/gate.json"],
            "--json 'no/such/gate.json': there is no folder",
        ),
        (["compare", "a", "b"], "'a' is neither a run's folder nor a baseline"),
        (["compare", "a"], "Missing argument 'RUN_B'"),
        (["baseline", "write", "nowhere", "--out", "b.json"], "'nowhere' holds no run"),
        (["baseline", "write", "nowhere"], "Missing option '--out'"),
    ],
)
def test_mistakes_are_one_line(arguments: list[str], message: str) -> None:
    result = in_process(*arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
