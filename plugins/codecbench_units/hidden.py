"""Hidden states of a self-supervised model of transformers (HuBERT, WavLM, wav2vec 2.0): units are their clusters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from codecbench.api import CodecCard, UsageError
from codecbench_units.config import HOP

Array = NDArray[np.float32]
REACH = 400
"""Samples that a frame of the convolutions of HuBERT's kind sees."""


class HiddenStates:
    """A model in a folder as `save_pretrained` writes it. `choose` says which layer; until then it is the last."""

    def __init__(self, card: CodecCard, folder: Path, device: str = "cpu") -> None:
        """Raises UsageError where the folder does not hold such a model, or one of another frame rate than 50 Hz."""
        self._what, self.device = f"{card.spec}: {folder.name}", torch.device(device)
        self.model: Any = self._load(folder).eval().requires_grad_(False).to(self.device)
        configuration = self.model.config
        strides = getattr(configuration, "conv_stride", None)
        if strides is None or int(np.prod(strides)) != HOP:
            told = "no convolutions of HuBERT's kind" if strides is None else f"strides {list(strides)}"
            raise UsageError(f"{self._what}: a model of 50 frames a second is needed (320 samples each); it has {told}")
        self.dimension, self.layers = int(configuration.hidden_size), int(configuration.num_hidden_layers)
        self._normalize = _normalizes(folder)
        self._layer = self.layers

    @property
    def parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.model.parameters())

    def choose(self, layer: int) -> None:
        """The output of `layer`, counted from 1. Raises UsageError where there is none."""
        if not 1 <= layer <= self.layers:
            raise UsageError(f"{self._what}: units of layer {layer}; its model has layers 1 to {self.layers}")
        self._layer = layer

    def of(self, samples: Array) -> Array:
        """See `UnitFeatures`. As many zeros around as give one frame for each 320 samples."""
        audio = torch.from_numpy(samples)[None]
        if self._normalize:
            audio = (audio - audio.mean()) / (audio.var(unbiased=False) + 1e-7).sqrt()
        before = (REACH - HOP) // 2
        padded = F.pad(audio, (before, REACH - HOP - before)).to(self.device)
        with torch.no_grad():
            states = self.model(padded, output_hidden_states=True).hidden_states[self._layer][0]
        frames = len(samples) // HOP
        if len(states) != frames:
            raise UsageError(f"{self._what}: its model makes {len(states)} frames of {frames} times 320 samples")
        return np.asarray(states.cpu().numpy(), np.float32)

    def _load(self, folder: Path) -> Any:
        from transformers import AutoModel
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model, found = AutoModel.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, output_loading_info=True
            )
        except Exception as error:  # what a folder of other people's raises is not enumerable
            why = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
            raise UsageError(f"{self._what} does not hold a model of transformers: {why}") from error
        if missing := sorted(found["missing_keys"]):
            raise UsageError(f"{self._what}: {len(missing)} tensors are missing (first: {missing[0]})")
        return model


def _normalizes(folder: Path) -> bool:
    """Whether the model takes each signal at zero mean and unit variance, unless its extractor's file says no."""
    file = folder / "preprocessor_config.json"
    return not file.is_file() or bool(json.loads(file.read_text(encoding="utf-8")).get("do_normalize", True))
