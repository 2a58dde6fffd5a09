"""The figures on cards are measured again: an architecture that changes without its card fails here."""

from __future__ import annotations

import numpy as np
import pytest

from codecbench.api import Audio, CodecCard, HasStages, OperatingPoint, Unavailable
from codecbench.cost.card import build, card_latency, points_alike, stage_figures
from codecbench.cost.figures import figures_at, read_figures
from codecbench.cost.latency import no_less_than_declared
from codecbench.plugins import registry

PACKAGES = {entry.factory.__module__.partition(".")[0] for entry in registry().codecs.values()}
KEPT = {spec: figures for package in sorted(PACKAGES) for spec, figures in read_figures(package).items()}
POINT = OperatingPoint(1.0)
PLAIN = CodecCard("plain", 1000, (POINT,), encoder_macs_per_s=5.0)
SMALL = 20_000_000
"""Parameters up to which a codec is measured again here; published sizes take minutes."""


def test_classic_codecs_have_figures():
    assert {"pcm:default", "opus:default", "codec2:default"} <= set(KEPT)


@pytest.mark.parametrize("spec", KEPT)
def test_the_registered_card_shows_what_was_measured(spec):
    card = registry().codec(spec).card
    shown = {name: getattr(card, name) for name in CodecCard.MEASURED if getattr(card, name) is not None}
    assert shown == {name: KEPT[spec][name] for name in shown}
    assert all(value > 0 for value in shown.values())


def again(spec):
    """The codec, as it was measured: with its weights, or without where they were absent then too."""
    figures = KEPT[spec]
    if figures.get("parameters", 0) > SMALL or figures["weights"] != "own":
        pytest.skip("published size: measured by `codecbench dev card`")
    try:
        built = build(spec)
    except Unavailable as error:
        pytest.skip(str(error))
    if not built.trained:
        pytest.skip("its weights are not on this machine")
    return built


@pytest.mark.parametrize("spec", KEPT)
def test_macs_are_measured_again(spec):
    built = again(spec)
    if not isinstance(built.codec, HasStages):
        assert "parameters" not in KEPT[spec]
        return
    assert stage_figures(built.codec, built.card).items() <= KEPT[spec].items()


@pytest.mark.parametrize("spec", KEPT)
def test_latency_is_measured_again(spec):
    built = again(spec)
    position = KEPT[spec].get("latency_position")
    if position is None:
        pytest.skip("needs the whole utterance, or was not measured")
    points = [built.card.point(label) for label in KEPT[spec]["latency_points"]]
    measured = card_latency(built, points, [position], KEPT[spec]["latency_signals"]).latency
    assert measured.total_ms == KEPT[spec]["latency_measured_ms"]
    latency = no_less_than_declared(measured, built.card, points[0])
    for name, value in (("latency", latency.total_ms), ("buffering", latency.buffering_ms)):
        assert value == KEPT[spec][f"{name}_ms"]
    assert latency.lookahead_ms == KEPT[spec]["lookahead_ms"]
    assert latency.kind == KEPT[spec]["latency_kind"]


def test_no_card_states_less_latency_than_its_frame_and_lookahead():
    for entry in registry().codecs.values():
        card = entry.card
        for point in card.points if card.latency_ms is not None else ():
            figures, frame = figures_at(card, point), card.frame_at(point)
            declared = (frame + card.lookahead_at(point)) * (1000 / card.sample_rate)
            assert figures["latency_ms"] >= declared, card.spec
            assert figures["buffering_ms"] <= frame * (1000 / card.sample_rate), card.spec
            kind = card.latency_kind_at(point)
            assert kind == "measured" or (kind, figures["latency_ms"]) == ("structural", declared), card.spec
    assert registry().codec("dac").card.latency_ms == 5954 / 16


def test_codec2_has_the_latency_of_each_of_its_frames():
    """libcodec2 codes 20 ms at 2.4 and 3.2 kbps, 40 ms below; 700C waits for one more sub-frame."""
    card = registry().codec("codec2").card
    stated = {point.label: figures_at(card, point)["latency_ms"] for point in card.points}
    assert stated == {"0.7": 70.0, "1.2": 60.0, "1.3": 60.0, "1.4": 60.0, "1.6": 60.0, "2.4": 40.0, "3.2": 40.0}
    assert (card.latency_ms, card.buffering_ms) == (70.0, 40.0)
    assert figures_at(card, card.point("3.2"))["buffering_ms"] == 20.0
    groups = [[point.label for point in points] for points in points_alike(card)]
    assert groups == [["0.7"], ["1.2", "1.3", "1.4", "1.6"], ["2.4", "3.2"]]


def test_macs_of_stages_and_their_growth():
    torch = pytest.importorskip("torch")
    layer = torch.nn.Conv1d(1, 4, 5, padding=2)

    class Attentive:
        def parameters(self):
            return 24

        def stages(self, audio, point):
            x = torch.from_numpy(audio.samples)[None]
            frames = torch.randn(1, 1, audio.length // 100, 8)
            attend = torch.nn.functional.scaled_dot_product_attention
            return {"encoder": lambda: layer(x), "decoder": lambda: attend(frames, frames, frames)}

    card = CodecCard("attentive", 1000, (OperatingPoint(1.0),), frame=100)
    figures = stage_figures(Attentive(), card)
    assert figures["parameters"] == 24
    assert figures["encoder_macs_per_s"] == 1000 * 4 * 5
    assert figures["decoder_macs_per_s"] == 2 * 100 * 100 * 8 / 10  # 100 frames in 10 s
    assert figures["macs_per_s2"] == {"encoder": 0, "decoder": 2 * 10 * 10 * 8}


def test_each_operating_point_shows_its_own_macs():
    card = registry().codec("ibpcodec").card
    low, high = (figures_at(card, card.point(label)) for label in ("1", "6"))
    assert high == {name: getattr(card, name) for name in CodecCard.MEASURED}
    assert low["quantizer_macs_per_s"] == high["quantizer_macs_per_s"] / 6
    assert low["encoder_macs_per_s"] == high["encoder_macs_per_s"]
    assert figures_at(PLAIN, POINT)["encoder_macs_per_s"] == 5.0
    for spec, figures in KEPT.items():
        if "macs_point" in figures:
            points = registry().codec(spec).card.points
            assert list(figures["macs_by_point"]) == [point.label for point in points], spec
            highest = figures["macs_by_point"][figures["macs_point"]]
            assert highest == {stage: figures[f"{stage}_macs_per_s"] for stage in highest}, spec


@pytest.mark.parametrize("spec", KEPT)
def test_what_a_card_calls_unknown_is_unknown(spec):
    pytest.importorskip("torch")
    from codecbench.cost.operations import WITHOUT_MACS

    assert not {name.removeprefix("aten.") for name in KEPT[spec].get("macs_unknown", ())} & WITHOUT_MACS


def test_stereo_cards_are_measured_in_stereo():
    pytest.importorskip("torch")
    seen = []

    class Stereo:
        def parameters(self):
            return 0

        def stages(self, audio, point):
            seen.append(audio)
            return {}

    stage_figures(Stereo(), CodecCard("stereo", 1000, (OperatingPoint(1.0),), channels=2, frame=10))
    assert all(isinstance(audio, Audio) and audio.channels == 2 for audio in seen)
    assert seen[0].seconds == 10
    assert np.any(seen[0].samples)
