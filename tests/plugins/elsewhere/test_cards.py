"""Others' codecs: rates as published, what is skipped and why; and three of them for real, with random weights."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from codecbench_elsewhere import CARDS
from codecbench_elsewhere.bigcodec_side import current_names
from codecbench_elsewhere.funcodec_side import halves_of, level_of
from codecbench_elsewhere.packages import BIGCODEC, SPEECHTOKENIZER, VOCOS
from running import codecbench

from codecbench.api import Audio, CodecCard, CodecOptions
from codecbench.environments.codec import PackedSideCodec
from codecbench.environments.making import make
from codecbench.environments.side import checkout_sha256, side_file
from codecbench.errors import Unavailable, UsageError
from codecbench.plugins import registry
from codecbench.weights import resolve

BY_SPEC = {card.spec: card for card in CARDS}
CODED = [(SPEECHTOKENIZER, 103.7e6), (BIGCODEC, 159e6), (VOCOS, 17.5e6)]
"""With their parameters, as the authors count them; of Vocos those of EnCodec's encoder and of 16 codebooks, too."""


@pytest.mark.parametrize(
    ("spec", "kbps", "frames_per_s", "size"),
    [
        ("speechtokenizer:hubert-avg", (0.5, 1.0, 2.0, 4.0), 50, 1024),
        ("bigcodec:alethia", (1.04,), 80, 8192),
        ("wavtokenizer:small-600", (0.48,), 40, 4096),
        ("wavtokenizer:small-320", (0.9,), 75, 4096),
        ("focalcodec:50hz", (0.65,), 50, 8192),
        ("focalcodec:12_5hz", (0.1625,), 12.5, 8192),
        ("focalcodec:50hz_65k_causal", (0.8,), 50, 65536),
        ("focalcodec:50hz_2k_causal", (0.55,), 50, 2048),
        ("vocos:encodec-24khz", (1.5, 3.0, 6.0, 12.0), 75, 1024),
        ("audiodec:libritts-v1", (6.4,), 80, 1024),
        ("audiodec:vctk-sym", (12.8,), 160, 1024),
        ("funcodec:general-ds640", (0.25, 0.5, 1.0, 2.0, 4.0, 8.0), 25, 1024),
        ("funcodec:libritts-ds320", (0.5, 1.0, 2.0, 4.0, 8.0, 16.0), 50, 1024),
        ("hificodec:24k-320d", (3.0,), 75, 1024),
        ("hificodec:24k-240d", (4.0,), 100, 1024),
        ("hificodec:16k-320d", (2.0,), 50, 1024),
        ("apcodec:own", (6.0,), 150, 1024),
    ],
)
def test_rates_are_as_published(spec: str, kbps: tuple[float, ...], frames_per_s: float, size: int) -> None:
    card = BY_SPEC[spec]
    assert tuple(point.nominal_kbps for point in card.points) == kbps
    assert card.sample_rate / card.frame == frames_per_s
    for point in card.points:
        books = [book for book in point.codebooks if book.per_frame]
        assert {book.size for book in books} == {size}
        assert sum(book.bits for book in books) * frames_per_s / 1000 == pytest.approx(point.nominal_kbps)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.spec)
def test_each_has_its_side_and_bounds_torch(card: CodecCard) -> None:
    assert card.environment is not None
    assert side_file(card.environment, "codecbench_elsewhere").is_file()
    assert any(text.startswith("torch>=") and "<" in text for text in card.environment.requirements)


@pytest.mark.parametrize("spec", ["wavtokenizer:small-600", "audiodec:libritts-v1", "hificodec:24k-320d"])
def test_one_that_is_no_package_says_what_to_clone(spec: str, tmp_path: Path) -> None:
    card = BY_SPEC[spec]
    assert card.environment is not None
    address = re.escape(card.environment.checkout)
    with pytest.raises(Unavailable, match=rf"its code is no package; `git clone {address}`, then run with"):
        checkout_sha256(card.spec, card.environment, "")
    with pytest.raises(Unavailable, match=rf"there is no Python file in .*--set {card.name}\.source=FOLDER"):
        checkout_sha256(card.spec, card.environment, str(tmp_path))
    (tmp_path / "model.py").write_text("a = 1\n")
    before = checkout_sha256(card.spec, card.environment, str(tmp_path))
    (tmp_path / "model.py").write_text("a = 2\n")
    assert checkout_sha256(card.spec, card.environment, str(tmp_path)) != before


