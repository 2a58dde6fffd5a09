"""libopus as PyAV's wheel ships it, or the system's, for what FFmpeg's interface to it cannot say."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from codecbench.api import Unavailable
from codecbench_classic.wheels import find_library


@cache
def libopus() -> Any:
    """Raises Unavailable where there is none."""
    path = find_library("av", "opus")
    if path is None:
        raise Unavailable(
            "opus:dtx and lost packets need libopus, which this PyAV does not carry; install it: apt install libopus0"
        )
    library: Any = ctypes.CDLL(str(path))
    library.opus_encoder_create.restype = library.opus_decoder_create.restype = ctypes.c_void_p
    library.opus_encoder_destroy.argtypes = library.opus_decoder_destroy.argtypes = [ctypes.c_void_p]
    library.opus_encoder_ctl.argtypes = [ctypes.c_void_p, ctypes.c_int]  # the value is a variadic argument
    library.opus_encode_float.argtypes = [
        ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int32,
    ]  # fmt: skip
    library.opus_decode_float.argtypes = [
        ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32, ctypes.c_void_p, ctypes.c_int, ctypes.c_int,
    ]  # fmt: skip
    return library
