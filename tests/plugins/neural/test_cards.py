"""What the cards say against what papers and model pages say, and against the libraries' own configurations."""

from __future__ import annotations

from pathlib import Path

import codecbench_neural
import pytest
import torch
from codecbench_neural.cards import CARDS, LYRA, MIMI, NEUCODEC, SNAC_24, SNAC_32, SNAC_44, XCODEC, XCODEC2
from codecbench_neural.snac import MUSIC, SPEECH

from codecbench.api import CodecCard

MODULE_LINES = 60


def tokens(card: CodecCard, index: int) -> tuple[float, float | None]:
    """Bits and codes a second of the point at `index`, as the card states them."""
    point = card.points[index]
    return point.bits_per_frame * card.sample_rate / (card.hop or card.frame), card.tokens_per_s_at(point)


def test_rates_are_exactly_those_of_the_papers() -> None:
    assert tokens(MIMI, 0) == (pytest.approx(1100), 12.5 * 8)
    assert tokens(MIMI, 1) == (pytest.approx(4400), 12.5 * 32)
    assert tokens(XCODEC, -1) == (4000, 50 * 8)
    assert tokens(XCODEC2, 0) == tokens(NEUCODEC, 0) == (800, 50)
    assert [round(tokens(LYRA, index)[0]) for index in range(3)] == [3200, 6000, 9200]
    # Codes a second of each codebook, as the model cards of SNAC list them: 12, 23, 47; 10 to 83; 14 to 115 Hz.
    for card, wanted, kbps in ((SNAC_24, (12, 23, 47), 0.98), (SNAC_32, (10, 21, 42, 83), 1.9),
                               (SNAC_44, (14, 29, 57, 115), 2.6)):  # fmt: skip
        frames = card.frame_rate_at(card.points[0])
        assert tuple(round(frames * book.per_frame) for book in card.points[0].codebooks) == wanted
        assert tokens(card, 0)[0] / 1000 == pytest.approx(kbps, abs=0.03)


def test_nominal_bitrates_are_those_of_the_codes() -> None:
    for card in CARDS:
        for index, point in enumerate(card.points):
            assert tokens(card, index)[0] / 1000 == pytest.approx(point.nominal_kbps, abs=0.005), point.label


def test_neucodec_reads_16_khz_and_writes_24() -> None:
    assert (NEUCODEC.sample_rate, NEUCODEC.decoded_rate) == (16000, 24000)
    assert {card.name for card in CARDS if card.output_sample_rate} == {"neucodec"}


def test_what_is_not_free_says_so() -> None:
    assert "CC-BY-NC" in XCODEC2.licence
    for card in CARDS:
        assert card.weights is not None
        assert card.weights.url
        assert card.paper
        assert card.track == "published"
    pinned = {f"{card.spec}" for card in CARDS if card.weights and card.weights.sha256}
    assert pinned == {"mimi:kyutai", "snac:24khz", "lyra:v2"}


def test_sizes_are_the_published_ones() -> None:
    """In millions: the model cards of Mimi and SNAC; X-Codec 2's file of 3.29 GB has all 24 layers of w2v-BERT."""
    from snac import SNAC
    from transformers import (
        MimiConfig,
        MimiModel,
        NeuCodecConfig,
        NeuCodecModel,
        Wav2Vec2BertConfig,
        Xcodec2Config,
        Xcodec2Model,
        XcodecConfig,
        XcodecModel,
    )

    def millions(model: torch.nn.Module) -> float:
        return sum(parameter.numel() for parameter in model.parameters()) / 1e6

    with torch.device("meta"):
        assert millions(MimiModel(MimiConfig())) == pytest.approx(79.3, abs=0.05)
        assert millions(SNAC(24000, **SPEECH)) == pytest.approx(19.8, abs=0.05)
        assert millions(SNAC(44100, **MUSIC)) == pytest.approx(54.5, abs=0.05)
        assert millions(XcodecModel(XcodecConfig())) == pytest.approx(160.7, abs=0.05)
        whole = Xcodec2Config(semantic_model_config=Wav2Vec2BertConfig())
        assert 4 * millions(Xcodec2Model(whole)) / 1000 == pytest.approx(3.29, abs=0.02)
        assert millions(NeuCodecModel(NeuCodecConfig())) == pytest.approx(
            millions(Xcodec2Model(Xcodec2Config())), abs=1
        )


def test_a_codec_of_transformers_is_under_sixty_lines() -> None:
    folder = Path(codecbench_neural.__file__).parent
    for name in ("mimi", "xcodec", "xcodec2", "neucodec", "snac"):
        assert len((folder / f"{name}.py").read_text().splitlines()) < MODULE_LINES, name
