"""What all of them do: rates, bytes alone, one signal at a time; at a small size, with random weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from small_codecs import CODECS, make_small

from codecbench.api import Audio, CodecOptions, HasCodes, HasStages, PayloadError

OPTIONS = CodecOptions()
NAMES = tuple(CODECS)


def speech(rate: int, samples: int) -> Audio:
    rng = np.random.default_rng(0)
    return Audio.mono(0.1 * np.sin(np.cumsum(rng.uniform(0, 0.3, samples))) + 0.01 * rng.normal(size=samples), rate)


@pytest.fixture(params=NAMES)
def factory(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    return make_small(monkeypatch, request.param)


def test_another_instance_decodes_the_bytes_alone(factory: Any) -> None:
    encoder, decoder = factory(OPTIONS), factory(OPTIONS)
    card = encoder.card
    for point in (card.points[0], card.points[-1]):
        audio = speech(card.sample_rate, card.sample_rate + 7)
        payload = encoder.encode(audio, point)
        decoded = decoder.decode(payload, point)
        assert decoded.sample_rate == card.decoded_rate
        frame = card.decoded_length(card.frame)
        assert 0 <= decoded.length - card.decoded_length(audio.length) <= frame
        assert np.array_equal(decoded.samples, encoder.decode(payload, point).samples)
        assert isinstance(encoder, HasCodes)
        assert isinstance(encoder, HasStages)


def test_codes_are_those_that_are_sent_and_of_more_than_one_kind(factory: Any) -> None:
    codec = factory(OPTIONS)
    point = codec.card.points[-1]
    rows = codec.codes(codec.encode(speech(codec.card.sample_rate, 2 * codec.card.sample_rate), point), point)
    assert [len(row) / len(rows[0]) for row in rows] == [book.per_frame for book in point.codebooks]
    assert len(set(np.asarray(rows[0]).tolist())) > 1


@pytest.mark.parametrize("samples", [1, 7, 320, 1919, 1921])
def test_short_signals_come_back(factory: Any, samples: int) -> None:
    codec = factory(OPTIONS)
    card, point = codec.card, codec.card.points[0]
    decoded = codec.decode(codec.encode(speech(card.sample_rate, samples), point), point)
    assert decoded.length >= card.decoded_length(samples)
    assert np.isfinite(decoded.samples).all()


def test_an_empty_payload_is_refused(factory: Any) -> None:
    codec = factory(OPTIONS)
    with pytest.raises(PayloadError, match="holds no frame"):
        codec.decode(b"", codec.card.points[0])


def test_weights_are_drawn_from_the_seed(factory: Any) -> None:
    audio = speech(factory(OPTIONS).card.sample_rate, 8000)
    point = factory(OPTIONS).card.points[0]
    state = torch.random.get_rng_state()
    payloads = [factory(CodecOptions(seed=seed)).encode(audio, point) for seed in (0, 0, 1)]
    assert payloads[0] == payloads[1] != payloads[2]
    assert torch.equal(state, torch.random.get_rng_state())  # nobody else's numbers are drawn


def test_every_stage_is_counted(factory: Any) -> None:
    from codecbench.cost.stages import measure_stages

    codec = factory(OPTIONS)
    costs = measure_stages(codec, speech(codec.card.sample_rate, codec.card.sample_rate), codec.card.points[0])
    assert set(costs.macs_per_s) == {"encoder", "quantizer", "decoder"}
    assert costs.macs_per_s["encoder"] > 0 < costs.macs_per_s["decoder"]
    assert not costs.unknown
