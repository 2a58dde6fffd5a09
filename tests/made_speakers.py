"""Small speaker models with weights drawn at random, in the layouts of the real ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


def ecapa_checkpoint(folder: Path, seed: int = 0) -> Path:
    """An `embedding_model.ckpt` as SpeechBrain writes it: 64 channels, embeddings of 24."""
    import torch

    from codecbench.metrics.speaker.ecapa import EcapaTdnn

    network = EcapaTdnn(64, 96, 24, 16, 16)
    state = network.state_dict()
    rng = np.random.default_rng(seed)
    for name in sorted(state):
        if state[name].is_floating_point():
            drawn = 0.1 * rng.standard_normal(tuple(state[name].shape))
            if name.endswith("running_var"):
                drawn = 0.5 + np.abs(drawn)
            state[name] = torch.from_numpy(drawn.astype(np.float32))
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(state, folder / "embedding_model.ckpt")
    return folder / "embedding_model.ckpt"


def wavlm_checkpoint(folder: Path, kind: str = "WavLMForXVector", **more: Any) -> Path:
    """A folder as `save_pretrained` leaves it, of a model of `kind` with two layers of 16."""
    import torch
    import transformers

    config = transformers.WavLMConfig(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, conv_dim=(8, 8, 8),
        conv_kernel=(10, 3, 3), conv_stride=(5, 8, 8), num_feat_extract_layers=3, num_conv_pos_embeddings=4,
        num_conv_pos_embedding_groups=2, tdnn_dim=(8, 8, 8, 8, 24), xvector_output_dim=12, num_labels=3, **more,
    )  # fmt: skip
    torch.manual_seed(0)
    getattr(transformers, kind)(config).save_pretrained(folder)
    return folder
