"""The WavLM speaker encoder (Chen et al., IEEE JSTSP 2022) by transformers' `WavLMForXVector`, from a local folder.

The embedding is its x-vector head's (Snyder et al., ICASSP 2018) on WavLM's last layer, or on a learned sum of its
layers where the configuration says so. A checkpoint of WavLM alone has no such head: transformers would draw one at
random, and cosines would be nonsense, so it is refused.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Unavailable
from codecbench.errors import UsageError
from codecbench.metrics.pair import Signal

CONFIG, PREPROCESSOR = "config.json", "preprocessor_config.json"
MODEL_FILES = ("model.safetensors", "pytorch_model.bin")
UNUSED = re.compile(r"classifier\.|objective\.|wavlm\.masked_spec_embed")
"""Tensors that no embedding depends on: of training."""
HEAD = re.compile(r"projector\.|tdnn\.|feature_extractor\.|layer_weights")
EPS = 1e-7
"""As `Wav2Vec2FeatureExtractor.zero_mean_unit_var_norm` has it."""


class WavLMEncoder:
    """Embeddings of unit length."""

    def __init__(self, folder: Path) -> None:
        """Raises UsageError, one line, for a checkpoint that has no x-vector head, or cannot be read."""
        self._option = f"--weights speaker_similarity_wavlm={folder}"
        self._model = self._load(folder)
        self._normalizes = self._normalization(folder)

    def embed(self, signal: Signal) -> NDArray[np.float32]:
        """Of `signal` [samples] at 16 kHz, which must not be silent."""
        import torch

        if self._normalizes:
            signal = (signal - signal.mean()) / np.sqrt(signal.var() + EPS)
        with torch.no_grad():
            raw = self._model(torch.from_numpy(signal.astype(np.float32))[None]).embeddings[0]
            unit: NDArray[np.float32] = torch.nn.functional.normalize(raw, dim=0).numpy()
        return unit

    def _load(self, folder: Path) -> Any:
        try:
            import torch
            from transformers import WavLMForXVector

            network: Any = WavLMForXVector  # with the loading's account it returns a pair
        except ImportError as error:
            raise Unavailable(
                f"speaker_similarity_wavlm needs torch and transformers ({error}): pip install 'codecbench[neural]'"
            ) from error
        try:
            model, info = network.from_pretrained(
                str(folder), local_files_only=True, output_loading_info=True, dtype=torch.float32
            )
        except Exception as error:  # what a hostile or truncated file raises is not enumerable
            told = (str(error).strip().splitlines() or [""])[0][:200]
            raise UsageError(f"{self._option}: it cannot be loaded ({type(error).__name__}: {told})") from error
        missing = sorted(name for name in info["missing_keys"] if not UNUSED.match(name))
        if missing and all(HEAD.match(name) for name in missing):
            raise UsageError(
                f"{self._option}: it has no x-vector head ({missing[0]} is missing): WavLM alone gives no speaker "
                "embedding; give a WavLMForXVector checkpoint, such as microsoft/wavlm-base-plus-sv"
            )
        if missing:
            raise UsageError(f"{self._option}: it is no WavLMForXVector: {len(missing)} tensors missing ({missing[0]})")
        return model.eval().requires_grad_(False)

    def _normalization(self, folder: Path) -> bool:
        """Whether signals are given zero mean and unit variance: by the checkpoint, else as the class does it."""
        path = folder / PREPROCESSOR
        if not path.is_file():
            return True
        try:
            return bool(json.loads(path.read_text(encoding="utf-8")).get("do_normalize", True))
        except (OSError, ValueError, AttributeError) as error:
            raise UsageError(f"{self._option}: {PREPROCESSOR} cannot be read ({error})") from error
