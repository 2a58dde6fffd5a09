"""What holds for every neural codec of codecbench, on speech and on whatever else is thrown at it."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codecbench.api import Audio, Codec, CodecCard, CodecOptions, HasCodes, HasStages, OperatingPoint
from codecbench.errors import PayloadError
from codecbench.plugins import load_registry, registry
from codecbench.weights import resolve

OWN = tuple(point for point in entry_points(group="codecbench") if point.dist and point.dist.name == "codecbench")
CARDS = tuple(entry.card for entry in load_registry(OWN).codecs.values())
NAMES = tuple(card.name for card in CARDS if card.track == "reference" and not card.on_request)
"""Codecs of this distribution with reference weights: one that is added is held to all of this without a line here.
Those on request are of other rates and trainings: tests of their own hold them.
"""
LONGEST = 3.0
"""Seconds."""


@cache
def loaded(name: str, number: int = 0) -> tuple[Codec, CodecCard]:
    """The codec with its default checkpoint, as a run builds it; `number` tells separate instances apart."""
    entry = registry().codec(name)
    return entry.factory(CodecOptions(entry.card.checkpoint, resolve(entry.card), seed=3)), entry.card


@cache
def speech(rate: int = 16000) -> np.ndarray:
    probe = Path(str(files("codecbench.datasets") / "speech" / "probe"))
    samples, own = soundfile.read(sorted(probe.rglob("*.flac"))[0], dtype="float32")
    return soxr.resample(samples, own, rate)[: int(LONGEST * rate)]


def ends(card: CodecCard) -> tuple[OperatingPoint, OperatingPoint]:
    return card.points[0], card.points[-1]


def decoded_or_message(codec: Codec, payload: bytes, point: OperatingPoint) -> Audio | str:
    """What the codec makes of a payload, or why it refuses it."""
    try:
        return codec.decode(payload, point)
    except PayloadError as error:
        return str(error)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_reference_family(name: str) -> None:
    codec, card = loaded(name)
    assert (card.checkpoint, card.track, card.sample_rate, card.channels) == ("reference", "reference", 16000, 1)
    assert isinstance(codec, HasCodes)
    assert isinstance(codec, HasStages)
    assert codec.parameters() <= (5_000_000 if name == "ladiff" else 3_000_000)
    rates = [point.nominal_kbps for point in card.points]
    assert rates == sorted(rates)
    assert 0 < rates[0] <= 3 <= rates[-1] <= 6  # where the track's codecs stand side by side
    one, two = (Audio.mono(speech()[: 16000 * seconds], 16000) for seconds in (1, 2))
    for point in card.points:
        frames = [codec.codes(codec.encode(audio, point), point).shape[1] for audio in (one, two)]
        bits = sum(np.log2(codec.codebook_sizes(point)))
        assert bits * (frames[1] - frames[0]) == pytest.approx(1000 * point.nominal_kbps, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_its_card_states_its_cost(name: str) -> None:
    codec, card = loaded(name)
    assert card.parameters == codec.parameters()
    for figure in (card.encoder_macs_per_s, card.quantizer_macs_per_s, card.decoder_macs_per_s):
        assert figure is not None
        assert figure > 0
    assert card.whole_utterance or card.latency_ms is not None


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(samples=st.one_of(st.integers(1, 700), st.integers(1, int(16000 * LONGEST))), top=st.booleans())
def test_every_length_comes_back(name: str, samples: int, top: bool) -> None:
    codec, card = loaded(name)
    point = ends(card)[top]
    decoded = codec.decode(codec.encode(Audio.mono(speech()[:samples], 16000), point), point)
    assert decoded.length >= samples
    assert decoded.sample_rate == card.sample_rate
    assert np.isfinite(decoded.samples).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["silence", "clipped", "full-scale noise", "click", "offset"])
def test_odd_signals_are_coded(name: str, kind: str) -> None:
    codec, card = loaded(name)
    rng = np.random.default_rng(0)
    signal = {
        "silence": lambda: np.zeros(9000),
        "clipped": lambda: np.clip(30 * speech()[:9000], -1, 1),
        "full-scale noise": lambda: rng.uniform(-1, 1, 9000),
        "click": lambda: np.eye(1, 9000, 4000)[0],
        "offset": lambda: np.full(9000, 0.5),
    }[kind]()
    for point in ends(card):
        decoded = codec.decode(codec.encode(Audio.mono(signal.astype(np.float32), 16000), point), point)
        assert np.isfinite(decoded.samples).all()
        assert decoded.length >= 9000


@pytest.mark.parametrize("name", NAMES)
def test_encoding_is_deterministic_and_another_instance_decodes_alike(name: str) -> None:
    (codec, card), (other, _) = loaded(name), loaded(name, 1)
    audio = Audio.mono(speech()[:20000], 16000)
    for point in ends(card):
        payload = codec.encode(audio, point)
        assert payload == codec.encode(audio, point) == other.encode(audio, point)
        decoded = [each.decode(payload, point).samples for each in (codec, other, other)]
        assert np.array_equal(decoded[0], decoded[1])
        assert np.array_equal(decoded[1], decoded[2])


@pytest.mark.parametrize("name", NAMES)
def test_more_bits_are_spent_on_more_kbps(name: str) -> None:
    codec, card = loaded(name)
    sizes = [len(codec.encode(Audio.mono(speech(), 16000), point)) for point in card.points]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_payload_is_refused_or_decodes_to_its_length(name: str, data: st.DataObject) -> None:
    codec, card = loaded(name)
    point = data.draw(st.sampled_from(ends(card)))
    audio = Audio.mono(speech()[:6400], 16000)
    payload = bytearray(codec.encode(audio, point))
    whole = codec.decode(bytes(payload), point).length
    cut = data.draw(st.booleans())
    if cut:
        payload = payload[: data.draw(st.integers(0, len(payload) - 1))]
    else:
        bit = data.draw(st.integers(0, 8 * len(payload) - 1))
        payload[bit // 8] ^= 0x80 >> bit % 8
    decoded = decoded_or_message(codec, bytes(payload), point)
    if isinstance(decoded, str):
        assert "\n" not in decoded
        assert decoded.startswith(card.spec) or "payload" in decoded
        return
    assert np.isfinite(decoded.samples).all()
    assert decoded.length <= whole if cut else decoded.length == whole


@pytest.mark.parametrize("name", NAMES)
def test_another_codecs_payload_is_refused_or_decodes_to_finite_audio(name: str) -> None:
    codec, card = loaded(name)
    audio = Audio.mono(speech()[:6400], 16000)
    for rival in NAMES:
        other, its = loaded(rival)
        for point, its_point in zip(ends(card), ends(its), strict=True):
            try:
                decoded = codec.decode(other.encode(audio, its_point), point)
            except PayloadError:
                continue
            assert np.isfinite(decoded.samples).all()
