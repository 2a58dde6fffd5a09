"""Graphs in ONNX runtime's own format, made fast: saved once as ONNX, so that constants are folded on loading.

ONNX runtime does not fold constants in its own format. Where weights are kept as int8, with the nodes that expand them,
each run expands all weights anew: a step of Moonshine's decoder took 65 ms that way, 17 ms with constants folded. The
copy is kept in the cache folder, by the hash of what it was made of; results do not change.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from codecbench.api import Unavailable
from codecbench.weights import cache_root, sha256_of

FOLDER = "graphs"
QUIET = 3
"""ONNX runtime's level of errors: it warns of each constant folded in a branch."""


def load_session(file: Path, install: str) -> Any:
    """An `onnxruntime.InferenceSession` of `file` (`.ort`), on one thread of the CPU.

    Raises:
        Unavailable: onnxruntime or onnx is not installed; `install` says how.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise Unavailable(f"{file.name} needs onnxruntime ({error}): {install}") from error
    copy = kept_copy(file, onnxruntime.__version__)
    if not copy.is_file():
        _save(file, copy, install)
    return onnxruntime.InferenceSession(str(copy), _options(), providers=["CPUExecutionProvider"])


def kept_copy(file: Path, version: str) -> Path:
    """Where the ONNX copy of `file` is kept; another release of ONNX runtime makes its own."""
    return cache_root() / FOLDER / f"{file.stem}-{sha256_of(file)[:16]}-onnxruntime-{version}.onnx"


def _save(file: Path, copy: Path, install: str) -> None:
    """Written aside and then moved: workers may do the same at the same time."""
    try:
        import onnx
        import onnxruntime
    except ImportError as error:
        raise Unavailable(f"{file.name} needs onnx ({error}): {install}") from error
    copy.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=copy.parent) as folder:
        saved = Path(folder, copy.name)
        options = _options()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.optimized_model_filepath = str(saved)
        options.add_session_config_entry("session.save_model_format", "ONNX")
        onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        model = onnx.load(saved)
        _name_branches(model.graph, onnx.AttributeProto.GRAPH)
        onnx.save(model, saved)
        saved.replace(copy)


def _name_branches(graph: Any, kind: int) -> None:
    """The branches of an `If` lose their names in ONNX runtime's format; ONNX wants some."""
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == kind:
                attribute.g.name = attribute.g.name or attribute.name
                _name_branches(attribute.g, kind)


def _options() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = QUIET
    return options
