"""The entropy-coded size is that of a whole payload: side information is in it, as it is in the measured size."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.api import CodecOptions
from codecbench.entropy import coded_bytes, load_model
from codecbench.plugins import registry
from codecbench.run.workers import CodecJob, Encoded, encode
from codecbench.weights import resolve


def encoded(name: str, label: str, clip: Path) -> Encoded:
    card = registry().codec(name).card
    found = encode(CodecJob(card.spec, CodecOptions(card.checkpoint, resolve(card))), label, clip)
    assert isinstance(found, Encoded), found
    return found


@pytest.mark.parametrize(("name", "side"), [("facodec", 192), ("ladiff", 1), ("encodec", 0)])
def test_side_information_is_in_the_entropy_coded_size(name: str, side: int, clips: Path) -> None:
    card = registry().codec(name).card
    model = load_model(card)
    assert model is not None
    for point in (card.points[0], card.points[-1]):
        found = encoded(name, point.label, clips.parent / "clip0.wav")
        assert found.codes is not None
        assert found.codebook_sizes is not None
        assert found.entropy_bytes == side + coded_bytes(found.codes, found.codebook_sizes, model)
