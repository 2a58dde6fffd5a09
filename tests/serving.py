"""A server on the loopback that sends bytes by name, on from where it is asked, and breaks off where it is told to."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Served:
    """`files` by path ("/a.tar.gz"). A path in `cut` breaks off after so many bytes of each answer."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    ranges: bool = True
    """Whether it goes on from where it is asked to."""
    asked: list[str] = field(default_factory=list)
    """The Range of each request; empty where it had none."""


@contextmanager
def serving() -> Iterator[Served]:
    served = Served()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            served.asked.append(wanted)
            content = served.files.get(self.path)
            if content is None:
                self.send_error(404)
                return
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and served.ranges else 0
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            self.wfile.write(content[start:][: served.cut.get(self.path)])

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        served.address = f"http://127.0.0.1:{server.server_address[1]}"
        yield served
        server.shutdown()
