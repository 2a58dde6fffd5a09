from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere a file must be loaded from a folder")
def test_a_killed_process_leaves_no_copy_of_libcodec2(tmp_path):
    pytest.importorskip("pycodec2")
    code = """
import os, signal, numpy
from codecbench.api import Audio, CodecOptions
from codecbench.plugins import registry
entry = registry().codec("codec2")
codec = entry.factory(CodecOptions())
codec.encode(Audio.mono(numpy.zeros(8000), 8000), entry.card.point("3.2"))
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not list(tmp_path.iterdir())
