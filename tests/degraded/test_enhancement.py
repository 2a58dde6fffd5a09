"""A condition of an outsider's: noise, and a published enhancement network before the codec (UL-UNAS, MIT)."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

import pytest
from running import codecbench, install_plugin

from codecbench.results import open_run

PLUGIN = '''
import numpy as np
import onnxruntime
from codecbench.api import Audio, ConditionCard, hookimpl
from codecbench.plugins import registry

SIZE, HOP = 512, 256
WINDOW = np.sqrt(np.hanning(SIZE + 1)[:-1])


class Enhanced:
    """Noise at an SNR, as the condition `street` makes it; then UL-UNAS, frame by frame as it streams."""

    def __init__(self, snr_db):
        self.noisy = registry().find("conditions", "street").factory(snr_db)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.network = onnxruntime.InferenceSession({model!r}, options)

    def degrade(self, audio, g):
        noisy = self.noisy.degrade(audio, g).samples[0].astype("f8")
        padded = np.pad(noisy, (HOP, HOP + -len(noisy) % HOP))
        out = np.zeros(len(padded))
        state = {{name: np.zeros((1, size), "f4") for name, size in
                 (("conv_cache", 5358), ("tfa_cache", 402), ("inter_cache", 1056))}}
        for start in range(0, len(padded) - SIZE + 1, HOP):
            spectrum = np.fft.rfft(WINDOW * padded[start : start + SIZE])
            mix = np.stack([spectrum.real, spectrum.imag], -1).astype("f4")[None, :, None]
            enhanced, *kept = self.network.run(None, {{"mix": mix, **state}})
            state = dict(zip(state, kept))
            bins = enhanced[0, :, 0].astype("f8")
            out[start : start + SIZE] += WINDOW * np.fft.irfft(bins[:, 0] + 1j * bins[:, 1])
        return Audio(out[HOP : HOP + len(noisy)].astype("f4")[None], audio.sample_rate)


@hookimpl
def codecbench_register_conditions(register):
    register(ConditionCard("enhanced", "street noise, then UL-UNAS", "dB", -20.0, 60.0), Enhanced)
'''


def test_enhancement_before_the_codec_helps(shared: Path, tmp_path: Path) -> None:
    """Held to the clean recording, the codec's input and what it makes of it are nearer after enhancement."""
    pytest.importorskip("onnxruntime")
    model = shared / "weights" / "ul_unas" / "ulunas_ulunas_stream_simple.onnx"
    site = tmp_path / "site"
    install_plugin(site, "enhanced_plugin", PLUGIN.format(model=str(model)))
    done = codecbench(
        "run", "--codecs", "pcm,opus", "--bitrates", "12,256", "--dataset", shared / "data" / "eval" / "manifest.tsv",
        "--limit", 4, "--metrics", "si_sdr,pesq_wb", "--cost", "none", "--keep-audio", "none", "--condition",
        "street:5,enhanced:5", "--out", tmp_path / "run", site=site,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    found = {}
    for name in ("street-5", "enhanced-5"):
        for row in open_run(tmp_path / "run" / name).findings(ladder=False).results.scores:
            found.setdefault((name, row.codec, row.metric), []).append(row.value or 0.0)
    means = {place: fmean(values) for place, values in found.items()}
    for codec in ("pcm", "opus"):
        assert means["enhanced-5", codec, "pesq_wb"] > means["street-5", codec, "pesq_wb"] + 0.1, means
    assert means["enhanced-5", "pcm", "si_sdr"] > means["street-5", "pcm", "si_sdr"] + 1, means
