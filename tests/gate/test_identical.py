"""A codec that becomes bit-identical to its input, in a real run: what has no figure for want of any fault passes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from running import codecbench, install_plugin

from codecbench.gate.baseline import Baseline
from codecbench.gate.comparison import compare
from codecbench.gate.loading import load_baseline
from codecbench.gate.thresholds import Settings
from codecbench.gate.verdict import NOT_MEASURED, PASS, GateOutcome, judge
from codecbench.store.ids import Place

METRICS = "stoi,estoi,si_sdr,lsd,mel_distance,delay_ms,level_error_db,correlation"
PLUGIN = """
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl


class Pcm:
    def __init__(self, step):
        self.step = step

    def encode(self, audio, point):
        return (np.round(audio.samples[0] * 32768 / self.step) * self.step).astype("<i2").tobytes()

    def decode(self, payload, point):
        return Audio.mono(np.frombuffer(payload, "<i2") / np.float32(32768), 16000)


@hookimpl
def codecbench_register_codecs(register):
    for name, step in (("coarse", 64), ("exact", 1)):
        card = CodecCard(name, 16000, (OperatingPoint(256),), version="1")
        register(card, lambda options, step=step: Pcm(step))
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Baseline:
    """Eight speakers, a short clip of each in 16 bits, which float32 and 24-bit audio hold exactly."""
    folder = tmp_path_factory.mktemp("identical")
    install_plugin(folder / "site", "pcm_codecs", PLUGIN)
    g = np.random.default_rng(5)
    lines = ["id\tpath\tspeaker"]
    for index in range(8):
        envelope = 0.1 * (1 + np.sin(np.arange(24000) / (900 + 40 * index)))
        soundfile.write(folder / f"{index}.wav", envelope * g.standard_normal(24000) * 0.5, 16000, subtype="PCM_16")
        lines.append(f"u{index}\t{index}.wav\ts{index}")
    (folder / "manifest.tsv").write_text("\n".join(lines) + "\n")
    result = codecbench(
        "run", "--codecs", "coarse,exact", "--dataset", folder / "manifest.tsv", "--metrics", METRICS, "--cost", "none",
        "--keep-audio", "none", "--out", folder / "out", site=folder / "site",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return load_baseline(folder / "out")


def as_codec(run: Baseline, codec: str) -> Baseline:
    """What was measured of `codec`, as of a codec "pcm"."""
    rows = tuple(
        replace(row, place=Place("pcm", "default", row.place.point)) for row in run.rows if row.place.codec == codec
    )
    return replace(run, rows=rows)


def gate(before: Baseline, after: Baseline, settings: Settings) -> GateOutcome:
    return judge(compare(before, after, settings), settings)


def test_becoming_identical_passes_and_is_told(measured: Baseline) -> None:
    before, after = as_codec(measured, "coarse"), as_codec(measured, "exact")
    assert len(before.rows[0].metrics["si_sdr"].values) == 8
    assert all(why.perfect for why in after.rows[0].metrics["si_sdr"].missing.values())
    outcome = gate(before, after, Settings())
    assert outcome.status == PASS, outcome.findings
    told = [note for note in outcome.comparison.notes if note.startswith("si_sdr of pcm")]
    assert len(told) == 1
    assert "could not be better on 8 utterances that had a score: identical signals" in told[0]


def test_nothing_else_abstains_on_an_identical_signal(measured: Baseline) -> None:
    scores = as_codec(measured, "exact").rows[0].metrics
    assert {name for name, scored in scores.items() if scored.missing} == {"si_sdr"}
    assert set(scores) == set(METRICS.split(","))


def test_with_no_other_metric_it_passes_too(measured: Baseline) -> None:
    before, after = as_codec(measured, "coarse"), as_codec(measured, "exact")
    assert gate(before, after, Settings(metrics=("si_sdr",))).status == PASS


def test_any_other_abstention_is_still_not_measured(measured: Baseline) -> None:
    before, after = as_codec(measured, "coarse"), as_codec(measured, "exact")
    row = after.rows[0]
    scores = row.metrics["si_sdr"]
    silent = replace(scores, missing={name: replace(why, perfect=False) for name, why in scores.missing.items()})
    after = replace(after, rows=(replace(row, metrics={**row.metrics, "si_sdr": silent}),))
    assert gate(before, after, Settings()).status == NOT_MEASURED
