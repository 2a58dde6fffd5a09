"""Finding, fetching and checking weights; the server is a real one, on the loopback."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from codecbench.api import CodecCard, OperatingPoint, WeightsFile
from codecbench.errors import Unavailable, UsageError
from codecbench.weights import pull, resolve, sha256_of, status, verify

CONTENT = bytes(range(256)) * 300
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/absent.bin":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[: len(CONTENT) // 2 if self.path == "/truncated.bin" else None])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "weights"


def card(url: str | None, sha256: str | None = DIGEST, size: int | None = len(CONTENT)) -> CodecCard:
    weights = WeightsFile("model.bin", url=url, sha256=sha256, size=size, licence="CC0")
    return CodecCard("toy", 16000, (OperatingPoint(1.0),), checkpoint="far", weights=weights)


def files_below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_pulled_file_is_found_and_verified(server: str, cache: Path) -> None:
    toy = card(f"{server}/good.bin")
    assert status(toy).state == "missing"
    seen: list[tuple[int, int]] = []
    path = pull(toy, lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert resolve(toy) == path
    assert verify(toy).state == "cached"
    assert files_below(cache) == ["model.bin"]


def test_an_unpinned_file_is_recorded_as_seen(server: str) -> None:
    toy = card(f"{server}/good.bin", sha256=None, size=None)
    pull(toy)
    assert verify(toy).sha256 == DIGEST


@pytest.mark.parametrize(
    ("name", "sha256", "words"),
    [
        ("good.bin", "0" * 64, [DIGEST, "0" * 64, str(len(CONTENT))]),
        ("truncated.bin", DIGEST, ["truncated.bin"]),
        ("absent.bin", DIGEST, ["404"]),
    ],
)
def test_a_failed_pull_is_one_line_and_leaves_nothing(
    server: str, cache: Path, name: str, sha256: str, words: list[str]
) -> None:
    with pytest.raises(UsageError) as caught:
        pull(card(f"{server}/{name}", sha256=sha256))
    message = str(caught.value)
    assert "\n" not in message
    assert all(word in message for word in ["toy:far", *words])
    assert files_below(cache) == []


def test_no_server_is_one_line(server: str) -> None:
    with pytest.raises(UsageError, match=r"toy:far.*could not be fetched") as caught:
        pull(card("http://127.0.0.1:9/model.bin"))
    assert "\n" not in str(caught.value)


def test_a_file_damaged_in_the_cache_is_refused(server: str) -> None:
    toy = card(f"{server}/good.bin")
    path = pull(toy)
    path.write_bytes(CONTENT[:-1])
    for call in (resolve, verify):
        with pytest.raises(UsageError, match=rf"{len(CONTENT) - 1} bytes.*not {len(CONTENT)} bytes, sha256 {DIGEST}"):
            call(toy)
    assert status(toy).state == "damaged"
    assert pull(toy).read_bytes() == CONTENT


def test_missing_weights_say_what_to_do() -> None:
    with pytest.raises(Unavailable, match=r"codecbench weights pull toy:far.*--weights toy:far=PATH"):
        resolve(card("http://127.0.0.1/x"))
    with pytest.raises(UsageError, match="no address"):
        pull(card(None))


def test_a_path_of_the_users_wins(server: str, tmp_path: Path) -> None:
    toy = card(f"{server}/good.bin")
    own = tmp_path / "own.bin"
    with pytest.raises(UsageError, match="no such file"):
        resolve(toy, own)
    own.write_bytes(b"mine")
    assert resolve(toy, own) == own
    with pytest.raises(UsageError, match="has no weights"):
        resolve(replace(toy, weights=None), own)


def test_bundled_weights_lie_in_their_package() -> None:
    bundled = CodecCard(
        "toy", 16000, (OperatingPoint(1.0),), weights=WeightsFile("nothing.safetensors", package="codecbench_encodec")
    )  # fmt: skip
    with pytest.raises(Unavailable, match=r"nothing\.safetensors is missing from package codecbench_encodec"):
        resolve(bundled)
    assert resolve(replace(bundled, weights=None)) is None


def test_a_changed_file_is_hashed_again(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"one")
    first = sha256_of(path)
    path.write_bytes(b"another")
    assert sha256_of(path) != first == hashlib.sha256(b"one").hexdigest()
