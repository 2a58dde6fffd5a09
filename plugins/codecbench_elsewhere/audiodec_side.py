"""The side of AudioDec: a checkout of the authors' repository, in an environment of its own."""

from __future__ import annotations

import os
import sys
from typing import Any

HOP = 300
AUTOENCODERS = {"libritts": "symAD_libritts_24000_hop300", "vctk": "symAD_vctk_48000_hop300"}
VOCODERS = {
    "libritts-v1": "AudioDec_v1_symAD_libritts_24000_hop300_clean",
    "vctk-v1": "AudioDec_v1_symAD_vctk_48000_hop300_clean",
}
"""Names of configurations by checkpoint, as `assign_model` of the authors' `utils/audiodec.py` has them."""
SYMMETRIC_DECODERS = {"libritts-sym": "checkpoint-1000000steps.pkl", "vctk-sym": "checkpoint-700000steps.pkl"}


class Unavailable(Exception):
    """It cannot run here: known to codecbench by its name."""


class AudioDec:
    """Autoencoder and vocoder (v1), or the autoencoder's own decoder (sym), run offline as `codecTest.py` does."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.source = os.path.expanduser(options["settings"]["source"])  # noqa: PTH111 - as the rest of this file
        sys.path.insert(0, self.source)
        import torch

        self.torch, self.device = torch, options["device"]
        torch.manual_seed(options["seed"])
        checkpoint = options["checkpoint"]
        autoencoder = self.configured("autoencoder", AUTOENCODERS[checkpoint.partition("-")[0]])
        self.sample_rate = int(autoencoder["sampling_rate"])
        self.encoder = self.autoencoder(autoencoder, options["weights"])
        beside = os.path.dirname(options["weights"] or "")  # noqa: PTH120
        if checkpoint in VOCODERS:
            vocoder = VOCODERS[checkpoint]
            weights = os.path.join(beside, f"{vocoder}.pkl")  # noqa: PTH118
            self.decoder = self.vocoder(self.configured("vocoder", vocoder), options["weights"] and weights)
        else:
            weights = os.path.join(beside, SYMMETRIC_DECODERS[checkpoint])  # noqa: PTH118
            self.decoder = self.autoencoder(autoencoder, options["weights"] and weights).decoder

    def configured(self, kind: str, name: str) -> dict[str, Any]:
        """The checkout's configuration."""
        import yaml

        path = os.path.join(self.source, "config", kind, f"{name}.yaml")  # noqa: PTH118
        if not os.path.isfile(path):  # noqa: PTH113
            raise Unavailable(f"there is no {path}; --set audiodec.source=FOLDER names a checkout of AudioDec")
        with open(path) as file:  # noqa: PTH123
            found: dict[str, Any] = yaml.safe_load(file)
        return found

    def autoencoder(self, config: dict[str, Any], weights: str | None) -> Any:
        from models.autoencoder.AudioDec import Generator

        return self.loaded(Generator(**config["generator_params"]), weights)

    def vocoder(self, config: dict[str, Any], weights: str | None) -> Any:
        from models.vocoder.HiFiGAN import Generator

        parameters = dict(config["generator_params"])
        parameters["stats"] = os.path.join(self.source, parameters["stats"])  # noqa: PTH118
        return self.loaded(Generator(**parameters), weights)

    def loaded(self, model: Any, weights: str | None) -> Any:
        """With the generator's weights of a file that has the discriminator's and the optimizers' too."""
        if weights is not None:
            kept = self.torch.load(weights, map_location="cpu", weights_only=True)
            model.load_state_dict(kept["model"]["generator"])
        return model.eval().requires_grad_(False).to(self.device)

    def encode_codes(self, samples: Any, sample_rate: int, point: dict[str, Any]) -> Any:  # noqa: ARG002
        missing = max(HOP, -(-samples.shape[1] // HOP) * HOP) - samples.shape[1]
        audio = self.torch.nn.functional.pad(self.torch.from_numpy(samples), (0, missing))[None].to(self.device)
        with self.torch.no_grad():
            latents = self.encoder.projector(self.encoder.encoder(audio))  # [1, 64, frames]
            codes = self.encoder.quantizer.inference(latents)[1]
        return codes.reshape(len(codes), -1).cpu().numpy()  # [codebooks, frames]

    def decode_codes(self, codes: Any, point: dict[str, Any]) -> tuple[Any, int]:  # noqa: ARG002
        rows = self.torch.from_numpy(codes).to(self.device)
        layers = self.encoder.quantizer.codebook.layers
        with self.torch.no_grad():
            latents = sum(layer.codebook[row] for layer, row in zip(layers, rows))  # noqa: B905 - of Python 3.8
            audio = self.decoder(latents.T[None])  # [1, 64, frames] to [1, 1, samples]
        return audio[0].cpu().numpy(), self.sample_rate

    def parameters(self) -> int:
        """Of encoder, projector and decoder: its codebooks are no parameters."""
        parts = (self.encoder.encoder, self.encoder.projector, self.decoder)
        return sum(int(one.numel()) for part in parts for one in part.parameters())


def open_codec(options: dict[str, Any]) -> AudioDec:
    """The codec: see docs/environments.md."""
    return AudioDec(options)
