from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from running import codecbench, install_plugin

from codecbench.cli.weights import weights
from codecbench.errors import UsageError


def test_every_checkpoint_with_weights_is_listed_with_its_licence() -> None:
    found = json.loads(CliRunner().invoke(weights, ["list", "--json"]).output)
    by_spec = {state["spec"]: state for state in found}
    assert "encodec:facebook-24khz" in by_spec
    assert "opus:default" not in by_spec
    assert by_spec["encodec:reference"]["state"] == "bundled"
    assert all(state["licence"] for state in found)
    text = CliRunner().invoke(weights, ["list"]).output
    assert all(spec in text for spec in by_spec)


def test_a_codec_without_weights_has_none_to_fetch_and_verifying_says_so() -> None:
    error = CliRunner().invoke(weights, ["pull", "opus"]).exception
    assert isinstance(error, UsageError)
    assert "opus:default needs no weights" in str(error)
    assert CliRunner().invoke(weights, ["verify", "opus"]).output.startswith("opus:default: ")


WEIGHTY = """
from codecbench.api import Audio, CodecCard, OperatingPoint, WeightsFile, hookimpl

class Weighty:
    def __init__(self, options):
        self.scale = float(options.weights.read_text()) * float(options.weights.with_name("second.txt").read_text())
    def encode(self, audio, point): return (audio.samples[0] * self.scale).astype("f4").tobytes()
    def decode(self, payload, point):
        import numpy as np
        return Audio.mono(np.frombuffer(payload, "f4") / self.scale, 16000)

@hookimpl
def codecbench_register_codecs(register):
    def card(codec, **fields):
        return CodecCard(codec, 16000, (OperatingPoint(512),), "v1", weights=WeightsFile(**fields))
    second = WeightsFile("second.txt", sha256="SECOND")
    register(card("weighty", name="first.txt", sha256="FIRST", companions=(second,)), Weighty)
    register(card("placeless", name="w.bin", package=__name__), Weighty)
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plugin in one module: of one codec the weights are two files, of the other they are bundled with no package."""
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    hashes = {word: hashlib.sha256(text).hexdigest() for word, text in (("FIRST", b"0.5"), ("SECOND", b"0.25"))}
    source = WEIGHTY
    for word, sha256 in hashes.items():
        source = source.replace(word, sha256)
    install_plugin(tmp_path / "site", "weighty_plugin", source)
    return tmp_path / "site"


def test_the_list_survives_any_plugin(site: Path) -> None:
    result = codecbench("weights", "list", site=site)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    (line,) = (line for line in result.stdout.splitlines() if line.startswith("placeless:v1 "))
    assert "broken" in line
    assert "'weighty_plugin', which is a module and no package: bundled weights lie in PACKAGE/weights" in result.stdout
    assert "encodec:reference" in result.stdout
    verified = codecbench("weights", "verify", "placeless", site=site)
    assert (verified.returncode, "Traceback" in verified.stderr) == (2, False)


def test_weights_that_were_added_are_found_by_runs(site: Path, tmp_path: Path, clips: Path) -> None:
    run = (
        "run", "--codecs", "weighty", "--dataset", clips, "--metrics", "si_sdr", "--cost", "none", "--out",
        tmp_path / "run",
    )  # fmt: skip
    missing = codecbench(*run, site=site)
    assert missing.returncode == 3
    assert "`codecbench weights add weighty:v1 PATH` or `--weights weighty:v1=PATH`, where PATH is first.txt, with" in (
        missing.stderr
    )
    release = tmp_path / "release"
    release.mkdir()
    (release / "first.txt").write_bytes(b"0.5")
    (release / "second.txt").write_bytes(b"0.75")
    refused = codecbench("weights", "add", "weighty", release, site=site)
    assert refused.returncode == 2
    assert "second.txt is not the expected file" in refused.stderr
    assert codecbench(*run, "--weights", f"weighty={release}", site=site).returncode == 0
    (release / "second.txt").write_bytes(b"0.25")
    added = codecbench("weights", "add", "weighty", release, site=site)
    assert (added.returncode, added.stdout.count("cached"), added.stdout.count(".txt")) == (0, 1, 2)
    result = codecbench(*run, site=site)
    assert result.returncode == 0, result.stderr
    assert "3 computed, 0 reused" in result.stdout  # other weights than in the run before
    assert "weighty: its source, weights or settings changed" in " ".join(result.stderr.split()).replace(
        "weighty:v1", "weighty"
    )
