"""Metrics of others: a bad one fails alone, and a new version of one is computed again alone."""

from __future__ import annotations

from pathlib import Path

from running import codecbench, install_plugin, read_summary

from codecbench.store import Store

METRIC = """
import ctypes
from codecbench.api import Abstain, MetricCard, Score, hookimpl

class Base:
    def __init__(self): self.card = CARD
    def prepare(self, reference): return None

CARD = MetricCard({name!r}, {version!r}, "a test", unit="x")

class M(Base):
{body}

@hookimpl
def codecbench_register_metrics(register): register(CARD, M)
"""
SCORE = "    def score(self, sample): return Score(1.0)"
HOSTILE = {
    "m_raises": "    def score(self, sample): raise KeyError('what')",
    "m_segfaults": "    def score(self, sample): ctypes.string_at(0)",
    "m_nan": "    def score(self, sample): return Score(float('nan'))",
    "m_no_score": "    def score(self, sample): return 3.0",
    "m_prepare": "    def prepare(self, reference): raise RuntimeError('early')\n" + SCORE,
    "m_unbuilt": "    def __init__(self): raise RuntimeError('no weights')\n" + SCORE,
    "m_abstains": "    def score(self, sample): raise Abstain('not for this one')",
}
EXPECTED = {
    "m_raises": ("failed", "KeyError: 'what'"),
    "m_segfaults": ("failed", "its process died (Segmentation fault)"),
    "m_nan": ("failed", "ValueError: it returned nan / 1.0"),
    "m_no_score": ("failed", "AttributeError"),
    "m_prepare": ("failed", "RuntimeError: on the original: RuntimeError: early"),
    "m_unbuilt": ("failed", "RuntimeError"),
    "m_abstains": ("abstained", "not for this one"),
    "si_sdr": ("ok", ""),
}


def install_metric(site: Path, name: str, body: str, version: str = "1") -> None:
    install_plugin(site, f"plugin_{name}", METRIC.format(name=name, version=version, body=body))


def test_a_bad_metric_fails_alone(tmp_path: Path, clips: Path) -> None:
    for name, body in HOSTILE.items():
        install_metric(tmp_path / "site", name, body)
    out = tmp_path / "run"
    result = codecbench(
        "run", "--codecs", "pcm", "--bitrates", "256", "--dataset", clips, "--limit", 2, "--cost", "none",
        "--metrics", ",".join(EXPECTED), "--out", out, site=tmp_path / "site",
    )  # fmt: skip
    assert result.returncode == 3, result.stderr
    assert "Traceback" not in result.stderr + result.stdout
    with Store(out) as store:
        scores = store.results().scores
    assert len(scores) == 2 * len(EXPECTED)
    for row in scores:
        status, reason = EXPECTED[row.metric]
        assert row.status == status, (row.metric, row.reason)
        assert (row.reason or "").startswith(reason), (row.metric, row.reason)


def test_a_new_version_is_computed_again_alone(tmp_path: Path, clips: Path) -> None:
    site, out = tmp_path / "site", tmp_path / "run"
    arguments = ("run", "--codecs", "pcm", "--dataset", clips, "--metrics", "m_mine,si_sdr", "--cost", "none")
    install_metric(site, "m_mine", "    def score(self, sample): return Score(1.0)")
    assert codecbench(*arguments, "--out", out, site=site).returncode == 0
    install_metric(site, "m_mine", "    def score(self, sample): return Score(2.0)", version="2")
    assert codecbench(*arguments, "--out", out, site=site).returncode == 0
    summary = read_summary(out)
    assert (summary["run"]["computed"], summary["run"]["reused"]) == (12, 12)
    assert {row["scores"]["m_mine"]["mean"] for row in summary["rows"]} == {2.0}


GROUP = """
from codecbench.api import MetricCard, Score, hookimpl
{imports}

CARDS = [MetricCard(name, "1", "a test", unit="x"{card}) for name in ("g_one", "g_two")]

class Both:
    def prepare(self, reference): return None
    def score_all(self, sample): return {{card.id: Score({value}) for card in CARDS}}

@hookimpl
def codecbench_register_metrics(register, register_group): register_group(CARDS, Both)
"""
ALONE = "    def score(self, sample): return Score({value})"


