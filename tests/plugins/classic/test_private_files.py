from __future__ import annotations

import os
import subprocess
import sys

import pytest
from codecbench_classic.private_files import PrivateFile


def test_another_process_reads_and_writes_it() -> None:
    file = PrivateFile("input", b"before")
    code = f"from pathlib import Path; path = Path('{file.path}'); print(path.read_text()); path.write_text('after')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, file.path.read_bytes()) == ("before\n", b"after")
    path = file.path
    file.close()
    assert not path.exists()


def test_without_files_in_memory_it_is_in_a_folder_that_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    file = PrivateFile("input", b"before")
    assert file.path.read_bytes() == b"before"
    folder = file.path.parent
    file.close()
    assert not folder.exists()
