"""The side of FunCodec's models of the kind `encodec`: the package `funcodec`, in an environment of its own."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

SAMPLE_RATE = 16000
PARTS = ("encoder", "quantizer", "decoder")


class Unavailable(Exception):
    """It cannot run here: known to codecbench by its name."""


class FunCodec:
    """The model of the `config.yaml` beside its weights, without which nothing says which of its models it is.

    Its parts are built one by one: the whole of it has discriminators, which want torchaudio. As in `Encodec` of
    `funcodec/models/codec_basic.py` the utterance is coded at a level of 1 and what is decoded is scaled: the level is
    sent as a float32, in two codes of 16 bits.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        if options["weights"] is None:
            raise Unavailable("its config.yaml, which lies beside the weights, says what the model is: it needs both")
        import torch
        import yaml
        from funcodec.tasks.gan_speech_codec import decoder_choices, encoder_choices, quantizer_choices

        self.torch, self.device = torch, options["device"]
        path = os.path.join(os.path.dirname(options["weights"]), "config.yaml")  # noqa: PTH118, PTH120
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            config = yaml.safe_load(file)
        model = config["model_conf"]
        if config["model"] != "encodec" or model.get("segment_dur", 1.0) or model.get("codec_domain", "time") != "time":
            raise ValueError(f"{path} is of another model than FunCodec's `encodec` on whole utterances in time")
        self.normalizes = bool(model.get("audio_normalize", True))
        encoder, quantizer, decoder = (
            choices.get_class(config[part])
            for part, choices in zip(PARTS, (encoder_choices, quantizer_choices, decoder_choices))  # noqa: B905 - 3.8
        )
        self.encoder = encoder(input_size=config["input_size"], **config["encoder_conf"])
        self.quantizer = quantizer(input_size=self.encoder.output_size(), **config["quantizer_conf"])
        self.decoder = decoder(input_size=self.quantizer.output_size(), **config["decoder_conf"])
        self.load(torch.load(options["weights"], map_location="cpu", weights_only=True))

    def load(self, kept: dict[str, Any]) -> None:
        """Of a file that has the discriminators' weights too."""
        for name in PARTS:
            mine = {key[len(name) + 1 :]: one for key, one in kept.items() if key.startswith(f"{name}.")}
            part = getattr(self, name)
            part.load_state_dict(mine)
            part.eval().requires_grad_(False).to(self.device)

    def encode_codes(self, samples: Any, sample_rate: int, point: dict[str, Any]) -> Any:  # noqa: ARG002
        hop = self.quantizer.encoder_hop_length
        missing = max(hop, -(-samples.shape[1] // hop) * hop) - samples.shape[1]
        audio = self.torch.nn.functional.pad(self.torch.from_numpy(samples), (0, missing))[None].to(self.device)
        with self.torch.no_grad():
            level = audio.pow(2).mean().sqrt() + 1e-8 if self.normalizes else self.torch.ones(())
            latents = self.encoder(audio / level)  # [1, frames, channels]
            codes = self.quantizer.encode(latents, bandwidth=1000 * point["nominal_kbps"])  # [codebooks, 1, frames]
        return [*codes[:, 0].cpu().numpy(), halves_of(level.item())]

    def decode_codes(self, codes: Any, point: dict[str, Any]) -> tuple[Any, int]:  # noqa: ARG002
        *rows, halves = codes
        table = self.torch.from_numpy(np.stack(rows))[:, None].to(self.device)  # [codebooks, 1, frames]
        with self.torch.no_grad():
            latents = self.quantizer.decode(table).transpose(1, 2)
            audio = level_of(halves) * self.decoder(latents)  # [1, 1, samples]
        return audio[0].cpu().numpy(), SAMPLE_RATE

    def parameters(self) -> int:
        """Of encoder and decoder: its codebooks are no parameters."""
        return sum(int(one.numel()) for part in (self.encoder, self.decoder) for one in part.parameters())


def halves_of(level: float) -> Any:
    """Two codes of 16 bits, which hold it as a float32."""
    return np.array([level], "<f4").view("<u2").astype(np.int64)


def level_of(halves: Any) -> float:
    """What `halves_of` was given, rounded to a float32."""
    return float(np.asarray(halves).astype("<u2").view("<f4")[0])


def open_codec(options: dict[str, Any]) -> FunCodec:
    """The codec: see docs/environments.md."""
    return FunCodec(options)
