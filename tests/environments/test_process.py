"""The process of a side: whatever it does, one exception in one line, and nothing is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codecbench.api import Interpreter
from codecbench.environments.process import SideProcess
from codecbench.errors import ProcessLost, Unavailable

HERE = Interpreter(Path(sys.executable), "", isolated=True)
READ = "import os, struct, sys; head = struct.unpack('<4sHIQ', os.read(0, 18)); os.read(0, head[2]);"
"""What a made-up shim does first: it takes the request."""
WITHIN_S = 30.0


def ended(pid: int) -> bool:
    """Whether a process is gone; one that waits to be reaped is."""
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
            os.kill(pid, 0)
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(
    ("code", "said", "killed"),
    [
        ("os.write(1, b'Downloading the model: 3 %  ')", "cannot be read: it wrote b'Downloading the", False),
        ("os.write(1, struct.pack('<4sHIQ', b'CBEP', 1, 2, 99) + b'{}half')", "it ended after 4 of 99 bytes", False),
        ("os.write(1, struct.pack('<4sHIQ', b'CBEP', 1, 2, 2 * 10**9) + b'{}')", "bytes is too large", False),
        ("os._exit(7)", "its process in the environment died (exit status 7)", False),
        ("os.kill(os.getpid(), 11)", "its process in the environment died (Segmentation fault)", False),
        ("os.kill(os.getpid(), 9)", "its process in the environment died (Killed)", True),
    ],
)
def test_one_that_breaks_the_agreement_is_lost(tmp_path: Path, code: str, said: str, killed: bool) -> None:
    shim = tmp_path / "shim.py"
    shim.write_text(f"{READ} {code}\n")
    process = SideProcess(HERE, "x:default", shim)
    with pytest.raises(ProcessLost) as lost:
        process.ask("encode", {})
    assert said in str(lost.value)
    assert lost.value.killed is killed
    assert "\n" not in str(lost.value)
    with pytest.raises(ProcessLost):  # it does not come back
        process.ask("encode", {})
    process.close()
    assert ended(process.pid)


def test_an_interpreter_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"x:default: .*nowhere cannot be started \(No such file"):
        SideProcess(Interpreter(tmp_path / "nowhere", ""), "x:default")


BUSY = """
import time
class Slow:
    def encode(self, samples, sample_rate, point):
        while True:
            pass
    def decode(self, payload, point):
        sum(range(10**12))  # no other thread gets a turn that would see the pipe closed
def open_codec(options):
    return Slow()
"""
PARENT = """
import sys
from pathlib import Path
from codecbench.api import Interpreter
from codecbench.environments.process import SideProcess

process = SideProcess(Interpreter(Path(sys.executable), ""), "x:default")
process.ask("open", {"side": sys.argv[1], "options": {}})
print(process.pid, flush=True)
process.ask(sys.argv[2], {"shape": [1, 0], "sample_rate": 1, "point": {}})
"""


@pytest.mark.parametrize("call", ["encode", "decode"])
def test_it_dies_with_whoever_started_it(tmp_path: Path, call: str) -> None:
    side = tmp_path / "side.py"
    side.write_text(BUSY)
    command = [sys.executable, "-c", PARENT, str(side), call]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(0.3)  # it is at work
        parent.send_signal(signal.SIGKILL)
    assert ended(pid)


def test_letting_go_of_it_ends_it(tmp_path: Path) -> None:
    side = tmp_path / "side.py"
    side.write_text(BUSY)
    process = SideProcess(HERE, "x:default")
    process.ask("open", {"side": str(side), "options": {}})
    pid = process.pid
    del process
    assert ended(pid)
