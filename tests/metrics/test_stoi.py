from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from codecbench.metrics.stoi import ESTOI_CARD, STOI_CARD

pytest.importorskip("pystoi")


def test_the_cards_band_is_that_of_pystois_filters() -> None:
    """To within the half bin by which pystoi rounds an edge; an upper edge is the first bin that is not seen."""
    pystoi = import_module("pystoi.stoi")
    filters, _ = import_module("pystoi.utils").thirdoct(pystoi.FS, pystoi.NFFT, pystoi.NUMBAND, pystoi.MINFREQ)
    bin_hz = pystoi.FS / pystoi.NFFT
    seen = np.flatnonzero(filters.any(axis=0))
    for card in (STOI_CARD, ESTOI_CARD):
        assert card.band == (
            pytest.approx(seen[0] * bin_hz, abs=bin_hz / 2),
            pytest.approx((seen[-1] + 1) * bin_hz, abs=bin_hz / 2),
        )
