"""Cards of codecs whose code is no package: the user names a checkout of it by `--set CODEC.source=FOLDER`."""

from __future__ import annotations

from codecbench_layers import residual_points, torch_environment

from codecbench.api import CodecCard, WeightsFile
from codecbench_elsewhere.sharing import HUB


def wavtokenizer(checkpoint: str, frame: int, file: str) -> CodecCard:
    """The card of one of the small checkpoints, trained on LibriTTS; `frame` in samples."""
    kbps = 12 * 24 / frame
    return CodecCard(
        "wavtokenizer",
        sample_rate=24000,
        points=residual_points((1,), 4096, kbps),
        checkpoint=checkpoint,
        description="WavTokenizer (Ji et al. 2024)",
        track="published",
        frame=frame,
        causal=False,
        whole_utterance=True,
        licence="MIT",
        paper="https://arxiv.org/abs/2408.16532",
        weights=WeightsFile(file, url=f"{HUB}/novateur/WavTokenizer/resolve/main/{file}", licence="MIT"),
        environment=torch_environment(
            "wavtokenizer_side.py",
            "scipy",
            "einops",
            "pyyaml",
            "huggingface_hub",
            "matplotlib",
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
        points=residual_points((1,), size, bits * 16 / frame),
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
        environment=torch_environment(
            "focalcodec_side.py",
            "safetensors",
            "huggingface_hub",
            empty_modules=(),
            checkout="https://github.com/lucadellalib/focalcodec",
        ),
    )


def audiodec(checkpoint: str, corpus: str, sample_rate: int, files: tuple[str, str], made: str) -> CodecCard:
    """The card of one of the models of the authors' `utils/audiodec.py`; `made` says how its files come from theirs."""
    return CodecCard(
        "audiodec",
        sample_rate=sample_rate,
        points=residual_points((8,), 1024, 10 * sample_rate / 300 / 1000),
        checkpoint=checkpoint,
        description="AudioDec (Wu et al. 2023)",
        track="published",
        frame=300,
        licence="CC-BY-NC-4.0",
        paper="https://arxiv.org/abs/2305.16608",
        weights=WeightsFile(
            files[0], licence="CC-BY-NC-4.0", companions=(WeightsFile(files[1], licence="CC-BY-NC-4.0"),)
        ),
        notes=f"Trained on {corpus}. Weights: {made}, of the release pretrain_models_v02 "
        "(github.com/facebookresearch/AudioDec/releases/download/pretrain_models_v02/exp.zip).",
        environment=torch_environment(
            "audiodec_side.py", "pyyaml", checkout="https://github.com/facebookresearch/AudioDec"
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


def hificodec(checkpoint: str, sample_rate: int, frame: int) -> CodecCard:
    """The card of one of AcademiCodec's configurations: two groups of channels, each coded twice."""
    return CodecCard(
        "hificodec",
        sample_rate=sample_rate,
        points=residual_points((4,), 1024, 10 * sample_rate / frame / 1000),
        checkpoint=checkpoint,
        description="HiFi-Codec (Yang et al. 2023)",
        track="published",
        frame=frame,
        causal=False,
        whole_utterance=True,
        licence="MIT (as its readme says; no licence file)",
        paper="https://arxiv.org/abs/2305.02765",
        weights=WeightsFile(
            f"HiFi-Codec-{checkpoint}", url=f"{HUB}/Dongchao/AcademiCodec/resolve/main/HiFi-Codec-{checkpoint}"
        ),
        notes="Its encoder normalises by groups over the whole utterance.",
        environment=torch_environment(
            "hificodec_side.py", "matplotlib", "pyyaml", checkout="https://github.com/yangdongchao/AcademiCodec"
        ),
    )


APCODEC = CodecCard(
    "apcodec",
    sample_rate=48000,
    points=residual_points((4,), 1024, 1.5),
    checkpoint="own",
    description="APCodec (Ai et al. 2024)",
    family="neural",
    frame=320,
    causal=False,
    whole_utterance=True,
    licence="none stated",
    paper="https://arxiv.org/abs/2402.10533",
    weights=WeightsFile("encoder_01000000", companions=(WeightsFile("decoder_01000000"),)),
    notes="The repository has no licence file and no weights: they are those that its train.py makes, named as in its "
    "config.json. Its blocks normalise over the whole utterance.",
    environment=torch_environment(
        "apcodec_side.py", "einops", "matplotlib", empty_modules=(), checkout="https://github.com/YangAi520/APCodec"
    ),
)

CARDS = (
    wavtokenizer("small-600", 600, "WavTokenizer_small_600_24k_4096.ckpt"),
    wavtokenizer("small-320", 320, "WavTokenizer_small_320_24k_4096.ckpt"),
    focalcodec("50hz", 8192, 320),
    focalcodec("25hz", 8192, 640),
    focalcodec("12_5hz", 8192, 1280),
    focalcodec("50hz_65k_causal", 65536, 320, causal=True),
    focalcodec("50hz_4k_causal", 4096, 320, causal=True),
    focalcodec("50hz_2k_causal", 2048, 320, causal=True),
    audiodec_v1("libritts-v1", "LibriTTS", 24000, 500000),
    audiodec_sym("libritts-sym", "LibriTTS", 24000, (500000, 1000000)),
    audiodec_v1("vctk-v1", "VCTK", 48000, 200000),
    audiodec_sym("vctk-sym", "VCTK", 48000, (200000, 700000)),
    hificodec("24k-320d", 24000, 320),
    hificodec("24k-240d", 24000, 240),
    hificodec("16k-320d", 16000, 320),
    APCODEC,
)
