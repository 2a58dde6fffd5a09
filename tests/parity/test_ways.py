from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from made_payloads import PLUGIN

from codecbench.api import Audio, CodecOptions
from codecbench.parity.ways import NOT_PACKED, Subject, ways


@pytest.fixture(scope="module")
def plugin() -> dict[str, Any]:
    made: dict[str, Any] = {}
    exec(PLUGIN, made)
    return made


def tried(codec: Any) -> dict[str, Any]:
    noise = Audio.mono(np.random.default_rng(0).uniform(-0.5, 0.5, 803), 16000)
    subject = Subject.of(codec, codec.card, codec.card.points[-1], noise, pieces=(5,))
    return {name: way(subject) for name, way in ways(subject)}


def test_codes_at_fixed_length_are_cut_into_pieces(plugin: dict[str, Any]) -> None:
    found = tried(plugin["Samples"](CodecOptions()))
    assert not any(one.absent for one in found.values())


def test_a_payload_of_more_than_its_codes_is_not_cut(plugin: dict[str, Any]) -> None:
    """Of codes that are entropy-coded, or have a header, no part is a payload: that is no failure."""

    class Headed(plugin["Samples"]):  # type: ignore[misc]
        def encode(self, audio: Audio, point: Any) -> bytes:
            return b"head" + super().encode(audio, point)

        def codes(self, payload: bytes, point: Any) -> Any:
            return super().codes(payload[4:], point)

    found = tried(Headed(CodecOptions()))
    assert {name for name, one in found.items() if one.absent == NOT_PACKED} == {"pieces of 5 frames", "cut to 64"}
    assert found["again"].audio is not None
