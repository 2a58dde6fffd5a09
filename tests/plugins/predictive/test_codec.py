"""Predicted codes of the reference codecs: the same audio in fewer bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from codecbench_predictive import CARDS, WRAPPED, build
from codecbench_predictive.checkpoint import code_vectors
from codecbench_predictive.config import PredictorConfiguration
from running import codecbench
from safetensors.numpy import load_file, save_file

from codecbench.api import Audio, CodecCard, CodecOptions, HasPackets, HasStreams, PayloadError, UsageError
from codecbench.weights import resolve

CHECKPOINTS = tuple(WRAPPED)


@cache
def loaded(checkpoint: str, number: int = 0) -> Any:
    """`number` tells instances apart."""
    return build(CodecOptions(checkpoint, resolve(card(checkpoint))))


def card(checkpoint: str) -> CodecCard:
    return next(card for card in CARDS if card.checkpoint == checkpoint)


@cache
def plain(checkpoint: str) -> Any:
    wrapped, factory = WRAPPED[checkpoint]
    return factory(CodecOptions.of(wrapped, resolve(wrapped)))


@cache
def speech(seconds: float = 3.0) -> Audio:
    probe = Path(str(files("codecbench.datasets") / "speech" / "probe"))
    samples, rate = soundfile.read(sorted(probe.rglob("*.flac"))[0], dtype="float32")
    return Audio.mono(soxr.resample(samples, rate, 16000)[: int(seconds * 16000)], 16000)


@pytest.mark.parametrize("checkpoint", CHECKPOINTS)
def test_the_audio_is_that_of_the_wrapped_codec_in_fewer_bytes(checkpoint: str) -> None:
    one, other, wrapped = loaded(checkpoint), loaded(checkpoint, 1), plain(checkpoint)
    assert one is not other
    for own, point in zip(card(checkpoint).points, WRAPPED[checkpoint][0].points, strict=True):
        assert own.codebooks == point.codebooks
        usual, payload = wrapped.encode(speech(), point), one.encode(speech(), own)
        assert np.array_equal(other.decode(payload, own).samples, wrapped.decode(usual, point).samples)
        assert np.array_equal(other.codes(payload, own), wrapped.codes(usual, point))
        assert len(payload) < len(usual)


@pytest.mark.parametrize("checkpoint", CHECKPOINTS)
def test_the_wrapped_codecs_vectors_are_what_it_decodes_to(checkpoint: str) -> None:
    """Sums of the vectors are its latents, but for one scale."""
    import torch

    codec, point = plain(checkpoint), WRAPPED[checkpoint][0].points[-1]
    codes = np.random.default_rng(0).integers(1024, size=(12, 20))
    sums = sum(code_vectors(codec)[book][codes[book]] for book in range(12))  # [frames, dimension]
    latents = codec.dequantize(torch.from_numpy(codes)[None], point)[0].T.numpy()
    scale = latents.std() / sums.std()
    assert np.allclose(sums * scale, latents, atol=1e-4 * np.abs(latents).max())
    assert np.log2(scale) == pytest.approx(round(float(np.log2(scale))), abs=1e-4)


@pytest.mark.parametrize("checkpoint", CHECKPOINTS)
def test_codes_are_decoded_as_they_arrive(checkpoint: str) -> None:
    codec, point = loaded(checkpoint), card(checkpoint).points[1]
    assert isinstance(codec, HasStreams)
    assert card(checkpoint).streams
    codes = codec.codes(codec.encode(speech(1.0), point), point)
    stream = codec.decode_stream(point)
    pieces = [stream.push(codes[:, start : start + 5]) for start in range(0, codes.shape[1], 5)]
    whole = np.concatenate([piece.samples for piece in (*pieces, stream.finish())], axis=1)
    decoded = codec.decode(codec.encode(speech(1.0), point), point).samples
    assert np.allclose(whole[:, : decoded.shape[1]], decoded, atol=1e-4)


@pytest.mark.parametrize("checkpoint", CHECKPOINTS)
def test_the_card_has_the_codecs_delay_and_says_what_the_predictor_costs(checkpoint: str) -> None:
    own, wrapped = card(checkpoint), WRAPPED[checkpoint][0]
    assert (own.frame, own.lookahead, own.latency_ms) == (wrapped.frame, wrapped.lookahead, wrapped.latency_ms)
    assert own.parameters == loaded(checkpoint).parameters()
    size = loaded(checkpoint).predictor.configuration
    more = own.macs_by_point["q2"]["decoder"] - wrapped.macs_by_point["1"]["decoder"]
    assert more == 50 * (size.macs_per_frame + 2 * size.macs_per_code)
    assert own.on_request
    assert not isinstance(loaded(checkpoint), HasPackets)


def test_macs_are_those_of_the_weights() -> None:
    """Each weight of a matrix is used once, a codebook's once for each of its codes."""
    size = PredictorConfiguration(dimension=6, codebooks=3, size=32, state=8, inner=5, features=4)
    shapes = {name: int(np.prod(shape)) for name, shape in size.shapes.items()}
    frame = sum(shapes[name] for name in ("past.input", "past.state", "joined.state", "joined.latest"))
    assert size.macs_per_frame == frame
    assert size.macs_per_code == shapes["joined.coarser"] + shapes["query"] // 3 + 2 * 4 * 32
    assert size.parameters == sum(shapes.values())


