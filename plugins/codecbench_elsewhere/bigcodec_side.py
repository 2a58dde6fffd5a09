"""The side of BigCodec: the model as the package `bigcodec` has it, in an environment of its own."""

from __future__ import annotations

from typing import Any

HOP = 200
SAMPLE_RATE = 16000


class BigCodec:
    """The model of `config/model/default.yaml` with the authors' checkpoint, or with random weights."""

    def __init__(self, options: dict[str, Any]) -> None:
        import torch
        from bigcodec.modules import CodecDecoder, CodecEncoder

        self.torch, self.device = torch, options["device"]
        torch.manual_seed(options["seed"])
        self.encoder, self.decoder = CodecEncoder(), CodecDecoder()
        if options["weights"] is not None:
            kept = torch.load(options["weights"], map_location="cpu", weights_only=True)
            self.encoder.load_state_dict(current_names(kept["CodecEnc"]))
            self.decoder.load_state_dict(current_names(kept["generator"]))
        for part in (self.encoder, self.decoder):
            part.eval().to(self.device)

    def encode_codes(self, samples: Any, sample_rate: int, point: dict[str, Any]) -> Any:  # noqa: ARG002
        audio = self.torch.from_numpy(samples)
        missing = HOP - audio.shape[1] % HOP  # the authors' inference.py pads whole frames by one more, too
        padded = self.torch.nn.functional.pad(audio, (0, missing))[None].to(self.device)
        with self.torch.no_grad():
            codes = self.decoder(self.encoder(padded), vq=True)[1]  # [1, 1, frames]
        return codes[0].cpu().numpy()

    def decode_codes(self, codes: Any, point: dict[str, Any]) -> tuple[Any, int]:  # noqa: ARG002
        table = self.torch.from_numpy(codes).T[None].to(self.device)  # [1, frames, 1]
        with self.torch.no_grad():
            audio = self.decoder(self.decoder.vq2emb(table).transpose(1, 2), vq=False)
        return audio[0].cpu().numpy(), SAMPLE_RATE

    def parameters(self) -> int:
        return sum(one.numel() for part in (self.encoder, self.decoder) for one in part.parameters())


def current_names(state: dict[str, Any]) -> dict[str, Any]:
    """Weight normalisation under the names of torch's parametrizations, where the file has the older ones."""
    found = {}
    for name, value in state.items():
        stem = name.replace(".weight_g", ".parametrizations.weight.original0")
        found[stem.replace(".weight_v", ".parametrizations.weight.original1")] = value
    return found


def open_codec(options: dict[str, Any]) -> BigCodec:
    """The codec: see docs/environments.md."""
    return BigCodec(options)
