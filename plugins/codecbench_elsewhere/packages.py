"""Cards of codecs whose code is a package of the registry."""

from __future__ import annotations

from dataclasses import replace

from codecbench_layers import NO_TORCHAUDIO, residual_points, torch_environment

from codecbench.api import Codebook, CodecCard, WeightsFile
from codecbench_elsewhere.sharing import HUB

SPEECHTOKENIZER = CodecCard(
    "speechtokenizer",
    sample_rate=16000,
    points=residual_points((1, 2, 4, 8), 1024, 0.5),
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
    # The package imports its trainer, whose requirements it does not name.
    environment=torch_environment("speechtokenizer_side.py", "speechtokenizer==1.0.1", "beartype", "tensorboard"),
)

BIGCODEC = CodecCard(
    "bigcodec",
    sample_rate=16000,
    points=residual_points((1,), 8192, 1.04),
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
    environment=torch_environment("bigcodec_side.py", "bigcodec==0.0.3"),
)

VOCOS = CodecCard(
    "vocos",
    sample_rate=24000,
    points=residual_points((2, 4, 8, 16), 1024, 0.75),
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
    environment=torch_environment("vocos_side.py", "vocos==0.1.0", "encodec==0.1.1"),
)


def funcodec(checkpoint: str, corpus: str, frame: int) -> CodecCard:
    """The card of one of the time-domain models at 16 kHz; the level of the utterance is sent once, in 32 bits."""
    repository = f"{HUB}/alibaba-damo/audio_codec-encodec-{corpus}-16k-nq32ds{frame}-pytorch/resolve/main"
    plain = residual_points((1, 2, 4, 8, 16, 32), 1024, 10 * 16 / frame)
    level = Codebook(65536, per_utterance=2)
    return CodecCard(
        "funcodec",
        sample_rate=16000,
        points=tuple(replace(point, codebooks=(*point.codebooks, level)) for point in plain),
        checkpoint=checkpoint,
        description="FunCodec (Du et al. 2023)",
        track="published",
        frame=frame,
        causal=False,
        whole_utterance=True,
        licence="MIT",
        paper="https://arxiv.org/abs/2309.07405",
        weights=WeightsFile(
            "model.pth",
            url=f"{repository}/model.pth",
            licence="MIT",
            companions=(WeightsFile("config.yaml", url=f"{repository}/config.yaml", licence="MIT"),),
        ),
        notes="The level of the utterance is part of the payload, as a float32. editdistance 0.5.2, which the "
        "package pins, is compiled where it is installed: a C++ compiler and a Python before 3.11.",
        environment=torch_environment(
            "funcodec_side.py",
            "funcodec==0.2.0",
            python=">=3.8,<3.11",
            empty_modules=(*NO_TORCHAUDIO, "torchaudio.compliance", "torchaudio.compliance.kaldi"),
        ),
    )


CARDS = (
    SPEECHTOKENIZER,
    BIGCODEC,
    VOCOS,
    funcodec("general-ds640", "zh_en-general", 640),
    funcodec("general-ds320", "zh_en-general", 320),
    funcodec("libritts-ds640", "en-libritts", 640),
    funcodec("libritts-ds320", "en-libritts", 320),
)