def test_a_run_skips_what_is_not_there_and_makes_nothing(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    (tmp_path / "weights.ckpt").write_bytes(b"no weights")
    result = codecbench(
        "run", "--codecs", "pcm,speechtokenizer,wavtokenizer", "--weights",
        f"wavtokenizer={tmp_path / 'weights.ckpt'}", "--dataset", clips, "--limit", 1, "--metrics", "si_sdr",
        "--cost", "none", "--keep-audio", "none", "--out", tmp_path / "run",
    )  # fmt: skip
    assert result.returncode == 3, result.stderr
    assert "speechtokenizer:hubert-avg did not run: its weights are not on this machine" in result.stderr
    assert "wavtokenizer:small-600 did not run: its code is no package; `git clone" in result.stderr
    assert not (tmp_path / "environments").exists()


def test_weights_that_lie_apart_say_where_each_belongs(tmp_path: Path) -> None:
    card = BY_SPEC["audiodec:libritts-v1"]
    encoder, decoder = "symAD_libritts_24000_hop300", "AudioDec_v1_symAD_libritts_24000_hop300_clean"
    (tmp_path / f"{encoder}.pkl").write_bytes(b"of the encoder alone")
    with pytest.raises(UsageError, match=rf"{decoder}\.pkl must lie beside {encoder}\.pkl .*exp/vocoder/{decoder}/"):
        resolve(card, tmp_path)
    (tmp_path / f"{decoder}.pkl").write_bytes(b"of the decoder")
    assert resolve(card, tmp_path) == (tmp_path / f"{encoder}.pkl").resolve()


@pytest.mark.parametrize("level", [1e-8, 0.0123, 1.0, 3.5])
def test_funcodec_sends_the_level_as_a_float32(level: float) -> None:
    halves = halves_of(level)
    assert halves.shape == (2,)
    assert 0 <= halves.min() <= halves.max() < 65536
    assert level_of(halves) == np.float32(level)


def test_weight_normalisation_of_both_spellings() -> None:
    old = {"block.0.weight_g": 1, "block.0.weight_v": 2, "block.0.bias": 3}
    new = {"block.0.parametrizations.weight.original0": 1, "block.0.parametrizations.weight.original1": 2}
    assert current_names(old) == {**new, "block.0.bias": 3}
    assert current_names(new) == new


@pytest.mark.parametrize(("card", "parameters"), CODED, ids=[card.name for card, _ in CODED])
def test_in_its_environment_it_codes_by_its_bytes_alone(
    card: CodecCard, parameters: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With random weights."""
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert card.environment is not None
    make(card.spec, card.environment, lambda _: None)
    factory = registry().codecs[card.spec].factory
    encoder, decoder = (factory(CodecOptions.of(card)) for _ in range(2))
    assert isinstance(encoder, PackedSideCodec)
    assert encoder.parameters() == pytest.approx(parameters, rel=0.005)
    noise = np.random.default_rng(0).standard_normal((1, 8000)).astype(np.float32)
    for point in card.points[-2:]:
        payload = encoder.encode(Audio(0.1 * noise, card.sample_rate), point)
        frames = len(payload) * 8 // round(sum(book.bits for book in point.codebooks))
        assert 8000 <= frames * card.frame <= 8000 + card.frame
        decoded = decoder.decode(payload, point)
        assert decoded.sample_rate == card.decoded_rate
        assert decoded.length == frames * card.frame
        assert np.abs(decoded.samples).max() > 0
    encoder.close()
    decoder.close()
