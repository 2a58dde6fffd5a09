"""bandwidth: payloads are VoCodec's, the decoder returns 24 kHz, the network beats folding on speech."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from codecbench_bandwidth import CARDS, FOLDING, TRAINED, build
from codecbench_bandwidth.codec import BASE
from codecbench_vocodec import REFERENCE
from codecbench_vocodec import build as build_vocodec
from conftest import REPOSITORY
from running import codecbench
from safetensors.torch import load_file, safe_open, save_file

from codecbench.api import Audio, CodecCard, CodecOptions
from codecbench.audio import resample, source_signal
from codecbench.cost.figures import read_figures
from codecbench.errors import UsageError
from codecbench.plugins import choose_codecs, registry
from codecbench.weights import resolve, sha256_of


def speech() -> Audio:
    return source_signal(sorted((REPOSITORY / "codecbench/datasets/speech/probe").rglob("*.flac"))[0])


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.checkpoint)
def test_the_payload_is_vocodecs_and_the_lower_band_too(card: CodecCard) -> None:
    codec = build(CodecOptions.of(card, resolve(card)))
    vocodec = build_vocodec(CodecOptions.of(REFERENCE, resolve(REFERENCE)))
    for point, base in zip(card.points, REFERENCE.points, strict=True):
        payload = codec.encode(speech(), point)
        assert payload == vocodec.encode(speech(), base)
        extended, plain = codec.decode(payload, point), vocodec.decode(payload, base)
        assert extended.sample_rate == 24000
        assert extended.length == card.decoded_length(plain.length)
        back = resample(extended, 16000).samples[0, : plain.length]
        error = np.square(back[:-800] - plain.samples[0, :-800]).sum() / np.square(plain.samples).sum()
        assert 10 * np.log10(error) < -25
        spectrum = np.abs(np.fft.rfft(extended.samples[0]))
        assert np.square(spectrum[len(spectrum) * 9 // 12 :]).sum() > 1e-8 * np.square(spectrum).sum()


def test_they_run_on_request_alone() -> None:
    assert not any(spec.startswith("bandwidth") for spec in choose_codecs("all,vocodec", registry()).specs)
    assert registry().codec("bandwidth").card == TRAINED


def test_the_weights_are_small_and_know_their_vocodec() -> None:
    path, base = resolve(TRAINED), resolve(REFERENCE)
    assert path is not None
    assert base is not None
    assert path.stat().st_size < 500_000
    with safe_open(path, "pt") as file:
        assert file.metadata()[BASE] == sha256_of(base)


def test_weights_of_another_vocodec_are_refused(tmp_path: Path) -> None:
    path = resolve(TRAINED)
    assert path is not None
    save_file(load_file(path), tmp_path / "other.safetensors", {BASE: "0" * 64})
    with pytest.raises(UsageError, match="was trained on another VoCodec"):
        build(CodecOptions.of(TRAINED, tmp_path / "other.safetensors"))


def test_without_weights_both_networks_are_random() -> None:
    first, again = (build(CodecOptions.of(TRAINED, None, seed=3)) for _ in range(2))
    point = TRAINED.points[0]
    payload = first.encode(speech(), point)
    assert np.array_equal(first.decode(payload, point).samples, again.decode(payload, point).samples)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.checkpoint)
def test_the_cards_figures_are_those_of_the_network(card: CodecCard) -> None:
    assert read_figures("codecbench_bandwidth")[card.spec]["parameters"] == card.parameters
    codec = build(CodecOptions.of(card, resolve(card)))
    assert codec.parameters() == card.parameters  # type: ignore[attr-defined]


def test_the_network_is_above_folding_on_speech(tmp_path: Path) -> None:
    """On the probe set's sentences, which it has not seen; reports have real speech of others."""
    codecs = f"{TRAINED.spec},{FOLDING.spec}"
    arguments = ("run", "--codecs", codecs, "--bitrates", 6, "--metrics", "lsd_fb,mel_distance_fb", "--limit", 4)
    done = codecbench(*arguments, "--cost", "none", "--condition", "fb", "--out", tmp_path / "fb")
    assert done.returncode == 0, done.stderr
    rows = {row["checkpoint"]: row["scores"] for row in json.loads((tmp_path / "fb/summary.json").read_text())["rows"]}
    for metric in ("lsd_fb", "mel_distance_fb"):
        trained, folding = (rows[card.checkpoint][metric]["mean"] for card in (TRAINED, FOLDING))
        assert trained < folding
