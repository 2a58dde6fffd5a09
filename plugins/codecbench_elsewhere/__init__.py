"""Neural codecs of others, each by its authors' code in a Python environment of its own (docs/environments.md).

Only cards live here; the code is in the `*_side.py` files, which run there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codecbench.api import Codebook, CodecCard, Environment, OperatingPoint, WeightsFile, hookimpl

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterCodec

TORCH = "torch>=2.2,<2.14"
NO_TORCHAUDIO = ("torchaudio", "torchaudio.transforms", "torchaudio.functional")
NO_TORCHAUDIO_EITHER = (*NO_TORCHAUDIO, "torchaudio.functional.functional")
HUB = "https://huggingface.co"


def residual_points(kbps: float, size: int, counts: tuple[int, ...]) -> tuple[OperatingPoint, ...]:
    """Points of so many residual codebooks of `size`, of `kbps` each."""
    return tuple(
        OperatingPoint(round(count * kbps, 6), {"codebooks": count}, codebooks=(Codebook(size),) * count)
        for count in counts
    )


SPEECHTOKENIZER = CodecCard(
    "speechtokenizer",
    sample_rate=16000,
    points=residual_points(0.5, 1024, (1, 2, 4, 8)),
    checkpoint="hubert-avg",
    description="SpeechTokenizer (Zhang et al. 2023)",
    track="published",
    frame=320,
    causal=False,
    whole_utterance=True,
    licence="Apache-2.0",
    paper="https://arxiv.org/abs/2308.16692",
    weights=WeightsFile(
        "SpeechTokenizer.pt",
        url=f"{HUB}/fnlp/SpeechTokenizer/resolve/main/speechtokenizer_hubert_avg/SpeechTokenizer.pt",
        sha256="d04593b6c9a4b475f91ca481141a6ef5b23e6ac112f347dd2b2717f193c1c728",
        size=481906997,
    ),
    notes="The first codebook is trained to hold what HuBERT's layers hold; its encoder has a bidirectional LSTM.",
    environment=Environment(
        # The package imports its trainer, whose requirements it does not name.
        ("speechtokenizer==1.0.1", "beartype", "tensorboard", TORCH),
        python=">=3.9,<3.13",
        side="speechtokenizer_side.py",
        empty_modules=NO_TORCHAUDIO,
    ),
)

BIGCODEC = CodecCard(
    "bigcodec",
    sample_rate=16000,
    points=residual_points(1.04, 8192, (1,)),
    checkpoint="alethia",
    description="BigCodec (Xin et al. 2024)",
    track="published",
    frame=200,
    causal=False,
    licence="MIT (code), CC-BY-SA-4.0 (weights)",
    paper="https://arxiv.org/abs/2409.05377",
    weights=WeightsFile("bigcodec.pt", url=f"{HUB}/Alethia/BigCodec/resolve/main/bigcodec.pt", licence="CC-BY-SA-4.0"),
    notes="The model as the package bigcodec 0.0.3 (MIT) has it. As in the authors' inference.py, a whole frame of "
    "zeros is added where the signal already ends with a frame.",
    environment=Environment(
        ("bigcodec==0.0.3", TORCH), python=">=3.9,<3.13", side="bigcodec_side.py", empty_modules=NO_TORCHAUDIO
    ),
)


def wavtokenizer(checkpoint: str, frame: int, file: str) -> CodecCard:
    """The card of one of the small checkpoints, trained on LibriTTS; `frame` in samples."""
    kbps = 12 * 24 / frame
    return CodecCard(
        "wavtokenizer",
        sample_rate=24000,
        points=residual_points(kbps, 4096, (1,)),
        checkpoint=checkpoint,
        description="WavTokenizer (Ji et al. 2024)",
        track="published",
        frame=frame,
        causal=False,
        whole_utterance=True,
        licence="MIT",
        paper="https://arxiv.org/abs/2408.16532",
        weights=WeightsFile(file, url=f"{HUB}/novateur/WavTokenizer/resolve/main/{file}", licence="MIT"),
        settings={"source": ""},
        environment=Environment(
            ("scipy", "einops", "pyyaml", "huggingface_hub", "matplotlib", TORCH),
            python=">=3.9,<3.13",
            side="wavtokenizer_side.py",
            empty_modules=NO_TORCHAUDIO_EITHER,
            checkout="https://github.com/jishengpeng/WavTokenizer",
        ),
    )


def focalcodec(checkpoint: str, size: int, frame: int, causal: bool = False) -> CodecCard:
    """The card of one checkpoint; `frame` in samples at 16 kHz. The causal ones write 24 kHz."""
    bits = (size - 1).bit_length()
    return CodecCard(
        "focalcodec",
        sample_rate=16000,
        output_sample_rate=24000 if causal else None,
        points=residual_points(bits * 16 / frame, size, (1,)),
        checkpoint=checkpoint,
        description="FocalCodec (Della Libera et al. 2025)",
        track="published",
        frame=frame,
        causal=causal,
        lookahead=1280 - frame if causal else 0,
        whole_utterance=not causal,
        licence="Apache-2.0",
        paper="https://arxiv.org/abs/2509.16195" if causal else "https://arxiv.org/abs/2502.04465",
        weights=WeightsFile(
            "model.safetensors",
            url=f"{HUB}/lucadellalib/focalcodec_{checkpoint}/resolve/main/model.safetensors",
            companions=(
                WeightsFile("config.json", url=f"{HUB}/lucadellalib/focalcodec_{checkpoint}/resolve/main/config.json"),
            ),
        ),
        settings={"source": ""},
        environment=Environment(
            ("safetensors", "huggingface_hub", TORCH),
            python=">=3.9,<3.13",
            side="focalcodec_side.py",
            checkout="https://github.com/lucadellalib/focalcodec",
        ),
    )


VOCOS = CodecCard(
    "vocos",
    sample_rate=24000,
    points=residual_points(0.75, 1024, (2, 4, 8, 16)),
    checkpoint="encodec-24khz",
    description="Vocos on EnCodec's codes (Siuzdak 2023)",
    track="published",
    frame=320,
    causal=False,
    # Nine convolutions of 7 frames; each frame of the inverse transform begins 480 samples before its own.
    lookahead=9 * 3 * 320 + 480,
    licence="MIT; EnCodec's code MIT; its weights without a licence of their own, taken by some for CC BY-NC 4.0",
    paper="https://arxiv.org/abs/2306.00814",
    weights=WeightsFile(
        "pytorch_model.bin",
        url=f"{HUB}/charactr/vocos-encodec-24khz/resolve/main/pytorch_model.bin",
        licence="MIT",
        companions=(
            WeightsFile(
                "encodec_24khz-d7cc33bc.th",
                url="https://dl.fbaipublicfiles.com/encodec/v0/encodec_24khz-d7cc33bc.th",
                sha256="d7cc33bcf1aad7f2dad9836f36431530744abeace3ca033005e3290ed4fa47bf",
                size=93171529,
            ),
        ),
    ),
    notes="Encoder and codes are EnCodec's at 24 kHz: only the decoder is another. Configuration: "
    "configs/vocos-encodec.yaml of github.com/gemelo-ai/vocos.",
    environment=Environment(
        ("vocos==0.1.0", "encodec==0.1.1", TORCH),
        python=">=3.9,<3.13",
        side="vocos_side.py",
        empty_modules=NO_TORCHAUDIO_EITHER,
    ),
)


def audiodec(checkpoint: str, corpus: str, sample_rate: int, files: tuple[str, str], made: str) -> CodecCard:
    """The card of one of the models of the authors' `utils/audiodec.py`; `made` says how its files come from theirs."""
    return CodecCard(
        "audiodec",
        sample_rate=sample_rate,
        points=residual_points(10 * sample_rate / 300 / 1000, 1024, (8,)),
        checkpoint=checkpoint,
        description="AudioDec (Wu et al. 2023)",
        track="published",
        frame=300,
        licence="CC-BY-NC-4.0",
        paper="https://arxiv.org/abs/2305.16608",
        weights=WeightsFile(
            files[0], licence="CC-BY-NC-4.0", companions=(WeightsFile(files[1], licence="CC-BY-NC-4.0"),)
        ),
        settings={"source": ""},
        notes=f"Trained on {corpus}. Weights: {made}, of the release pretrain_models_v02 "
        "(github.com/facebookresearch/AudioDec/releases/download/pretrain_models_v02/exp.zip).",
        environment=Environment(
            ("pyyaml", TORCH),
            python=">=3.9,<3.13",
            side="audiodec_side.py",
            empty_modules=NO_TORCHAUDIO,
            checkout="https://github.com/facebookresearch/AudioDec",
        ),
    )


