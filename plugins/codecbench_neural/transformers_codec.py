"""A model class of transformers as a codec."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from codecbench_layers.adapter import LoadedNetwork
from torch import Tensor, nn

from codecbench.api import CodecOptions, OperatingPoint
from codecbench.checkpoints import plain_weights, read_tensors
from codecbench.errors import UsageError
from codecbench_neural.pretrained import PretrainedCodec


class TransformersCodec(PretrainedCodec):
    """Name the `MODEL` and its `CONFIGURATION`, whose defaults are the published checkpoint's."""

    MODEL: ClassVar[Any]
    CONFIGURATION: ClassVar[Any]
    UNUSED: ClassVar[tuple[str, ...]] = ()
    """Beginnings of the names of parameters that coding never runs: they are not counted."""

    def load(self, options: CodecOptions) -> LoadedNetwork:
        configuration = self.CONFIGURATION()
        network: nn.Module = (
            self.MODEL(configuration) if options.weights is None else self._read(options.weights, configuration)
        )
        named = network.named_parameters()
        parameters = sum(parameter.numel() for name, parameter in named if not name.startswith(self.UNUSED))
        plain_weights(network)
        return LoadedNetwork(network, parameters)

    def synthesize(self, codes: Tensor, point: OperatingPoint) -> Tensor:  # noqa: ARG002
        audio: Tensor = self.model.decode(codes).audio_values
        return audio

    def _read(self, file: Path, configuration: Any) -> nn.Module:
        """The tensors of `file`, in any of the layouts that transformers reads, whatever the file is called.

        Raises:
            UsageError: it does not hold this model.
        """
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        tensors = read_tensors(file)
        try:
            network, found = self.MODEL.from_pretrained(
                None, config=configuration, state_dict=tensors, output_loading_info=True, local_files_only=True
            )
        except RuntimeError as error:  # tensors of other shapes
            raise UsageError(self._refusal(file, str(error).strip().splitlines()[0][:120])) from error
        wrong = [f"{len(found[what])} {word} (first: {sorted(found[what])[0]})" for what, word in
                 (("missing_keys", "missing"), ("unexpected_keys", "unexpected")) if found[what]]  # fmt: skip
        if wrong:
            raise UsageError(self._refusal(file, f"tensors {', '.join(wrong)}"))
        loaded: nn.Module = network
        return loaded

    def _refusal(self, file: Path, why: str) -> str:
        return f"{self.card.spec}: {file.name} does not hold this model: {why}"
