"""The side of Vocos on EnCodec's codes: the packages `encodec` and `vocos`, in an environment of their own."""

from __future__ import annotations

import os
from typing import Any

HOP = 320
SAMPLE_RATE = 24000
CODEBOOKS = (2, 4, 8, 16)
"""Of EnCodec at 1.5, 3, 6 and 12 kbps; the decoder is conditioned on the place in this list."""
BACKBONE = {
    "input_channels": 128, "dim": 384, "intermediate_dim": 1152, "num_layers": 8,
    "adanorm_num_embeddings": len(CODEBOOKS),
}  # fmt: skip
HEAD = {"dim": 384, "n_fft": 1280, "hop_length": HOP, "padding": "same"}
"""Both as `configs/vocos-encodec.yaml` of github.com/gemelo-ai/vocos has them."""
ENCODEC_FILE = "encodec_24khz-d7cc33bc.th"


class Vocos:
    """EnCodec's encoder and quantizer at 24 kHz, Vocos for a decoder; with both their weights or with random ones.

    The parts are put together here: `vocos.Vocos.from_pretrained` fetches EnCodec's weights while a model is built.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        import torch
        from encodec import EncodecModel
        from vocos.heads import ISTFTHead
        from vocos.models import VocosBackbone

        self.torch, self.device = torch, options["device"]
        torch.manual_seed(options["seed"])
        self.encodec = EncodecModel.encodec_model_24khz(pretrained=False)
        self.backbone, self.head = VocosBackbone(**BACKBONE), ISTFTHead(**HEAD)
        if options["weights"] is None:
            for layer in self.encodec.quantizer.vq.layers:  # zeros until training fills them
                layer._codebook.embed.normal_()
            layers = self.encodec.quantizer.vq.layers[: CODEBOOKS[-1]]
            self.table = torch.cat([layer.codebook for layer in layers])  # [codebooks * size, 128]
        else:
            self.load(options["weights"])
        self.table = self.table.to(self.device)
        for part in (self.encodec, self.backbone, self.head):
            part.eval().requires_grad_(False).to(self.device)

    def load(self, weights: str) -> None:
        """Of Vocos from `weights`, of EnCodec from its file beside it."""
        beside = os.path.join(os.path.dirname(weights), ENCODEC_FILE)  # noqa: PTH118, PTH120
        self.encodec.load_state_dict(self.torch.load(beside, map_location="cpu", weights_only=True))
        kept = self.torch.load(weights, map_location="cpu", weights_only=True)
        self.table = kept["feature_extractor.codebook_weights"]
        self.backbone.load_state_dict(part_of(kept, "backbone."))
        self.head.load_state_dict(part_of(kept, "head."))

    def encode_codes(self, samples: Any, sample_rate: int, point: dict[str, Any]) -> Any:  # noqa: ARG002
        missing = max(HOP, -(-samples.shape[1] // HOP) * HOP) - samples.shape[1]
        audio = self.torch.nn.functional.pad(self.torch.from_numpy(samples), (0, missing))[None].to(self.device)
        with self.torch.no_grad():
            latents = self.encodec.encoder(audio)  # [1, 128, frames]
            codes = self.encodec.quantizer.encode(latents, self.encodec.frame_rate, point["nominal_kbps"])
        return codes[:, 0].cpu().numpy()  # of [codebooks, 1, frames]

    def decode_codes(self, codes: Any, point: dict[str, Any]) -> tuple[Any, int]:
        count, size = point["settings"]["codebooks"], self.encodec.quantizer.bins
        rows = self.torch.from_numpy(codes) + size * self.torch.arange(count)[:, None]  # [codebooks, frames]
        with self.torch.no_grad():
            features = self.table[rows.to(self.device)].sum(0).T[None]  # [1, 128, frames]
            place = self.torch.tensor([CODEBOOKS.index(count)]).to(self.device)
            audio = self.head(self.backbone(features, bandwidth_id=place))  # [1, samples]
        return audio.cpu().numpy(), SAMPLE_RATE

    def parameters(self) -> int:
        """Of EnCodec's encoder and of Vocos, whose codebooks are no parameters in EnCodec but are in Vocos."""
        parts = (self.encodec.encoder, self.backbone, self.head)
        return int(self.table.numel()) + sum(int(one.numel()) for part in parts for one in part.parameters())


def part_of(state: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The tensors under `prefix`, by the names that they have below it."""
    return {name[len(prefix) :]: one for name, one in state.items() if name.startswith(prefix)}


def open_codec(options: dict[str, Any]) -> Vocos:
    """The codec: see docs/environments.md."""
    return Vocos(options)
