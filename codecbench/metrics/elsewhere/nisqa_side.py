"""NISQA's side (Mittag, Naderi, Chehadi and Möller, Interspeech 2021), by the package `nisqa` of its code."""

from __future__ import annotations

import functools
import os
import tempfile
from typing import Any

SHORTEST_S = 0.5
FURTHER = {"noi_pred": "noisiness", "col_pred": "coloration", "dis_pred": "discontinuity", "loud_pred": "loudness"}


class Abstain(Exception):
    """There is no figure, and the text says why."""


class Nisqa:
    def __init__(self, weights: str) -> None:
        self.weights, self.model = weights, None  # type: str, Any

    def score(self, reference: Any, decoded: Any, sample_rate: int) -> tuple[float, dict[str, Any]]:
        """The predicted MOS; its four dimensions are in the detail."""
        import numpy as np
        from scipy.io import wavfile

        if len(decoded) < SHORTEST_S * sample_rate:
            raise Abstain(f"too short: needs {SHORTEST_S:g} s")
        if not decoded.any():
            raise Abstain("the decoded signal is silent")
        with tempfile.TemporaryDirectory() as folder:  # it takes files
            path = os.path.join(folder, "decoded.wav")  # noqa: PTH118 - as the package has paths
            wavfile.write(path, sample_rate, np.asarray(decoded, np.float32))
            found = self.predict(path).iloc[0]
        return float(found["mos_pred"]), {name: float(found[key]) for key, name in FURTHER.items() if key in found}

    def predict(self, path: str) -> Any:
        if self.model is None:
            import torch

            # What it reads is of the user's: tensors and plain values, no code.
            loading: Any = torch
            loading.load = functools.partial(torch.load, weights_only=True)
            from nisqa.NISQA_model import nisqaModel

            self.model = nisqaModel({
                "mode": "predict_file", "pretrained_model": self.weights, "deg": path, "output_dir": None,
                "ms_channel": None, "tr_bs_val": 1, "tr_num_workers": 0, "tr_parallel": False, "tr_device": "cpu",
            })  # fmt: skip
        else:
            self.model.args["deg"] = path
            self.model._loadDatasetsFile()
        return self.model.predict()


def open_metric(options: dict[str, Any]) -> Any:
    return Nisqa(options["weights"])
