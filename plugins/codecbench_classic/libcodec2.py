"""libcodec2 as pycodec2's wheel ships it, loaded anew for every signal.

libcodec2's noise generator (`codec2_rand`, for unvoiced phases) keeps its state in a static variable that nothing can
reset: through pycodec2 itself the second decoding of a payload in a process differs from the first, and no payload
could be decoded again bit by bit elsewhere. Loading a private copy of the library starts it afresh, in 0.2 ms.
"""

from __future__ import annotations

import _ctypes
import ctypes
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Unavailable
from codecbench_classic.private_files import PrivateFile
from codecbench_classic.wheels import find_library

MODES = {"3200": 0, "2400": 1, "1600": 2, "1400": 3, "1300": 4, "1200": 5, "700C": 8}
"""CODEC2_MODE_* of codec2.h."""


class Stream:
    """One signal's encoder or decoder in one mode."""

    def __init__(self, library: Any, state: int) -> None:
        self._library, self._state = library, ctypes.c_void_p(state)
        self.bits = int(library.codec2_bits_per_frame(self._state))
        self.samples = int(library.codec2_samples_per_frame(self._state))

    def encode(self, samples: NDArray[np.int16]) -> NDArray[np.uint8]:
        """One frame [samples] to whole bytes, first bit highest; the last byte's unused bits are zeros."""
        packed = np.zeros(-(-self.bits // 8), dtype=np.uint8)
        self._library.codec2_encode(self._state, _pointer(packed), _pointer(np.ascontiguousarray(samples)))
        return packed

    def decode(self, packed: NDArray[np.uint8]) -> NDArray[np.int16]:
        samples = np.zeros(self.samples, dtype=np.int16)
        self._library.codec2_decode(self._state, _pointer(samples), _pointer(np.ascontiguousarray(packed)))
        return samples


class LibCodec2:
    """A private copy of the library's file, so that a pycodec2 imported elsewhere shares no state with it."""

    def __init__(self) -> None:
        library = _find()
        self._copy = PrivateFile(library.name, library.read_bytes())

    @contextmanager
    def open(self, mode: str) -> Iterator[Stream]:
        """A stream with everything in its initial state."""
        library: Any = ctypes.CDLL(str(self._copy.path))
        library.codec2_create.restype = ctypes.c_void_p
        state = library.codec2_create(MODES[mode])
        try:
            if not state:
                raise Unavailable(f"codec2: this libcodec2 was built without mode {mode}")
            yield Stream(library, state)
        finally:
            if state:
                library.codec2_destroy(ctypes.c_void_p(state))
            unload = getattr(_ctypes, "dlclose", None) or _ctypes.FreeLibrary  # type: ignore[attr-defined]
            unload(library._handle)


def _find() -> Path:
    """The library in pycodec2's wheel, or the system's where pycodec2 was built against that."""
    if importlib.util.find_spec("pycodec2") is None:
        raise Unavailable("codec2 needs pycodec2; install it: pip install 'codecbench[classic]'")
    library = find_library("pycodec2", "codec2")
    if library is None:
        raise Unavailable("codec2: pycodec2 is installed but its library libcodec2 was not found beside it")
    return library


def _pointer(array: NDArray[Any]) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)