def audiodec_v1(checkpoint: str, corpus: str, sample_rate: int, steps: int) -> CodecCard:
    """With the vocoder, whose file goes by the name of the encoder's."""
    model = f"symAD_{checkpoint.partition('-')[0]}_{sample_rate}_hop300"
    vocoder = f"AudioDec_v1_{model}_clean"
    made = (
        f"exp/autoencoder/{model}/checkpoint-{steps}steps.pkl as {model}.pkl and "
        f"exp/vocoder/{vocoder}/checkpoint-500000steps.pkl as {vocoder}.pkl beside it"
    )
    return audiodec(checkpoint, corpus, sample_rate, (f"{model}.pkl", f"{vocoder}.pkl"), made)


def audiodec_sym(checkpoint: str, corpus: str, sample_rate: int, steps: tuple[int, int]) -> CodecCard:
    """With the autoencoder's own decoder, which was trained on after the encoder."""
    files = (f"checkpoint-{steps[0]}steps.pkl", f"checkpoint-{steps[1]}steps.pkl")
    made = f"the folder exp/autoencoder/symAD_{checkpoint.partition('-')[0]}_{sample_rate}_hop300"
    return audiodec(checkpoint, corpus, sample_rate, files, made)


CARDS = (
    SPEECHTOKENIZER,
    BIGCODEC,
    wavtokenizer("small-600", 600, "WavTokenizer_small_600_24k_4096.ckpt"),
    wavtokenizer("small-320", 320, "WavTokenizer_small_320_24k_4096.ckpt"),
    focalcodec("50hz", 8192, 320),
    focalcodec("25hz", 8192, 640),
    focalcodec("12_5hz", 8192, 1280),
    focalcodec("50hz_65k_causal", 65536, 320, causal=True),
    focalcodec("50hz_4k_causal", 4096, 320, causal=True),
    focalcodec("50hz_2k_causal", 2048, 320, causal=True),
    VOCOS,
    audiodec_v1("libritts-v1", "LibriTTS", 24000, 500000),
    audiodec_sym("libritts-sym", "LibriTTS", 24000, (500000, 1000000)),
    audiodec_v1("vctk-v1", "VCTK", 48000, 200000),
    audiodec_sym("vctk-sym", "VCTK", 48000, (200000, 700000)),
)


@hookimpl
def codecbench_register_codecs(register: RegisterCodec) -> None:
    for card in CARDS:
        register(card)
