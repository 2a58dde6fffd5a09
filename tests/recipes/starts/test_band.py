"""Codes of a block: what the whole band's keep exactly, and what of the rest."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from recipes.starts.band import BAND, BlockCode, emphasis, group_edges, lowest_dct, whole_band


def test_the_dct_is_orthonormal() -> None:
    rows = lowest_dct(40, 320)
    assert torch.allclose(rows @ rows.T, torch.eye(40), atol=1e-5)


@pytest.mark.parametrize(("latents", "samples"), [(128, 320), (96, 200), (64, 320), (64, 80), (8, 8)])
def test_groups_follow_one_another_and_widen_up_to_the_band(latents: int, samples: int) -> None:
    edges = group_edges(latents, samples)
    sizes = torch.tensor(edges).diff()
    assert len(sizes) == latents
    assert edges[0] == 0
    assert edges[-1] == max(latents, round(BAND * samples))
    assert (sizes[: latents // 2] == 1).all()
    assert sizes.min() == 1
    assert sizes[-1] == sizes.max()


def test_low_coefficients_are_exact_and_groups_keep_their_energy() -> None:
    code, coefficients = (
        whole_band(128, 320, seed=0),
        torch.randn(256, 4000, generator=torch.Generator().manual_seed(0)),
    )
    dct = lowest_dct(256, 320)
    back = dct @ code.synthesis @ (code.analysis @ dct.T @ coefficients)
    assert torch.allclose(back[:64], coefficients[:64], atol=1e-3)
    for first, end in list(pairwise(group_edges(128, 320)))[64:]:
        kept = back[first:end].square().sum() / coefficients[first:end].square().sum()
        assert kept == pytest.approx(1, abs=0.12)


def test_the_seed_decides_the_signs() -> None:
    one, same, other = (whole_band(128, 320, seed).analysis for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_rotation_and_weights_are_undone_by_decoding() -> None:
    code = BlockCode.orthonormal(lowest_dct(16, 40))
    square = torch.linalg.qr(torch.randn(16, 16, generator=torch.Generator().manual_seed(0)))[0]
    for changed in (code.rotated(square), code.weighted(emphasis(16, 40))):
        assert torch.allclose(changed.synthesis @ changed.analysis, code.synthesis @ code.analysis, atol=1e-5)


def test_emphasis_rises_from_half_a_power_at_0_hz() -> None:
    gains = emphasis(128, 320)
    assert gains[0] == pytest.approx(0.5**0.5)
    assert gains[12] == pytest.approx(1.0)  # 300 Hz: coefficients are 25 Hz apart
    assert (gains.diff() > 0).all()
