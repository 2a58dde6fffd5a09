"""The cards of the neural codecs that other people trained, by libraries that run in the main environment.

Only plain data: listing codecs imports no torch. Sizes and sha256 are those that public repositories pin: two or more
agree on SNAC's (24 kHz), one has Mimi's.
"""

from __future__ import annotations

from typing import Any

from codecbench_layers import residual_points

from codecbench.api import Codebook, CodecCard, OperatingPoint, WeightsFile
from codecbench.cost.figures import load_figures, structural_latency

PACKAGE = "codecbench_neural"
HUB = "https://huggingface.co"
LAYERS = ("codecbench_layers",)


def _card(name: str, checkpoint: str, sample_rate: int, points: tuple[OperatingPoint, ...], **about: Any) -> CodecCard:
    return CodecCard(
        name, sample_rate, points, checkpoint, track="published", sources=LAYERS, **about,
        **load_figures(PACKAGE, f"{name}:{checkpoint}"),
    )  # fmt: skip


MIMI = _card(
    "mimi", "kyutai", 24000,
    residual_points((8, 32), 2048, 12.5 * 11 / 1000, "trained"),
    description="Mimi (Défossez et al. 2024)",
    frame=1920,
    streams=True,
    licence="CC-BY-4.0 (weights); code MIT",
    paper="https://arxiv.org/abs/2410.00037",
    weights=WeightsFile(
        "model.safetensors", url=f"{HUB}/kyutai/mimi/resolve/main/model.safetensors", size=384_649_828,
        sha256="bac7e85083dcded655d24eaadde7e6eea34c0da1b35fa2d284e641bd2b942a5e", licence="CC-BY-4.0",
    ),
    notes="1.1 kbps: the 8 codebooks of the paper and of Moshi. 4.4 kbps: all 32 of the release, its default.",
)  # fmt: skip

XCODEC = _card(
    "xcodec", "hubert-librispeech", 16000,
    residual_points((1, 2, 3, 4, 8), 1024, 50 * 10 / 1000, "trained"),  # the bandwidths of the configuration
    description="X-Codec (Ye et al. 2024)",
    frame=320,
    causal=False,
    whole_utterance=True,
    licence="MIT (code); weights: see the model's page",
    paper="https://arxiv.org/abs/2408.17175",
    weights=WeightsFile(
        "model.safetensors", url=f"{HUB}/hf-audio/xcodec-hubert-librispeech/resolve/main/model.safetensors",
    ),
    notes="HuBERT's features (94 M parameters) go into the codes; they see the whole utterance. Other checkpoints of "
    "hf-audio/xcodec-hubert-* by --weights.",
)  # fmt: skip

ONE_BOOK = (OperatingPoint(0.8, codebooks=(Codebook(65536),), depth="trained"),)
"""50 Hz x 16 bit: finite scalar quantization, 8 dimensions of 4 levels."""

XCODEC2 = _card(
    "xcodec2", "hkust", 16000, ONE_BOOK,
    description="X-Codec 2 (Ye et al. 2025)",
    frame=320,
    causal=False,
    whole_utterance=True,
    licence="CC-BY-NC-4.0 (weights): not for commercial use; code MIT",
    paper="https://arxiv.org/abs/2502.04128",
    weights=WeightsFile(
        "model.safetensors", url=f"{HUB}/HKUSTAudio/xcodec2-hf/resolve/main/model.safetensors", licence="CC-BY-NC-4.0",
    ),
    notes="16 layers of w2v-BERT 2.0 (387 M parameters) go into the codes; they see the whole utterance.",
)  # fmt: skip

NEUCODEC = _card(
    "neucodec", "neuphonic", 16000, ONE_BOOK,
    description="NeuCodec (Neuphonic 2025)",
    output_sample_rate=24000,
    frame=320,
    causal=False,
    whole_utterance=True,
    licence="Apache-2.0",
    paper="https://arxiv.org/abs/2509.09550",
    weights=WeightsFile(
        "model.safetensors", url=f"{HUB}/neuphonic/neucodec/resolve/main/model.safetensors", licence="Apache-2.0",
    ),
    notes="X-Codec 2's encoder, a decoder at 24 kHz.",
)  # fmt: skip


