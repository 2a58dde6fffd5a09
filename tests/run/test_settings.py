"""`--set`: settings that a codec's card offers are in its results' identity, and said wherever its figures are."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import codecbench, install_plugin, read_summary

from codecbench.api import CodecCard, OperatingPoint
from codecbench.errors import UsageError
from codecbench.run.settings import Setting, changed_settings

LOSSY = """
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

class Lossy:
    def __init__(self, options):
        self.loss, self.mode = options.settings["loss"], options.settings["mode"]
    def encode(self, audio, point):
        return (np.clip(audio.samples[0], -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point):
        samples = np.frombuffer(payload, "<i2") / 32767
        lost = np.random.default_rng(0).random(len(samples)) < self.loss
        return Audio.mono(np.where(lost, 0.0, samples), 16000)

@hookimpl
def codecbench_register_codecs(register):
    settings = {"loss": 0.0, "mode": "zero"}
    for checkpoint in ("default", "other"):
        register(CodecCard("lossy", 16000, (OperatingPoint(256.0),), checkpoint, settings=settings), Lossy)
"""
RUN = ("run", "--metrics", "si_sdr", "--cost", "none", "--keep-audio", "none", "--limit", 2)
CARD = CodecCard(
    "lossy", 16000, (OperatingPoint(256.0),), "v2", settings={"loss": 0.0, "steps": 50, "fec": False, "mode": "zero"}
)


def test_what_is_set_is_another_codecs_results_and_is_said(tmp_path: Path, clips: Path) -> None:
    site, out = tmp_path / "site", tmp_path / "run"
    install_plugin(site, "lossy", LOSSY)
    run = (*RUN, "--codecs", "lossy,lossy:other", "--dataset", clips, "--out", out)

    def figures(*more: object) -> tuple[list[float], int, str]:
        result = codecbench(*run, *more, site=site)
        assert result.returncode == 0, result.stderr
        summary = read_summary(out)
        rows = {row["checkpoint"]: row["scores"]["si_sdr"]["mean"] for row in summary["rows"]}
        return [rows["default"], rows["other"]], summary["run"]["computed"], result.stdout + result.stderr

    plain, computed, said = figures()
    assert computed == 4
    assert "Set by the user" not in said
    lost, computed, said = figures("--set", "lossy.loss=0.1")
    assert computed == 4
    assert max(lost) < min(plain) - 10
    told = " ".join(said.split())
    assert "lossy: its source, weights or settings changed; its older results here no longer count" in told
    assert "Set by the user: lossy loss=0.1; lossy:other loss=0.1." in told
    assert [row["settings"] for row in read_summary(out)["rows"]] == [{"loss": 0.1}] * 2
    one, computed, _ = figures("--set", "lossy:other.loss=0.1")
    assert (one, computed) == ([plain[0], lost[1]], 0)  # all of it is known under its key
    again, computed, _ = figures("--set", "lossy.loss=0.0", "--set", "lossy.mode=zero")
    assert (again, computed) == (plain, 0)  # the defaults are no other codec
    scored = codecbench("score", out, "--metrics", "stoi", site=site)
    assert scored.returncode == 0, scored.stderr


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("lossy.loss", "expected CODEC.NAME=VALUE"),
        ("loss=0.1", "expected CODEC.NAME=VALUE"),
        (".loss=0.1", "expected CODEC.NAME=VALUE"),
        ("lossy.los=0.1", "lossy:v2 has these settings: loss=0.0, steps=50, fec=False, mode=zero"),
        ("lossy.loss=much", "expected a number, as the default 0.0 is"),
        ("lossy.loss=nan", "expected a number"),
        ("lossy.steps=1.5", "expected a whole number, as the default 50 is"),
        ("lossy.fec=yes", "expected true or false, as the default False is"),
    ],
)
def test_a_setting_that_cannot_be_is_one_line(typed: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        changed_settings(CARD, [Setting.parse(typed)])
    assert said in str(raised.value)
    assert str(raised.value).startswith("--set ")
    assert "\n" not in str(raised.value)


def test_values_have_the_types_of_the_defaults_and_the_last_one_counts() -> None:
    typed = ("lossy.loss=1", "lossy:v2.steps=8", "lossy.fec=TRUE", "lossy.mode=a=b", "lossy.steps=9", "other.steps=1")
    found = changed_settings(CARD, map(Setting.parse, typed))
    assert found == {"fec": True, "loss": 1.0, "mode": "a=b", "steps": 9}
    assert isinstance(found["loss"], float)


def test_a_codec_without_settings_and_a_codec_that_is_not_there(tmp_path: Path, clips: Path) -> None:
    for typed, said in (("opus.loss=1", "opus:default has no settings"), ("lyra.loss=1", "no codec lyra in --codecs")):
        result = codecbench(*RUN, "--codecs", "opus", "--dataset", clips, "--set", typed, "--out", tmp_path / "run")
        assert result.returncode == 2
        assert said in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_a_card_states_plain_values() -> None:
    with pytest.raises(ValueError, match="settings must be a mapping of texts to numbers, texts or switches"):
        CodecCard("lossy", 16000, (OperatingPoint(256.0),), settings={"loss": [1]})
