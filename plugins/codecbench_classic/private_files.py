"""Files for this process and what it starts alone, gone with it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


class PrivateFile:
    """In memory where the system can (Linux), so that a process that is killed leaves nothing behind either; otherwise
    in a temporary folder. `path` may be opened by other processes of the same user.
    """

    def __init__(self, name: str, content: bytes = b"") -> None:
        if hasattr(os, "memfd_create"):
            self._memory = os.fdopen(os.memfd_create(name), "wb")
            self.path = Path(f"/proc/{os.getpid()}/fd/{self._memory.fileno()}")
            self._memory.write(content)
            self._memory.flush()
        else:
            self._folder = tempfile.TemporaryDirectory(prefix="codecbench-")
            self.path = Path(self._folder.name) / name
            self.path.write_bytes(content)

    def close(self) -> None:
        """Give it up; nothing is left of it."""
        if hasattr(self, "_memory"):
            self._memory.close()
        else:
            self._folder.cleanup()