def _snac(
    checkpoint: str, rate: int, hop: int, strides: tuple[int, ...], least: int, weights: WeightsFile, **about: Any
) -> CodecCard:
    """`hop` samples a frame of the finest codebook, `strides` of those a code; `least` samples can be decoded."""
    frame = hop * strides[0]
    books = tuple(Codebook(4096, per_frame=strides[0] // stride) for stride in strides)
    kbps = sum(book.per_frame * book.bits for book in books) * rate / frame / 1000
    return _card(
        "snac", checkpoint, rate, (OperatingPoint(round(kbps, 2), codebooks=books, depth="trained"),),
        description="SNAC (Siuzdak et al. 2024)", frame=least, hop=frame, causal=False, stochastic=True, licence="MIT",
        paper="https://arxiv.org/abs/2410.14411", weights=weights, **about,
    )  # fmt: skip


def _snac_weights(name: str, size: int | None = None, sha256: str | None = None) -> WeightsFile:
    url = f"{HUB}/hubertsiuzdak/{name}/resolve/main/pytorch_model.bin"
    return WeightsFile("pytorch_model.bin", url=url, size=size, sha256=sha256, licence="MIT")


SNAC_24 = _snac(
    "24khz", 24000, 512, (4, 2, 1), 2048,
    _snac_weights("snac_24khz", 79_488_254, "4b8164cc6606bfa627f1a784734c1e539891518f1191ed9194fe1e3b9b4bff40"),
    notes="For speech. Three codebooks at 12, 23 and 47 Hz. Its decoder adds noise, which follows from the seed.",
)  # fmt: skip
SNAC_32 = _snac(
    "32khz", 32000, 384, (8, 4, 2, 1), 12288, _snac_weights("snac_32khz"),
    notes="For music. Four codebooks at 10 to 83 Hz, padded to windows of 0.38 s. Noise follows from the seed.",
)  # fmt: skip
SNAC_44 = _snac(
    "44khz", 44100, 384, (8, 4, 2, 1), 12288, _snac_weights("snac_44khz"),
    notes="For music. Four codebooks at 14 to 115 Hz, padded to windows of 0.28 s. Noise follows from the seed.",
)  # fmt: skip

LYRA_FILES = "https://raw.githubusercontent.com/google/lyra/v1.3.2/lyra/model_coeffs"


def _lyra_file(name: str, size: int, sha256: str, companions: tuple[WeightsFile, ...] = ()) -> WeightsFile:
    return WeightsFile(name, None, f"{LYRA_FILES}/{name}", sha256, size, "Apache-2.0", companions)


LYRA = _card(
    "lyra", "v2", 16000,
    residual_points((16, 30, 46), 16, 50 * 4 / 1000, "trained"),
    description="Lyra v2 (SoundStream, Zeghidour et al. 2021)",
    frame=320,
    **structural_latency(16000, 320),
    licence="Apache-2.0",
    paper="https://arxiv.org/abs/2107.03312",
    weights=_lyra_file(
        "soundstream_encoder.tflite", 1_779_200, "237da0b16226fb0a68d49551c81bebf614e42142af72764448359f68581e88f1",
        (
            _lyra_file("quantizer.tflite", 329_012,
                       "841ee05989687d32d1f616a8ad1419fc7eda37599d3c05c7cf5a0d60ccf8ac5c"),
            _lyra_file("lyragan.tflite", 1_475_160,
                       "50e7839cda4f30599a3a34cfaddcd9c98449b049eee884e1a74295780448ad06"),
        ),
    ),
    notes="The release's TensorFlow Lite models: their MACs and parameters cannot be counted here.",
)  # fmt: skip

CARDS = (MIMI, XCODEC, XCODEC2, NEUCODEC, SNAC_24, SNAC_32, SNAC_44, LYRA)