def scored_again(site: Path, out: Path, metrics: str) -> tuple[str, dict[str, float]]:
    """What `codecbench score` prints, and the means that the folder then has."""
    result = codecbench("score", out, "--metrics", metrics, site=site)
    assert result.returncode == 0, result.stderr
    (row,) = read_summary(out)["rows"]
    means = {name: row["scores"][name]["mean"] for name in metrics.split(",")}
    return result.stdout + " ".join(result.stderr.split()), means


def test_a_metric_whose_source_was_edited_is_scored_anew(tmp_path: Path, clips: Path) -> None:
    """From one file, in a group, and by a helper module that the card names; another's edit changes nothing of it."""
    site, out = tmp_path / "site", tmp_path / "run"
    every = "m_mine,g_one,g_two"
    helped = {"imports": "import g_helper", "card": ", sources=('g_helper',)", "value": "g_helper.VALUE"}
    install_metric(site, "m_mine", ALONE.format(value=1.0))
    (site / "g_helper.py").write_text("VALUE = 3.0")
    install_plugin(site, "g_plugin", GROUP.format(**helped))
    arguments = ("run", "--codecs", "pcm", "--bitrates", 256, "--dataset", clips, "--metrics", every, "--cost", "none")
    assert codecbench(*arguments, "--out", out, site=site).returncode == 0
    said, means = scored_again(site, out, every)
    assert "scores: 0 computed, 9 reused" in said
    assert means == {"m_mine": 1.0, "g_one": 3.0, "g_two": 3.0}

    install_metric(site, "m_mine", ALONE.format(value=2.0))
    said, means = scored_again(site, out, every)
    assert "scores: 3 computed, 6 reused" in said
    assert "metric m_mine: its source changed; its older scores here no longer count, they are made anew" in said
    assert means == {"m_mine": 2.0, "g_one": 3.0, "g_two": 3.0}

    (site / "g_helper.py").write_text("VALUE = 4.0")
    said, means = scored_again(site, out, every)
    assert "scores: 6 computed, 3 reused" in said
    assert "metric g_two: its source changed" in said
    assert means == {"m_mine": 2.0, "g_one": 4.0, "g_two": 4.0}

    install_metric(site, "m_mine", ALONE.format(value=1.0))  # back: its first scores are found again
    said, means = scored_again(site, out, every)
    assert "scores: 0 computed, 9 reused" in said
    assert means["m_mine"] == 1.0


def test_a_metric_in_a_package_of_several_files_is_scored_anew(tmp_path: Path, clips: Path) -> None:
    site, out = tmp_path / "site", tmp_path / "run"
    install_metric(site, "m_mine", "    def score(self, sample): return __import__(PACKAGE).inner.score()")
    source = (site / "plugin_m_mine.py").read_text()
    (site / "plugin_m_mine.py").unlink()
    package = site / "plugin_m_mine"
    package.mkdir()
    (package / "__init__.py").write_text("from . import inner\nPACKAGE = 'plugin_m_mine'\n" + source)
    inner = "from codecbench.api import Score\ndef score(): return Score({value})\n"
    (package / "inner.py").write_text(inner.format(value=1.0))
    arguments = ("run", "--codecs", "pcm", "--bitrates", 256, "--dataset", clips, "--metrics", "m_mine,si_sdr")
    assert codecbench(*arguments, "--cost", "none", "--out", out, site=site).returncode == 0
    (package / "inner.py").write_text(inner.format(value=2.0))
    said, means = scored_again(site, out, "m_mine,si_sdr")
    assert "scores: 3 computed, 3 reused" in said
    assert means["m_mine"] == 2.0


