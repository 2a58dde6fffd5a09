"""SCOREQ's side (Ragano, Skoglund and Hines, NeurIPS 2024), by the package `scoreq-pytorch`, which has it in torch."""

from __future__ import annotations

from typing import Any

SHORTEST_S = 0.5


class Abstain(Exception):
    """There is no figure, and the text says why."""


class Scoreq:
    def __init__(self, weights: str) -> None:
        import torch
        from scoreq_pytorch.scoreq_torch import SCOREQModel, remove_weight_norm_for_jit

        self.torch = torch
        self.model = SCOREQModel("nr")
        # Strictly: the package itself takes any table of tensors, and leaves at random what it lacks.
        self.model.model.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
        self.model.eval()
        remove_weight_norm_for_jit(self.model)

    def score(self, reference: Any, decoded: Any, sample_rate: int) -> tuple[float, dict[str, Any]]:
        """The predicted MOS, without a reference."""
        if len(decoded) < SHORTEST_S * sample_rate:
            raise Abstain(f"too short: needs {SHORTEST_S:g} s")
        if not decoded.any():
            raise Abstain("the decoded signal is silent")
        with self.torch.no_grad():
            return float(self.model(self.torch.from_numpy(decoded.copy()))[0]), {}


def open_metric(options: dict[str, Any]) -> Any:
    return Scoreq(options["weights"])
