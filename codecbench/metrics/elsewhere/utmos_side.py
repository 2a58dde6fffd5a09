"""UTMOS22's side (Saeki et al., Interspeech 2022), by the package `utmos-pytorch`, which has it in torch."""

from __future__ import annotations

from typing import Any

SHORTEST_S = 0.5


class Abstain(Exception):
    """There is no figure, and the text says why."""


class Utmos:
    def __init__(self, weights: str) -> None:
        import torch
        from utmos_pytorch.utmos_torch import UTMOSModel, UTMOSScoreTorch, remove_weight_norm_for_jit

        self.torch = torch
        # Its own loading takes any table of tensors, and leaves at random what it lacks.
        self.model = UTMOSScoreTorch.__new__(UTMOSScoreTorch)
        torch.nn.Module.__init__(self.model)
        self.model.device, self.model.model = "cpu", UTMOSModel()
        self.model.model.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
        self.model.eval()
        remove_weight_norm_for_jit(self.model.model)

    def score(self, reference: Any, decoded: Any, sample_rate: int) -> tuple[float, dict[str, Any]]:
        """The predicted MOS."""
        if len(decoded) < SHORTEST_S * sample_rate:
            raise Abstain(f"too short: needs {SHORTEST_S:g} s")
        if not decoded.any():
            raise Abstain("the decoded signal is silent")
        return float(self.model.score(self.torch.from_numpy(decoded.copy()))[0]), {}


def open_metric(options: dict[str, Any]) -> Any:
    return Utmos(options["weights"])