CODEC = """
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

class Mine:
    def __init__(self, options): pass
    def encode(self, audio, point): return np.round(audio.samples[0] * {scale}).astype("i1").tobytes()
    def decode(self, payload, point): return Audio.mono(np.frombuffer(payload, "i1") / {scale}, 16000)

@hookimpl
def codecbench_register_codecs(register): register(CodecCard("mine", 16000, (OperatingPoint(128),)), Mine)
"""


def test_an_edited_codec_is_never_read_from_the_older_run(tmp_path: Path, clips: Path) -> None:
    site, out = tmp_path / "site", tmp_path / "run"
    arguments = ("run", "--codecs", "mine,pcm", "--dataset", clips, "--metrics", "si_sdr", "--cost", "none")
    install_plugin(site, "mine_codec", CODEC.format(scale=127))
    assert codecbench(*arguments, "--out", out, site=site).returncode == 0
    (before,) = (row for row in read_summary(out)["rows"] if row["codec"] == "mine")
    install_plugin(site, "mine_codec", CODEC.format(scale=20))
    again = codecbench(*arguments, "--out", out, site=site)
    assert again.returncode == 0
    summary = read_summary(out)
    (after,) = (row for row in summary["rows"] if row["codec"] == "mine")
    assert (summary["run"]["computed"], summary["run"]["reused"]) == (3, 12)
    said = " ".join(again.stderr.split())
    assert "mine: its source, weights or settings changed; its older results here no longer count" in said
    assert after["scores"]["si_sdr"]["mean"] < before["scores"]["si_sdr"]["mean"] - 5


def test_a_metric_that_crashes_is_given_up_and_the_others_go_on(tmp_path: Path, clips: Path) -> None:
    log = tmp_path / "attempts"
    body = f"    def score(self, sample):\n        open({str(log)!r}, 'a').write('x')\n        ctypes.string_at(0)"
    install_metric(tmp_path / "site", "m_segfaults", body)
    out = tmp_path / "run"
    result = codecbench(
        "run", "--codecs", "pcm", "--dataset", clips, "--cost", "none", "--metrics", "m_segfaults,si_sdr",
        "--jobs", 1, "--out", out, site=tmp_path / "site",
    )  # fmt: skip
    assert result.returncode == 3, result.stderr
    with Store(out) as store:
        scores = store.results().scores
    assert {row.status for row in scores if row.metric == "si_sdr"} == {"ok"}
    reasons = [row.reason or "" for row in scores if row.metric == "m_segfaults"]
    assert len(reasons) == 12
    tried = [reason for reason in reasons if reason.startswith("its process died")]
    assert {reason for reason in reasons if reason not in tried} == {
        "not attempted: it hung or crashed on 3 signals of this codec before"
    }
    # Together with others, then alone; one more may have been under way each time that enough had been seen.
    assert 3 <= len(tried) <= 4
    assert len(log.read_text()) <= 2 * len(tried)


def test_a_metric_that_crashes_on_originals_is_given_up_too(tmp_path: Path) -> None:
    log = tmp_path / "attempts"
    body = f"    def prepare(self, reference):\n        open({str(log)!r}, 'a').write('x')\n        ctypes.string_at(0)"
    install_metric(tmp_path / "site", "m_prepare", f"{body}\n{SCORE}")
    out = tmp_path / "run"
    result = codecbench(
        "run", "--codecs", "pcm", "--bitrates", 256, "--limit", 6, "--cost", "none", "--metrics", "m_prepare,si_sdr",
        "--jobs", 1, "--out", out, site=tmp_path / "site",
    )  # fmt: skip
    assert result.returncode == 3, result.stderr
    with Store(out) as store:
        scores = store.results().scores
    assert {row.status for row in scores if row.metric == "si_sdr"} <= {"ok", "abstained"}
    reasons = [row.reason or "" for row in scores if row.metric == "m_prepare"]
    given_up = [reason for reason in reasons if "not attempted: it hung or crashed on 3 originals before" in reason]
    assert 2 <= len(given_up) <= 3
    assert len(log.read_text()) <= 2 * (6 - len(given_up)) + 1
