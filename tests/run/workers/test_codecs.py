"""The entropy-coded size is that of a whole payload: side information is in it, as it is in the measured size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from codecbench.analysis.rates import Rate, measure_rate
from codecbench.api import CodecOptions
from codecbench.conditions import SourceRecording
from codecbench.entropy import coded_bytes, load_model
from codecbench.plugins import registry
from codecbench.run.workers import CodecJob, Encoded, encode
from codecbench.store.rows import CodingRow
from codecbench.weights import resolve


def encoded(name: str, label: str, clip: Path, weights: Path | None = None) -> Encoded:
    card = registry().codec(name).card
    found = encode(
        CodecJob(card.spec, CodecOptions(card.checkpoint, weights or resolve(card))), label, SourceRecording(clip)
    )
    assert isinstance(found, Encoded), found
    return found


@pytest.mark.parametrize(("name", "side"), [("facodec", 192), ("ladiff", 1), ("encodec", 0)])
def test_side_information_is_in_the_entropy_coded_size(name: str, side: int, clips: Path) -> None:
    card = registry().codec(name).card
    model = load_model(card, resolve(card))
    assert model is not None
    for point in (card.points[0], card.points[-1]):
        found = encoded(name, point.label, clips.parent / "clip0.wav")
        assert found.codes is not None
        assert found.codebooks is not None
        assert found.entropy_bytes == side + coded_bytes(found.codes, found.codebooks, model)


def rate(found: Encoded) -> Rate:
    return measure_rate([
        CodingRow(
            "key", "encodec", "reference", "6", 6.0, "clip0", 0, "ok", payload_bytes=len(found.payload), seconds=0.8,
            entropy_bytes=found.entropy_bytes, codebooks=found.codebooks, codes=found.codes,
        )
    ])  # fmt: skip


def test_codes_of_other_weights_are_not_coded_with_the_bundled_model(clips: Path, tmp_path: Path) -> None:
    bundled, mine = resolve(registry().codec("encodec").card), tmp_path / "mine.safetensors"
    assert bundled is not None
    tensors = load_file(bundled)
    name = next(name for name in tensors if name.endswith("codebook.embed"))
    save_file(tensors | {name: tensors[name][::-1].copy()}, mine)
    found = encoded("encodec", "6", clips.parent / "clip0.wav", mine)
    assert found.entropy_bytes is None
    assert rate(found).entropy_reason == "no entropy model for these weights"
    assert rate(replace(found, payload=found.payload[:-9])).entropy_reason == (
        "the payload is smaller than its codes at fixed length: it is coded in another way"
    )
