"""DAC with random weights: rates, lengths, alignment around its shortfall, hostile payloads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from codecbench_dac import REFERENCE
from codecbench_dac.codec import Dac
from codecbench_dac.config import CONFIGURATIONS, DacConfiguration
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.api import Audio, CodecOptions, OperatingPoint
from codecbench.errors import PayloadError

POINTS = REFERENCE.points


@pytest.fixture(scope="module")
def codec() -> Dac:
    return Dac(REFERENCE, CodecOptions("reference", seed=1))


def noise(samples: int, seed: int = 0) -> Audio:
    return Audio.mono(0.1 * np.random.default_rng(seed).standard_normal(samples).astype(np.float32), 16000)


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.label)
def test_measured_rate_equals_nominal(codec: Dac, point: OperatingPoint) -> None:
    payload = codec.encode(noise(32000), point)
    assert 8 * len(payload) / 2.0 == 1000 * point.nominal_kbps
    assert len(codec.codes(payload, point)) == point.settings["codebooks"]


@pytest.mark.parametrize("samples", [1, 2, 7, 311, 312, 319, 320, 321, 639, 641, 1000, 4801, 9999, 15999, 16000])
def test_any_length_comes_back_at_least_as_long(codec: Dac, samples: int) -> None:
    for point in (POINTS[0], POINTS[-1]):
        decoded = codec.decode(codec.encode(noise(samples), point), point)
        assert samples <= decoded.length < samples + 320
        assert np.isfinite(decoded.samples).all()


def test_the_shortfall_is_eight_zeros_at_the_end(codec: Dac) -> None:
    decoded = codec.decode(codec.encode(noise(6400), POINTS[-1]), POINTS[-1]).samples[0]
    assert not decoded[-8:].any()
    assert decoded[-9] != 0


def touched(network: torch.nn.Module, signal: torch.Tensor, position: int) -> tuple[int, int]:
    """First and one-past-last output position that depends on one input position, by propagating a NaN."""
    signal = signal.clone()
    signal[..., position] = float("nan")
    with torch.no_grad():
        found = torch.isnan(network(signal)).any(dim=1)[0].nonzero()[:, 0]
    return int(found[0]), int(found[-1]) + 1


@pytest.mark.parametrize("checkpoint", ["reference", "descript-44khz"])
def test_decoder_writes_where_encoder_read_and_the_lookahead_is_the_declared_one(checkpoint: str) -> None:
    """The windows of one frame in input and output have the same centre: zeros belong after the output, not before."""
    configuration = CONFIGURATIONS[checkpoint]()
    if checkpoint != "reference":
        configuration = replace(configuration, encoder_width=2, decoder_width=32, weight_norm=False)
    model, hop, frame = configuration.build(), configuration.hop, 30
    with torch.no_grad():
        latents = model.encoder(torch.zeros(1, 1, 60 * hop))
    written = touched(model.decoder, latents, frame)
    read = _read_by(model.encoder, frame, 60 * hop, hop)
    assert sum(read) == sum(written)
    assert read[1] - written[0] == hop + configuration.lookahead


def _read_by(encoder: torch.nn.Module, frame: int, samples: int, hop: int) -> tuple[int, int]:
    """First and one-past-last input sample that a frame depends on, by bisection from the frame's middle."""
    silence = torch.zeros(1, 1, samples)

    def reads(sample: int) -> bool:
        first, end = touched(encoder, silence, sample)
        return first <= frame < end

    low, high = 0, frame * hop + hop // 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reads(middle) else (middle + 1, high)
    first, high = low, samples - 1
    low = frame * hop + hop // 2
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if reads(middle) else (low, middle - 1)
    return first, low + 1


def test_coding_twice_gives_the_same_bytes_and_bits(codec: Dac) -> None:
    other = Dac(REFERENCE, CodecOptions("reference", seed=1))
    audio = noise(7000)
    for point in POINTS:
        payload = codec.encode(audio, point)
        assert payload == codec.encode(audio, point) == other.encode(audio, point)
        decoded = [c.decode(payload, point).samples for c in (codec, codec, other)]
        assert np.array_equal(decoded[0], decoded[1])
        assert np.array_equal(decoded[0], decoded[2])


def test_codes_survive_the_payload_and_lower_points_are_prefixes(codec: Dac) -> None:
    audio = noise(5000)
    codes = codec.encode_codes(torch.from_numpy(audio.samples)[None], POINTS[-1])[0].numpy()
    for point in POINTS:
        read = codec.codes(codec.encode(audio, point), point)
        assert np.array_equal(read, codes[: len(read)])


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_damaged_payload_is_refused_or_decodes(codec: Dac, data: st.DataObject) -> None:
    point = data.draw(st.sampled_from(POINTS))
    payload = bytearray(codec.encode(noise(1600), point))
    if data.draw(st.booleans()):
        payload = payload[: data.draw(st.integers(0, len(payload) - 1))]
    else:
        bit = data.draw(st.integers(0, 8 * len(payload) - 1))
        payload[bit // 8] ^= 0x80 >> bit % 8
    try:
        decoded = codec.decode(bytes(payload), point)
    except PayloadError:
        return
    assert decoded.length == 320 * (8 * len(payload) // (10 * point.settings["codebooks"]))
    assert np.isfinite(decoded.samples).all()


def test_stages_run_apart(codec: Dac) -> None:
    stages = codec.stages(noise(3200), POINTS[-1])
    shapes = {name: tuple(stage().shape) for name, stage in stages.items()}
    assert shapes == {"encoder": (1, 128, 10), "quantizer": (1, 12, 10), "decoder": (1, 1, 3192)}
    assert codec.parameters() == sum(p.numel() for p in DacConfiguration.reference().build().parameters())
