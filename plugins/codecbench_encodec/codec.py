"""EnCodec as a codec: tensors to codes and back; for the 48 kHz model, segments with their scales."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from codecbench_layers.adapter import NetworkCodec
from codecbench_layers.streams import LayerKinds, PiecewiseDecoder, remembering
from torch import Tensor
from torch.nn import functional as F
from transformers.models.encodec.modeling_encodec import EncodecConv1d, EncodecConvTranspose1d, EncodecLSTM

from codecbench.api import Audio, CodecCard, CodecOptions, OperatingPoint
from codecbench.bitstream import Codes, bits_per_frame, pack, unpack
from codecbench.errors import PayloadError
from codecbench_encodec.config import CONFIGURATIONS
from codecbench_encodec.model import load_model

LAYERS = LayerKinds(EncodecConv1d, EncodecConvTranspose1d, EncodecLSTM)
SCALE_FORMAT = ">f"
"""A segment's scale, as in the original's own files (facebookresearch/encodec, `compress.py`)."""
LARGEST_SCALE = 64.0
"""Far above any level of audio in [-1, 1]; a scale beyond it was not written by the encoder."""


class Encodec(NetworkCodec):
    """The streamable variants: the whole signal at once, padded with zeros to whole frames of 320 samples."""

    def __init__(self, card: CodecCard, options: CodecOptions) -> None:
        super().__init__(card, options, load_model(card, options))
        self.configuration = CONFIGURATIONS[card.checkpoint]()

    def quantize(self, latents: Tensor, point: OperatingPoint) -> Tensor:
        """Latents [1, dimension, frames] to codes [1, codebooks, frames].

        The number of codebooks goes in as a bandwidth; left out, transformers would take the model's smallest. Half a
        codebook's rate is added because it rounds down.
        """
        bandwidth = (int(point.settings["codebooks"]) + 0.5) * self._model_kbps_per_codebook
        codes: Tensor = self.model.quantizer.encode(latents, bandwidth)  # [codebooks, 1, frames]
        return codes.transpose(0, 1)

    def decode_stream(self, point: OperatingPoint) -> PiecewiseDecoder:
        """See `codecbench.api.HasStreams`. The first convolution begins with its input's reflection, which takes one
        frame more than its kernel reaches back.
        """
        forget = remembering(self.model.decoder, LAYERS)
        first = self.model.decoder.layers[0]
        least = int(first.padding_total) + 1 if first.pad_mode == "reflect" else 1
        return PiecewiseDecoder(
            lambda codes: self.decode_codes(codes, point), forget, self.card.decoded_rate, self.card.channels, least
        )

    def dequantize(self, codes: Tensor, point: OperatingPoint) -> Tensor:  # noqa: ARG002
        latents: Tensor = self.model.quantizer.decode(codes.transpose(0, 1))
        return latents

    @property
    def _model_kbps_per_codebook(self) -> float:
        """By transformers' frame rate, which is a whole number."""
        return float(10 * self.model.quantizer.frame_rate / 1000)


@dataclass(frozen=True)
class Segment:
    """One segment of the 48 kHz model: its level before normalisation and its codes [codebooks, frames]."""

    scale: float
    codes: Codes


