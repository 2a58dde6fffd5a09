"""The side of `dac:official`: descript-audio-codec itself, in an environment of its own (docs/environments.md).

It imports torch and that package, never codecbench.
"""

from __future__ import annotations

from typing import Any

SIXTEEN_KHZ = {"sample_rate": 16000, "encoder_rates": [2, 4, 5, 8], "decoder_rates": [8, 5, 4, 2], "n_codebooks": 12}
"""`conf/final/16khz.yml` of the package's repository; what is not here is its default."""


class Official:
    """`dac.DAC` with a checkpoint, or with random weights of the 16 kHz configuration."""

    def __init__(self, options: dict[str, Any]) -> None:
        import dac
        import torch

        self.torch, self.device = torch, options["device"]
        torch.manual_seed(options["seed"])
        if options["weights"] is None:
            self.model = dac.DAC(**SIXTEEN_KHZ)
        else:
            kept = torch.load(options["weights"], map_location="cpu", weights_only=True)
            self.model = dac.DAC(**kept["metadata"]["kwargs"])
            self.model.load_state_dict(kept["state_dict"])
        self.model.eval().to(self.device)

    def encode_codes(self, samples: Any, sample_rate: int, point: dict[str, Any]) -> Any:
        with self.torch.no_grad():
            audio = self.torch.from_numpy(samples)[None].to(self.device)
            padded = self.model.preprocess(audio, sample_rate)
            codes = self.model.encode(padded, point["settings"]["codebooks"])[1]
        return codes[0].cpu().numpy()

    def decode_codes(self, codes: Any, point: dict[str, Any]) -> tuple[Any, int]:  # noqa: ARG002 - as it is called
        with self.torch.no_grad():
            latents = self.model.quantizer.from_codes(self.torch.from_numpy(codes)[None].to(self.device))[0]
            audio = self.model.decode(latents)
        return audio[0].cpu().numpy(), int(self.model.sample_rate)

    def codebook_sizes(self, point: dict[str, Any]) -> list[int]:
        return [int(self.model.codebook_size)] * int(point["settings"]["codebooks"])

    def parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.model.parameters())


def open_codec(options: dict[str, Any]) -> Official:
    """The codec: see docs/environments.md."""
    return Official(options)
