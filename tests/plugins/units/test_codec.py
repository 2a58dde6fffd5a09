"""The units codec: with its shipped weights, and with random ones where these do not matter."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
import torch
from codecbench_units import LOGMEL, POINTS, build
from codecbench_units.codec import UnitsCodec
from codecbench_units.config import HOP
from running import codecbench

from codecbench.api import Audio, CodecOptions, OperatingPoint, PayloadError, UsageError
from codecbench.weights import resolve

RAW = LOGMEL.point("raw-f12")


def loaded(seed: int = 0) -> UnitsCodec:
    codec = build(CodecOptions("logmel", resolve(LOGMEL), seed=seed))
    assert isinstance(codec, UnitsCodec)
    return codec


@pytest.fixture(scope="module")
def codec() -> UnitsCodec:
    return loaded()


@pytest.fixture(scope="module")
def speech() -> Audio:
    probe = Path(str(files("codecbench.datasets") / "speech" / "probe"))
    samples, rate = soundfile.read(sorted(probe.rglob("*.flac"))[0], dtype="float32")
    return Audio.mono(soxr.resample(samples, rate, 16000)[:48000], 16000)


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.label)
def test_bits_of_units_pitch_and_speaker_are_the_payload(
    codec: UnitsCodec, speech: Audio, point: OperatingPoint
) -> None:
    payload = codec.encode(speech, point)
    bits = codec.accounting(payload, point)
    assert bits.frames + bits.speaker + bits.units + bits.pitch + bits.padding == 8 * len(payload)
    seconds = codec.content(payload, point).units.size * HOP / 16000
    if point.nominal_kbps is not None:
        assert (bits.units + bits.pitch) / seconds == pytest.approx(1000 * point.nominal_kbps, rel=0.01)
    else:
        assert bits.units / seconds < 0.85 * 1000 / 3  # runs are shorter than raw units


def test_a_point_is_near_the_papers_rate() -> None:
    assert LOGMEL.point("raw-f6").nominal_kbps == pytest.approx(0.365, rel=0.02)


def test_it_is_on_request_and_says_what_stands_in() -> None:
    assert LOGMEL.on_request
    assert "stand-in" in LOGMEL.notes


@pytest.mark.parametrize("samples", [1, 300, 321, 2560, 2561, 9000])
def test_every_length_comes_back(codec: UnitsCodec, speech: Audio, samples: int) -> None:
    for point in POINTS:
        decoded = codec.decode(codec.encode(Audio.mono(speech.samples[0, :samples], 16000), point), point)
        assert samples <= decoded.length < samples + LOGMEL.frame_at(point)


@pytest.mark.parametrize("kind", ["silence", "noise", "clipped"])
def test_odd_signals_are_coded(codec: UnitsCodec, speech: Audio, kind: str) -> None:
    rng = np.random.default_rng(0)
    signal = {
        "silence": np.zeros(9000),
        "noise": rng.uniform(-1, 1, 9000),
        "clipped": np.clip(30 * speech.samples[0, :9000], -1, 1),
    }[kind]
    for point in POINTS:
        decoded = codec.decode(codec.encode(Audio.mono(signal.astype(np.float32), 16000), point), point)
        assert np.isfinite(decoded.samples).all()
        assert decoded.peak <= 1


def test_another_instance_encodes_and_decodes_alike_and_noise_follows_from_the_seed(speech: Audio) -> None:
    one, two, other = loaded(), loaded(), loaded(seed=1)
    payload = one.encode(speech, RAW)
    assert payload == two.encode(speech, RAW) == other.encode(speech, RAW)
    decoded = one.decode(payload, RAW).samples
    assert np.array_equal(decoded, two.decode(payload, RAW).samples)
    assert not np.array_equal(decoded, other.decode(payload, RAW).samples)


def test_pitch_is_heard_in_what_is_decoded(codec: UnitsCodec, speech: Audio) -> None:
    """By our own tracker, in frames that are voiced in both: most are within 100 cents."""
    from codecbench_units.pitch import track_pitch

    decoded = codec.decode(codec.encode(speech, RAW), RAW)
    before, after = track_pitch(speech.samples[0]), track_pitch(decoded.samples[0, : speech.length])
    both = (before > 0) & (after > 0)
    assert both.sum() > 0.6 * (before > 0).sum()
    assert np.median(np.abs(1200 * np.log2(after[both] / before[both]))) < 100


def test_codes_are_the_content(codec: UnitsCodec, speech: Audio) -> None:
    for point in POINTS:
        payload = codec.encode(speech, point)
        rows, content = codec.codes(payload, point), codec.content(payload, point)
        assert [len(row) for row in rows] == [24, 1, 1, len(content.units), len(content.pitch)]
        assert codec.codebook_sizes(point) == [64, 256, 32, 100, 20]


def test_a_damaged_payload_is_one_line(codec: UnitsCodec, speech: Audio) -> None:
    payload = codec.encode(speech, RAW)
    with pytest.raises(PayloadError, match=r"^units:logmel at raw-f12: its \d+ bytes end before what it tells of"):
        codec.decode(payload[:-3], RAW)
    with pytest.raises(PayloadError, match="hold more than"):
        codec.decode(payload + b"\1\1", RAW)
    with pytest.raises(PayloadError, match="end before"):
        codec.decode(b"", RAW)


def test_weights_of_something_else_are_one_line(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "other.safetensors"
    save_file({"a": torch.zeros(3)}, path)
    with pytest.raises(UsageError, match=r"units:logmel: other\.safetensors does not hold this model: of \d+ tensors"):
        build(CodecOptions("logmel", path))


def test_weights_that_would_divide_by_nothing_are_one_line(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = resolve(LOGMEL)
    assert weights is not None
    path = tmp_path / "flat.safetensors"
    save_file(load_file(weights) | {"deviation": torch.zeros(26)}, path)
    with pytest.raises(UsageError, match="units:logmel: its weights hold deviations or ranges that are not above 0"):
        build(CodecOptions("logmel", path))


def test_random_weights_code_too(speech: Audio) -> None:
    codec = build(CodecOptions("logmel", seed=3))
    decoded = codec.decode(codec.encode(speech, RAW), RAW)
    assert np.isfinite(decoded.samples).all()


def test_what_is_shipped_is_small_and_its_card_counts_it() -> None:
    weights = resolve(LOGMEL)
    assert weights is not None
    assert weights.stat().st_size < 2_000_000
    assert LOGMEL.parameters == loaded().parameters()


def test_it_runs_by_the_command_line(tmp_path: Path, clips: Path) -> None:
    common = ("--dataset", clips, "--metrics", "stoi", "--cost", "none", "--limit", 1)
    result = codecbench("run", "--codecs", "units", "--out", tmp_path / "run", *common)
    assert result.returncode == 0, result.stderr
    assert "units" in result.stdout


def test_a_card_without_its_weights_cannot_hide(tmp_path: Path) -> None:
    """Missing bundled weights say what to install, not where a decoder failed."""
    from codecbench.errors import Unavailable

    card = replace(LOGMEL, weights=replace(LOGMEL.weights, name="gone.safetensors"))  # type: ignore[type-var]
    with pytest.raises(Unavailable, match=r"gone\.safetensors is not in"):
        resolve(card)
