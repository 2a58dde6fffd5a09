"""`--condition fb`: recordings at their own rate and in stereo, and never beside condition wb."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from running import codecbench, read_summary

from codecbench.store import Store
from codecbench.store.rows import ScoreRow

FB = ("run", "--condition", "fb", "--cost", "none")
CODECS = "opus:fullband,encodec:facebook-48khz,dac:descript-44khz,pcm"


def clip(path: Path, rate: int, channels: int, highest_hz: float) -> None:
    """Half a second of noise up to a frequency, falling by 6 dB an octave as music does."""
    random = np.random.default_rng(1)
    length = rate // 2
    frequencies = np.fft.rfftfreq(length, 1 / rate)
    spectrum = np.fft.rfft(random.standard_normal((channels, length)))
    spectrum *= (frequencies < highest_hz) / np.maximum(frequencies, 50)
    samples = np.fft.irfft(spectrum, length)
    soundfile.write(path, (0.3 * samples / np.abs(samples).max()).T, rate, subtype="PCM_24")


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    clip(folder / "full.flac", 44100, 2, 22050)
    clip(folder / "dull.flac", 44100, 2, 10000)
    clip(folder / "mono.flac", 48000, 1, 24000)
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, music: Path) -> Path:
    folder = tmp_path_factory.mktemp("fb") / "run"
    random = ("--weights", "encodec:facebook-48khz=random", "--weights", "dac:descript-44khz=random")
    done = codecbench(
        *FB, "--codecs", CODECS, "--bitrates", "6,24,128,2.584", *random, "--dataset", music, "--out", folder,
        "--keep-audio", "all",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "music in condition fb: " in done.stdout.replace(f"{music.name}", "music")
    return folder


def scores(folder: Path) -> dict[tuple[str, str, str], ScoreRow]:
    with Store(folder) as store:
        return {(f"{row.codec}:{row.checkpoint}", row.utterance, row.metric): row for row in store.results().scores}


def test_every_cell_has_a_figure_or_a_reason(run: Path) -> None:
    found = scores(run)
    metrics = {"mel_distance_fb", "lsd_fb", "si_sdr_fb"}
    assert {metric for *_, metric in found} == metrics
    assert {codec for codec, *_ in found} == {name if ":" in name else f"{name}:default" for name in CODECS.split(",")}
    for (codec, utterance, metric), row in found.items():
        dull = utterance == "dull" and codec != "pcm:default"
        assert row.status == ("abstained" if dull else "ok"), (codec, utterance, metric, row.reason)
        if dull:
            assert "condition fb: the recording reaches 10" in (row.reason or "")


def test_a_codec_of_the_band_is_ahead_of_one_of_16_khz(run: Path) -> None:
    found = scores(run)
    assert found["opus:fullband", "full", "lsd_fb"].numerator < found["pcm:default", "full", "lsd_fb"].numerator / 2


def test_stereo_stays_where_the_codec_has_it(run: Path) -> None:
    rates = {}
    for codec in ("encodec/facebook-48khz", "dac/descript-44khz"):
        for name in ("full", "mono"):
            info = soundfile.info(next((run / "audio" / codec).rglob(f"{name}*.flac")))
            rates[codec.partition("/")[0], name] = (info.samplerate, info.channels)
    assert rates == {
        ("encodec", "full"): (44100, 2), ("encodec", "mono"): (48000, 1),
        ("dac", "full"): (44100, 1), ("dac", "mono"): (48000, 1),
    }  # fmt: skip


def test_the_condition_is_named(run: Path) -> None:
    assert read_summary(run)["run"]["condition"] == "fb"
    table = codecbench("table", run)
    assert " in condition fb: " in table.stdout
    page = (run / "report.html").read_text()
    assert "recordings at their own rate and channels" in page


def test_mos_predictors_on_request_have_figures_in_it_and_others_are_refused(music: Path, tmp_path: Path) -> None:
    run = (*FB, "--codecs", "opus:fullband", "--bitrates", "24", "--dataset", music, "--keep-audio", "none", "--out")
    done = codecbench(*run, tmp_path / "run", "--metrics", "visqol_audio,distill_mos,lsd_fb")
    assert done.returncode == 0, done.stderr
    for (_, utterance, metric), row in scores(tmp_path / "run").items():
        short = "too short: 0.500 s, needs 1 s"  # these clips are
        if utterance != "dull" and metric != "lsd_fb" and row.status != "skipped":
            assert (row.status, row.reason) == ("abstained", short), (utterance, metric)
    refused = codecbench(*run, tmp_path / "no", "--metrics", "visqol_speech")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
    assert "metric 'visqol_speech' has no figures in condition fb; these have: " in refused.stderr
    assert "visqol_audio" in refused.stderr


def test_two_conditions_never_meet(run: Path, music: Path, tmp_path: Path) -> None:
    other = codecbench("run", "--codecs", "pcm", "--cost", "none", "--dataset", music, "--out", run)
    assert other.returncode == 2
    assert "holds a run in condition fb, not wb: figures of two are never mixed; choose another --out" in other.stderr
    wide = ("run", "--codecs", "pcm", "--metrics", "lsd", "--cost", "none", "--dataset", music)
    assert codecbench(*wide, "--out", tmp_path / "wb").returncode == 0
    both = codecbench("table", run, tmp_path / "wb")
    assert both.returncode == 2
    assert "their conditions differ (fb and wb)" in both.stderr


def test_a_metric_without_a_form_for_it_is_refused(music: Path, tmp_path: Path) -> None:
    done = codecbench(*FB, "--codecs", "pcm", "--metrics", "pesq_wb", "--dataset", music, "--out", tmp_path / "run")
    assert done.returncode == 2
    says = "metric 'pesq_wb' has no figures in condition fb; these have: mel_distance_fb, lsd_fb, si_sdr_fb"
    assert says in done.stderr
