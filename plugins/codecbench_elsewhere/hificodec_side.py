"""The side of HiFi-Codec: a checkout of AcademiCodec, in an environment of its own."""

from __future__ import annotations

import json
import os
import sys
from typing import Any


class Unavailable(Exception):
    """It cannot run here: known to codecbench by its name."""


class HifiCodec:
    """The model of one of the checkout's configurations, with a checkpoint or with random weights."""

    def __init__(self, options: dict[str, Any]) -> None:
        source = os.path.expanduser(options["settings"]["source"])  # noqa: PTH111 - as the rest of this file
        sys.path.insert(0, source)
        name = options["checkpoint"]  # "24k-320d"
        path = os.path.join(source, "egs", f"HiFi-Codec-{name}", f"config_{name.replace('-', '_')}.json")  # noqa: PTH118
        if not os.path.isfile(path):  # noqa: PTH113
            raise Unavailable(f"there is no {path}; --set hificodec.source=FOLDER names a checkout of AcademiCodec")
        import torch
        from academicodec.models.hificodec.env import AttrDict
        from academicodec.models.hificodec.models import Encoder, Generator, Quantizer

        self.torch, self.device = torch, options["device"]
        torch.manual_seed(options["seed"])
        with open(path) as file:  # noqa: PTH123
            config = AttrDict(json.load(file))
        self.sample_rate, self.hop = int(config.sampling_rate), 1
        for rate in config.upsample_rates:  # its `hop_size` is that of a spectrogram in training
            self.hop *= rate
        self.parts = {"encoder": Encoder(config), "quantizer": Quantizer(config), "generator": Generator(config)}
        if options["weights"] is not None:
            kept = torch.load(options["weights"], map_location="cpu", weights_only=True)
            for part, model in self.parts.items():
                model.load_state_dict(kept[part])
        for model in self.parts.values():
            model.eval().requires_grad_(False).to(self.device)

    def encode_codes(self, samples: Any, sample_rate: int, point: dict[str, Any]) -> Any:  # noqa: ARG002
        missing = max(self.hop, -(-samples.shape[1] // self.hop) * self.hop) - samples.shape[1]
        audio = self.torch.nn.functional.pad(self.torch.from_numpy(samples), (0, missing))[None].to(self.device)
        with self.torch.no_grad():
            rows = self.parts["quantizer"](self.parts["encoder"](audio))[2]  # first both groups, then their residuals
        return self.torch.stack(rows).cpu().numpy()  # [4, frames]

    def decode_codes(self, codes: Any, point: dict[str, Any]) -> tuple[Any, int]:  # noqa: ARG002
        table = self.torch.from_numpy(codes).T[None].to(self.device)  # [1, frames, 4]
        with self.torch.no_grad():
            audio = self.parts["generator"](self.parts["quantizer"].embed(table))  # [1, 1, samples]
        return audio[0].cpu().numpy(), self.sample_rate

    def parameters(self) -> int:
        return sum(int(one.numel()) for model in self.parts.values() for one in model.parameters())


def open_codec(options: dict[str, Any]) -> HifiCodec:
    """The codec: see docs/environments.md."""
    return HifiCodec(options)
