"""The side of APCodec: a checkout of the authors' repository, in an environment of its own."""

from __future__ import annotations

import json
import os
import sys
from typing import Any


class Unavailable(Exception):
    """It cannot run here: known to codecbench by its name."""


class ApCodec:
    """The model of the checkout's `config.json`, with weights that its `train.py` has made, or with random ones."""

    def __init__(self, options: dict[str, Any]) -> None:
        source = os.path.expanduser(options["settings"]["source"])  # noqa: PTH111 - as the rest of this file
        path = os.path.join(source, "config.json")  # noqa: PTH118
        if not os.path.isfile(path):  # noqa: PTH113
            raise Unavailable(f"there is no {path}; --set apcodec.source=FOLDER names a checkout of APCodec")
        sys.path.insert(0, source)  # its modules import each other as `utils` and `quantize`
        import torch
        from models import Decoder, Encoder
        from utils import AttrDict

        self.torch, self.device = torch, options["device"]
        torch.manual_seed(options["seed"])
        with open(path) as file:  # noqa: PTH123
            self.config = AttrDict(json.load(file))
        self.encoder, self.decoder = Encoder(self.config), Decoder(self.config)
        if options["weights"] is not None:
            beside = os.path.join(os.path.dirname(options["weights"]), "decoder_01000000")  # noqa: PTH118, PTH120
            for part, name, file_name in (
                (self.encoder, "encoder", options["weights"]), (self.decoder, "decoder", beside),
            ):  # fmt: skip
                part.load_state_dict(torch.load(file_name, map_location="cpu", weights_only=True)[name])
        for part in (self.encoder, self.decoder):
            part.eval().requires_grad_(False).to(self.device)

    def encode_codes(self, samples: Any, sample_rate: int, point: dict[str, Any]) -> Any:  # noqa: ARG002
        """The codes that the quantizer at the end of `Encoder.forward` chooses, which returns only their sum."""
        found: list[Any] = []
        watching = self.encoder.quantizer.register_forward_hook(lambda _, __, returned: found.append(returned[1]))
        with self.torch.no_grad():
            self.encoder(*self.spectra(self.torch.from_numpy(samples).to(self.device)))
        watching.remove()
        return found[0][0].cpu().numpy()  # of [1, codebooks, frames]

    def spectra(self, audio: Any) -> tuple[Any, Any]:
        """Log amplitude and phase [1, bins, frames] as `amp_pha_specturm` of the authors' `dataset.py` computes them.

        N frames of the codec are 8 N of the transform, which has one more than hops: 320 N - 40 samples at 48 kHz, as
        the segments in training are. At least two, so that there is something to reflect.
        """
        config, torch = self.config, self.torch
        frame = config.hop_size * config.ratio
        frames = max(2, -(-(audio.shape[1] + config.hop_size) // frame))
        missing = frames * frame - config.hop_size - audio.shape[1]
        window = torch.hann_window(config.win_size).to(self.device)
        spectrum = torch.stft(
            torch.nn.functional.pad(audio, (0, missing)), config.n_fft, hop_length=config.hop_size,
            win_length=config.win_size, window=window, center=True, return_complex=True,
        )  # fmt: skip
        return torch.log(spectrum.abs() + 1e-5), spectrum.angle()

    def decode_codes(self, codes: Any, point: dict[str, Any]) -> tuple[Any, int]:  # noqa: ARG002
        table = self.torch.from_numpy(codes)[None].to(self.device)  # [1, codebooks, frames]
        with self.torch.no_grad():
            latent = self.encoder.quantizer.from_codes(table)[0]
            audio = self.decoder(latent)[-1]  # [1, 1, samples]
        return audio[0].cpu().numpy(), int(self.config.sampling_rate)

    def parameters(self) -> int:
        return sum(int(one.numel()) for part in (self.encoder, self.decoder) for one in part.parameters())


def open_codec(options: dict[str, Any]) -> ApCodec:
    """The codec: see docs/environments.md."""
    return ApCodec(options)
