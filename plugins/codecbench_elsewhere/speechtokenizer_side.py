"""The side of SpeechTokenizer: the authors' package, in an environment of its own (docs/environments.md)."""

from __future__ import annotations

from typing import Any

HOP = 320
SAMPLE_RATE = 16000
HUBERT_AVG = {
    "n_filters": 64, "strides": [8, 5, 4, 2], "dimension": 1024, "semantic_dimension": 768, "bidirectional": True,
    "dilation_base": 2, "residual_kernel_size": 3, "n_residual_layers": 1, "lstm_layers": 2, "activation": "ELU",
    "sample_rate": SAMPLE_RATE, "codebook_size": 1024, "n_q": 8,
}  # fmt: skip
"""Of `speechtokenizer_hubert_avg/config.json` of huggingface.co/fnlp/SpeechTokenizer what decides the model."""


class SpeechTokenizer:
    """The model with a checkpoint, or with random weights."""

    def __init__(self, options: dict[str, Any]) -> None:
        import torch
        from speechtokenizer.model import SpeechTokenizer as Model

        self.torch, self.device = torch, options["device"]
        torch.manual_seed(options["seed"])
        self.model = Model(HUBERT_AVG)
        if options["weights"] is None:
            for layer in self.model.quantizer.vq.layers:  # zeros until training fills them
                layer._codebook.embed.normal_()
        else:
            self.model.load_state_dict(torch.load(options["weights"], map_location="cpu", weights_only=True))
        self.model.eval().to(self.device)

    def encode_codes(self, samples: Any, sample_rate: int, point: dict[str, Any]) -> Any:  # noqa: ARG002
        missing = max(HOP, -(-samples.shape[1] // HOP) * HOP) - samples.shape[1]
        audio = self.torch.nn.functional.pad(self.torch.from_numpy(samples), (0, missing))[None].to(self.device)
        with self.torch.no_grad():
            codes = self.model.encode(audio, n_q=point["settings"]["codebooks"])  # [codebooks, 1, frames]
        return codes[:, 0].cpu().numpy()

    def decode_codes(self, codes: Any, point: dict[str, Any]) -> tuple[Any, int]:  # noqa: ARG002
        with self.torch.no_grad():
            audio = self.model.decode(self.torch.from_numpy(codes)[:, None].to(self.device))  # [1, 1, samples]
        return audio[0].cpu().numpy(), SAMPLE_RATE

    def parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.model.parameters())


def open_codec(options: dict[str, Any]) -> SpeechTokenizer:
    """The codec: see docs/environments.md."""
    return SpeechTokenizer(options)
