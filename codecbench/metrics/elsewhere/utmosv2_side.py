"""UTMOSv2's side (Baba, Nakata, Saito and Saruwatari, SLT 2024), by the package `hyperion-utmosv2`.

It predicts from crops that are drawn at random, so that two predictions of one signal differ: codecbench asks several
times. The package builds its network on models of Hugging Face's hub, which must be in the local cache: nothing is
fetched here.
"""

from __future__ import annotations

import functools
import os
from typing import Any

SHORTEST_S = 0.5


class Abstain(Exception):
    """There is no figure, and the text says why."""


class Unavailable(Exception):
    """It cannot run here, and the text says what to do."""


class UtmosV2:
    def __init__(self, weights: str) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"  # read when the hub's library is imported
        import torch
        import utmosv2

        loading: Any = torch
        loading.load = functools.partial(torch.load, weights_only=True)  # of the user's: no code

        try:
            self.model = utmosv2.create_model(config="fusion_stage3", checkpoint_path=weights, device="cpu")
        except OSError as error:
            told = " ".join(str(error).split())[:200]
            raise Unavailable(
                "UTMOSv2 builds on facebook/wav2vec2-base and a timm model, which are not in Hugging Face's cache on "
                f"this machine ({told}); load them there once"
            ) from error

    def score(self, reference: Any, decoded: Any, sample_rate: int) -> tuple[float, dict[str, Any]]:
        """The predicted MOS of one repetition."""
        if len(decoded) < SHORTEST_S * sample_rate:
            raise Abstain(f"too short: needs {SHORTEST_S:g} s")
        if not decoded.any():
            raise Abstain("the decoded signal is silent")
        found = self.model.predict(
            data=decoded[None].copy(), sr=sample_rate, device="cpu", num_workers=0, num_repetitions=1, verbose=False
        )
        return float(found[0]), {}


def open_metric(options: dict[str, Any]) -> Any:
    return UtmosV2(options["weights"])
