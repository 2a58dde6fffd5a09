"""The side of WavTokenizer: a checkout of the authors' repository, in an environment of its own."""

from __future__ import annotations

import glob
import os
import sys
from typing import Any

SAMPLE_RATE = 24000


class Unavailable(Exception):
    """It cannot run here: known to codecbench by its name."""


class WavTokenizer:
    """The model of one of the checkout's configurations, with a checkpoint or with random weights."""

    def __init__(self, options: dict[str, Any]) -> None:
        source = os.path.expanduser(options["settings"]["source"])  # noqa: PTH111 - as the rest of this file
        sys.path.insert(0, source)  # its modules import each other as `encoder` and `decoder`
        frame = {"small-600": "frame40", "small-320": "frame75"}[options["checkpoint"]]
        found = glob.glob(os.path.join(source, "configs", f"wavtokenizer_smalldata_{frame}_*.yaml"))  # noqa: PTH118, PTH207
        if not found:
            raise Unavailable(f"{source} has no configs/wavtokenizer_smalldata_{frame}_*.yaml; name a checkout of it")
        import torch
        from decoder.pretrained import WavTokenizer as Model

        self.torch, self.device = torch, options["device"]
        torch.manual_seed(options["seed"])
        self.model = Model.from_hparams0802(found[0])
        if options["weights"] is None:
            for layer in self.model.feature_extractor.encodec.quantizer.vq.layers:
                layer._codebook.embed.normal_()  # zeros until training fills them: without this the first
                layer._codebook.inited.fill_(1)  # utterance is clustered into 4096, which takes minutes
        else:
            self.model.load_state_dict(tensors_of(torch, options["weights"]))
        self.model.eval().to(self.device)
        self.hop = int(self.model.feature_extractor.encodec.encoder.hop_length)

    def encode_codes(self, samples: Any, sample_rate: int, point: dict[str, Any]) -> Any:  # noqa: ARG002
        missing = max(self.hop, -(-samples.shape[1] // self.hop) * self.hop) - samples.shape[1]
        audio = self.torch.nn.functional.pad(self.torch.from_numpy(samples), (0, missing)).to(self.device)
        codes = self.model.encode_infer(audio, bandwidth_id=self.torch.tensor([0]))[1]  # [1, 1, frames]
        return codes[:, 0].cpu().numpy()

    def decode_codes(self, codes: Any, point: dict[str, Any]) -> tuple[Any, int]:  # noqa: ARG002
        features = self.model.codes_to_features(self.torch.from_numpy(codes).to(self.device))
        audio = self.model.decode(features, bandwidth_id=self.torch.tensor([0]).to(self.device))  # [1, samples]
        return audio.cpu().numpy(), SAMPLE_RATE

    def parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.model.parameters())


def tensors_of(torch: Any, path: str) -> dict[str, Any]:
    """The model's tensors of a Lightning checkpoint, whose other objects are not built."""
    kept = torch.load(path, map_location="cpu", weights_only=True)["state_dict"]
    return {name: one for name, one in kept.items() if name.startswith(("backbone.", "head.", "feature_extractor."))}


def open_codec(options: dict[str, Any]) -> WavTokenizer:
    """The codec: see docs/environments.md."""
    return WavTokenizer(options)
