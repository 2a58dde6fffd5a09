"""Lyra v2 (SoundStream, Zeghidour et al. 2021) by the release's three TensorFlow Lite models.

Encoder and decoder keep a state from frame to frame, which resetting does not bring back: each utterance has
interpreters of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, CodecCard, CodecOptions, FramePackets, OperatingPoint, Unavailable
from codecbench.codebooks import CodeRows, pack_rows, refuse_no_frame, unpack_rows

STAGES = 46
"""Of the residual quantizer; those not in use are -1 for its decoder."""


class Lyra(FramePackets):
    def __init__(self, card: CodecCard, options: CodecOptions) -> None:
        self.card = card
        if options.weights is None:
            raise Unavailable(
                f"{card.spec}: its models cannot be drawn at random; `codecbench weights pull {card.spec}`"
            )
        self.encoder = options.weights
        self.quantizer, self.decoder = (
            options.weights.with_name(f"{name}.tflite") for name in ("quantizer", "lyragan")
        )
        _interpreter(self.quantizer)  # the library is looked for before the first utterance

    def codebook_sizes(self, point: OperatingPoint) -> list[int]:
        return [book.size for book in point.codebooks]

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        self.card.check_audio(audio)
        encode, quantize = _frame_model(self.encoder), _interpreter(self.quantizer).get_signature_runner("encode")
        frames = max(1, -(-audio.length // self.card.frame))
        samples = np.zeros(frames * self.card.frame, np.float32)
        samples[: audio.length] = audio.samples[0].clip(-1, 1 - 2**-15)
        count = len(point.codebooks)
        codes = [
            quantize(input_frames=encode(frame[None]), num_quantizers=np.int32(count))["output_0"][:count, 0, 0]
            for frame in samples.reshape(frames, -1)
        ]
        return pack_rows(np.array(codes, np.int64).T, point.codebooks)

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        rows = unpack_rows(payload, point.codebooks)
        refuse_no_frame(rows, point.codebooks, f"{self.card.spec} at {point}")
        codes = np.stack(rows)  # [codebooks, frames]
        dequantize, decode = _interpreter(self.quantizer).get_signature_runner("decode"), _frame_model(self.decoder)
        indices = np.full((codes.shape[1], STAGES), -1, np.int32)
        indices[:, : len(codes)] = codes.T
        frames = [decode(dequantize(encoding_indices=one[:, None, None])["output_0"]) for one in indices]
        return Audio.mono(np.concatenate(frames, axis=None), self.card.sample_rate)

    def codes(self, payload: bytes, point: OperatingPoint) -> CodeRows:
        return unpack_rows(payload, point.codebooks)


def _interpreter(path: Path) -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise Unavailable(f"lyra needs ai-edge-litert ({error}); install it: pip install 'codecbench[lyra]'") from error
    interpreter = Interpreter(str(path), num_threads=1)
    interpreter.allocate_tensors()
    return interpreter


def _frame_model(path: Path) -> Any:
    """A model in its initial state, as a function of one frame."""
    interpreter = _interpreter(path)
    taken, given = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def run(frame: NDArray[np.float32]) -> NDArray[np.float32]:
        interpreter.set_tensor(taken, frame)
        interpreter.invoke()
        output: NDArray[np.float32] = interpreter.get_tensor(given)
        return output

    return run