@pytest.mark.parametrize("samples", [1, 319, 321, 5000])
def test_every_length_comes_back(samples: int) -> None:
    codec, point = loaded("vocodec"), card("vocodec").points[0]
    audio = Audio.mono(speech().samples[0, :samples], 16000)
    assert codec.decode(codec.encode(audio, point), point).length >= samples


def test_silence_and_noise_are_coded() -> None:
    codec, point = loaded("vocodec"), card("vocodec").points[-1]
    for signal in (np.zeros(8000), np.random.default_rng(0).uniform(-1, 1, 8000)):
        audio = Audio.mono(signal.astype(np.float32), 16000)
        usual = plain("vocodec").encode(audio, codec.wrapped_point(point))
        codes = codec.codes(codec.encode(audio, point), point)
        assert np.array_equal(codes, plain("vocodec").codes(usual, codec.wrapped_point(point)))


def test_a_damaged_payload_is_one_line() -> None:
    codec, point = loaded("vocodec"), card("vocodec").points[1]
    payload = codec.encode(speech(1.0), point)
    for wrong in (
        payload[:-5],
        payload[:40],
        b"",
        payload[:30] + b"\xff" + payload[31:],
        loaded("encodec").encode(speech(1.0), point),
    ):
        with pytest.raises(PayloadError, match=r"^predictive:vocodec at q4: ") as refusal:
            codec.decode(wrong, point)
        assert "\n" not in str(refusal.value)


def test_a_predictor_of_other_weights_is_refused(tmp_path: Path) -> None:
    weights = resolve(card("vocodec"))
    assert weights is not None
    path = tmp_path / "mine.safetensors"
    save_file(load_file(weights), path, {"codec_sha256": "0" * 64})
    with pytest.raises(
        UsageError, match=r"mine\.safetensors was trained on codes of weights 000000000000, the codec's here are"
    ):
        build(CodecOptions("vocodec", path))
    with pytest.raises(UsageError, match=r"does not hold this predictor: .* is \[128\], not \[160\]"):
        build(CodecOptions("vocodec", resolve(card("encodec"))))
    path.write_bytes(b"nothing")
    with pytest.raises(UsageError, match=r"mine\.safetensors cannot be read as a predictor's weights"):
        build(CodecOptions("vocodec", path))


def test_a_random_predictor_codes_too() -> None:
    codec, point = build(CodecOptions("vocodec", seed=5)), card("vocodec").points[0]
    audio = codec.decode(codec.encode(speech(0.5), point), point)
    assert np.array_equal(
        audio.samples, loaded("vocodec").decode(loaded("vocodec").encode(speech(0.5), point), point).samples
    )


def test_bytes_are_the_same_with_other_threads() -> None:
    """In a process of its own with two threads for matrix products."""
    script = (
        "import os\nos.environ.update(OMP_NUM_THREADS='2', OPENBLAS_NUM_THREADS='2')\n"
        "import hashlib, numpy as np\nfrom codecbench_predictive import CARDS, build\n"
        "from codecbench.api import CodecOptions\n"
        "from codecbench.weights import resolve\nfrom codecbench_predictive.coding import compress\n"
        "c = build(CodecOptions('vocodec', resolve(CARDS[1])))\n"
        "codes = np.random.default_rng(0).integers(1024, size=(6, 40))\n"
        "print(hashlib.sha256(compress(codes, c.predictor, c.identity)).hexdigest())\n"
    )
    import hashlib

    from codecbench_predictive.coding import compress

    assert CARDS[1].checkpoint == "vocodec"
    codec = loaded("vocodec")
    here = compress(np.random.default_rng(0).integers(1024, size=(6, 40)), codec.predictor, codec.identity)
    there = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    assert there == hashlib.sha256(here).hexdigest()


@pytest.mark.parametrize("checkpoint", CHECKPOINTS)
def test_what_is_shipped_is_small(checkpoint: str) -> None:
    weights = resolve(card(checkpoint))
    assert weights is not None
    assert weights.stat().st_size < 300_000
    assert {tensor.dtype for tensor in load_file(weights).values()} == {np.dtype(np.float16)}


def test_it_runs_by_the_command_line(tmp_path: Path, clips: Path) -> None:
    """Beside the wrapped codec: the same scores at fewer kbps."""
    result = codecbench(
        "run", "--codecs", "vocodec,predictive:vocodec", "--bitrates", "1,q2", "--dataset", clips, "--metrics", "stoi",
        "--cost", "none", "--limit", 2, "--out", tmp_path / "run",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    rows = json.loads((tmp_path / "run" / "summary.json").read_text())["rows"]
    scores = {row["codec"]: row["scores"]["stoi"]["mean"] for row in rows}
    assert scores["vocodec"] == scores["predictive"]