class SegmentedEncodec(Encodec):
    """The 48 kHz model: each second is brought to unit level and coded alone; its scale travels with its codes.

    Payload: per segment a 32-bit scale, then its codes, padded to whole bytes. All segments but the last are full.
    """

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        self.card.check_audio(audio)
        samples = audio.samples if audio.length else np.zeros((audio.channels, 1), np.float32)
        whole = torch.from_numpy(samples)[None]
        sizes = self.codebook_sizes(point)
        parts = []
        with torch.no_grad():
            for start in range(0, samples.shape[-1], self._stride):
                piece = whole[..., start : start + self._length]
                if start + self._stride < samples.shape[-1]:  # one more follows: a reader takes this one for full
                    piece = F.pad(piece, (0, self._length - piece.shape[-1]))
                segment = self._encode_segment(piece, point)
                parts += [struct.pack(SCALE_FORMAT, segment.scale), pack(segment.codes, sizes)]
        return b"".join(parts)

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        decoded = []
        with torch.no_grad():
            for segment in self._segments(payload, point):
                codes = torch.from_numpy(segment.codes)[None]
                decoded.append(self.decode_codes(codes, point)[0].cpu() * segment.scale)  # [channels, samples]
        return Audio(overlap_add(decoded, self._stride).numpy(), self.card.sample_rate)

    def codes(self, payload: bytes, point: OperatingPoint) -> Codes:
        return np.concatenate([segment.codes for segment in self._segments(payload, point)], axis=1)

    def unquantized(self, audio: Tensor) -> Tensor:
        decoded = []
        for start in range(0, audio.shape[-1], self._stride):
            piece = audio[..., start : start + self._length]
            scale = _scale(piece)
            decoded.append(self.model.decoder(self.model.encoder((piece / scale).to(self.device)))[0].cpu() * scale)
        return overlap_add(decoded, self._stride)[None]

    def _encode_segment(self, audio: Tensor, point: OperatingPoint) -> Segment:
        scale = _scale(audio)
        codes = self.quantize(self.model.encoder((audio / scale).to(self.device)), point)
        return Segment(scale, codes[0].cpu().numpy())

    def _segments(self, payload: bytes, point: OperatingPoint) -> Iterator[Segment]:
        sizes = self.codebook_sizes(point)
        side = struct.calcsize(SCALE_FORMAT)
        full = side + -(-self._length // self.configuration.hop * bits_per_frame(sizes) // 8)
        if not payload:
            raise PayloadError(f"{self.card.spec} at {point.label} kbps: the payload is empty")
        for start in range(0, len(payload), full):
            part = payload[start : start + full]
            codes = unpack(part[side:], sizes)
            if codes.shape[1] == 0:
                raise PayloadError(f"{self.card.spec} at {point.label} kbps: segment {start // full} holds no frame")
            scale = struct.unpack(SCALE_FORMAT, part[:side])[0]
            if not 0 < scale <= LARGEST_SCALE:
                raise PayloadError(f"{self.card.spec} at {point.label} kbps: {scale} cannot be a segment's scale")
            yield Segment(scale, codes)

    @property
    def _length(self) -> int:
        return int((self.configuration.segment_seconds or 0) * self.configuration.sample_rate)

    @property
    def _stride(self) -> int:
        return int((1 - (self.configuration.overlap or 0)) * self._length)

    def stages(self, audio: Audio, point: OperatingPoint) -> Mapping[str, Callable[[], object]]:
        """As decode and encode run them: segment by segment, the overlap coded twice."""
        whole = torch.from_numpy(audio.samples)[None].to(self.device)
        pieces = [whole[..., start : start + self._length] for start in range(0, audio.length, self._stride)]
        with torch.no_grad():
            latents = [self.model.encoder(piece) for piece in pieces]
        return {
            "encoder": lambda: [self.model.encoder(piece) for piece in pieces],
            "quantizer": lambda: [self.quantize(latent, point) for latent in latents],
            "decoder": lambda: [self.model.decoder(latent) for latent in latents],
        }


def _scale(segment: Tensor) -> float:
    """The level of a segment [1, channels, samples], as its payload holds it."""
    level = segment.mean(dim=1, keepdim=True).square().mean().sqrt() + 1e-8
    scale: float = struct.unpack(SCALE_FORMAT, struct.pack(SCALE_FORMAT, float(level)))[0]
    return scale


def overlap_add(segments: Sequence[Tensor], stride: int) -> Tensor:
    """Segments [channels, samples] that start every `stride` samples, cross-faded linearly where they overlap.

    The weights are a triangle over the first segment's length, normalised by their sum (the original's
    `_linear_overlap_add`): in an overlap of two they make a straight cross-fade.
    """
    length = segments[0].shape[-1]
    ramp = torch.arange(1, length + 1, dtype=torch.float32) / (length + 1)
    weight = torch.minimum(ramp, 1 - ramp)
    total = max(index * stride + segment.shape[-1] for index, segment in enumerate(segments))
    out = torch.zeros(segments[0].shape[0], total)
    norm = torch.zeros(total)
    for index, segment in enumerate(segments):
        place = slice(index * stride, index * stride + segment.shape[-1])
        out[:, place] += weight[: segment.shape[-1]] * segment
        norm[place] += weight[: segment.shape[-1]]
    return out.div_(norm)
