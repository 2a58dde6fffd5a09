"""The side of FocalCodec: a checkout of the authors' repository, in an environment of its own."""

from __future__ import annotations

import json
import os
import sys
from typing import Any


class Unavailable(Exception):
    """It cannot run here: known to codecbench by its name."""


class FocalCodec:
    """The model of the `config.json` beside its weights, without which nothing says which of its models it is."""

    def __init__(self, options: dict[str, Any]) -> None:
        if options["weights"] is None:
            raise Unavailable("its config.json, which lies beside the weights, says what the model is: it needs both")
        sys.path.insert(0, os.path.expanduser(options["settings"]["source"]))  # noqa: PTH111 - as a path of the list
        import torch
        from focalcodec import FocalCodec as Model
        from safetensors.torch import load_file

        self.torch, self.device = torch, options["device"]
        with open(os.path.join(os.path.dirname(options["weights"]), "config.json")) as file:  # noqa: PTH118, PTH120, PTH123
            self.model = Model(**json.load(file))
        self.model.load_state_dict(load_file(options["weights"]))
        self.model.eval().requires_grad_(False).to(self.device)

    def encode_codes(self, samples: Any, sample_rate: int, point: dict[str, Any]) -> Any:  # noqa: ARG002
        audio = self.torch.from_numpy(samples).to(self.device)
        with self.torch.no_grad():
            return self.model.sig_to_toks(audio).cpu().numpy()  # [1, frames]

    def decode_codes(self, codes: Any, point: dict[str, Any]) -> tuple[Any, int]:  # noqa: ARG002
        with self.torch.no_grad():
            audio = self.model.toks_to_sig(self.torch.from_numpy(codes).to(self.device))  # [1, samples]
        return audio.cpu().numpy(), int(self.model.sample_rate_output)

    def parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.model.parameters())


def open_codec(options: dict[str, Any]) -> FocalCodec:
    """The codec: see docs/environments.md."""
    return FocalCodec(options)
