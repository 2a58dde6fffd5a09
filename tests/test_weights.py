"""Finding, fetching and checking weights; the server is a real one, on the loopback."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from serving import serving

from codecbench.api import CodecCard, OperatingPoint, WeightsFile
from codecbench.errors import Unavailable, UsageError
from codecbench.fetching import add, pull
from codecbench.plugins import registry
from codecbench.weights import as_pinned, resolve, sha256_of
from codecbench.weights_status import status, verify

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
    (path,) = pull(toy, lambda done, total: seen.append((done, total)))
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


@pytest.mark.parametrize("pinned", [True, False])
def test_a_transfer_that_broke_off_is_gone_on_with_where_the_file_is_pinned(cache: Path, pinned: bool) -> None:
    content = CONTENT * 3
    with serving() as served:
        served.files, served.cut = {"/model.bin": content}, {"/model.bin": len(content) // 2}
        sha256, size = (hashlib.sha256(content).hexdigest(), len(content)) if pinned else (None, None)
        toy = card(f"{served.address}/model.bin", sha256, size)
        with pytest.raises(UsageError, match=r"toy:far.*could not be fetched") as caught:
            pull(toy)
        assert "\n" not in str(caught.value)
        assert ("the same command goes on from there" in str(caught.value)) == pinned
        assert files_below(cache) == (["model.bin.partial"] if pinned else [])
        assert status(toy).state == "missing"
        served.cut = {}
        assert pull(toy)[0].read_bytes() == content
        assert served.asked[1].startswith("bytes=") == pinned
    assert files_below(cache) == ["model.bin"]


def test_two_at_once_do_not_write_into_one_file(server: str, tmp_path: Path) -> None:
    with (
        FileLock(tmp_path / "cache" / "locks" / "toy-far.lock", timeout=0),
        pytest.raises(UsageError, match="toy:far: another process fetches it"),
    ):
        pull(card(f"{server}/good.bin"))


def test_no_server_is_one_line(server: str) -> None:
    with pytest.raises(UsageError, match=r"toy:far.*could not be fetched") as caught:
        pull(card("http://127.0.0.1:9/model.bin"))
    assert "\n" not in str(caught.value)


def test_a_file_damaged_in_the_cache_is_refused(server: str) -> None:
    toy = card(f"{server}/good.bin")
    (path,) = pull(toy)
    path.write_bytes(CONTENT[:-1])
    for call in (resolve, verify):
        with pytest.raises(UsageError, match=rf"{len(CONTENT) - 1} bytes.*not {len(CONTENT)} bytes, sha256 {DIGEST}"):
            call(toy)
    assert status(toy).state == "damaged"
    assert pull(toy)[0].read_bytes() == CONTENT


def test_missing_weights_say_what_to_do() -> None:
    with pytest.raises(
        Unavailable, match=r"weights pull toy:far`, `codecbench weights add toy:far PATH` or `--weights "
    ):
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
    with pytest.raises(
        Unavailable, match=r"nothing\.safetensors is not in .*/codecbench_encodec/weights, where package"
    ):
        resolve(bundled)
    assert resolve(replace(bundled, weights=None)) is None


def test_a_changed_file_is_hashed_again(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"one")
    first = sha256_of(path)
    path.write_bytes(b"another")
    assert sha256_of(path) != first == hashlib.sha256(b"one").hexdigest()


def several(server: str, *names: str, sha256: str | None = DIGEST) -> CodecCard:
    """A checkpoint of several files, as TFLite releases are."""
    first, *beside = (WeightsFile(name, url=f"{server}/{name}", sha256=sha256, licence="CC0") for name in names)
    return CodecCard("lyra", 16000, (OperatingPoint(1.0),), "v2", weights=replace(first, companions=tuple(beside)))


def test_companions_are_pulled_pinned_and_listed_with_the_first(server: str, cache: Path) -> None:
    lyra = several(server, "encoder.bin", "quantizer.bin", "decoder.bin")
    assert status(lyra).what == "missing"
    paths = pull(lyra)
    assert [path.name for path in paths] == ["encoder.bin", "quantizer.bin", "decoder.bin"]
    assert (status(lyra).what, status(lyra).size, status(lyra).files) == ("cached", 3 * len(CONTENT), 3)
    assert resolve(lyra) == paths[0]
    paths[1].unlink()
    assert status(lyra).what == "missing (1 of 3 files)"
    with pytest.raises(
        Unavailable, match=r"^lyra:v2: its weights are not on this machine \(quantizer.bin\); `codecbench"
    ):
        resolve(lyra)
    pull(lyra)
    paths[2].write_bytes(b"another")
    assert status(lyra).state == "damaged"
    with pytest.raises(UsageError, match=r"lyra:v2: decoder\.bin is not the expected file"):
        resolve(lyra)
    broken = several(server, "encoder.bin", "absent.bin")
    with pytest.raises(UsageError, match=r"absent\.bin could not be fetched.*404"):
        pull(broken)


def test_a_folder_that_has_the_files_is_taken(server: str, tmp_path: Path) -> None:
    toy, lyra = card(f"{server}/x"), several(server, "encoder.bin", "quantizer.bin")
    with pytest.raises(UsageError, match=r"=.*: it is a folder without model\.bin; it must have model\.bin$"):
        resolve(toy, tmp_path)
    (tmp_path / "model.bin").write_bytes(b"fine-tuned")
    (tmp_path / "config.json").write_text("{}")  # as save_pretrained leaves it
    assert resolve(toy, tmp_path) == tmp_path / "model.bin"
    with pytest.raises(
        UsageError, match=r"a folder without encoder\.bin; it must have encoder\.bin and quantizer\.bin"
    ):
        resolve(lyra, tmp_path)
    (tmp_path / "encoder.bin").write_bytes(CONTENT)
    for given in (tmp_path, tmp_path / "encoder.bin"):
        with pytest.raises(UsageError, match=r"quantizer\.bin must lie beside encoder\.bin"):
            resolve(lyra, given)
    (tmp_path / "quantizer.bin").write_bytes(CONTENT)
    assert resolve(lyra, tmp_path) == tmp_path / "encoder.bin"


def test_weights_are_as_pinned_where_every_file_is(server: str, tmp_path: Path) -> None:
    lyra = several(server, "encoder.bin", "quantizer.bin")
    first, second = tmp_path / "mine.bin", tmp_path / "quantizer.bin"
    first.write_bytes(CONTENT)
    second.write_bytes(CONTENT)
    assert as_pinned(lyra, first)
    second.write_bytes(b"another")
    assert not as_pinned(lyra, first)
    assert as_pinned(several(server, "encoder.bin", "quantizer.bin", sha256=None), first)


def test_bundled_weights_are_what_an_unpinned_card_means(tmp_path: Path) -> None:
    card = registry().codec("facodec:reference").card
    own = resolve(card)
    assert own is not None
    assert as_pinned(card, own)
    same, other = tmp_path / "same.safetensors", tmp_path / "other.safetensors"
    same.write_bytes(own.read_bytes())
    other.write_bytes(CONTENT)
    assert as_pinned(card, same)
    assert not as_pinned(card, other)


def test_what_is_added_is_found_without_an_option(server: str, tmp_path: Path, cache: Path) -> None:
    lyra, place = several(server, "encoder.bin", "quantizer.bin"), tmp_path / "release"
    place.mkdir()
    (place / "encoder.bin").write_bytes(CONTENT)
    with pytest.raises(
        UsageError, match=r"^weights add lyra:v2 .*release: quantizer\.bin must lie beside encoder\.bin"
    ):
        add(lyra, place)
    (place / "quantizer.bin").write_bytes(b"another")
    with pytest.raises(
        UsageError, match=r"quantizer\.bin is not the expected file.*for a run with other weights.*--weights"
    ):
        add(lyra, place)
    assert files_below(cache) == []
    (place / "quantizer.bin").write_bytes(CONTENT)
    paths = add(lyra, place / "encoder.bin")
    assert resolve(lyra) == paths[0]
    assert files_below(cache) == ["encoder.bin", "quantizer.bin"]
    assert add(lyra, place) == add(lyra, cache / "lyra-v2") == paths
    with pytest.raises(UsageError, match=r"^weights add lyra:v2 .*nowhere: no such file or folder"):
        add(lyra, tmp_path / "nowhere")
    with pytest.raises(UsageError, match="its weights come with the package codecbench_encodec"):
        add(replace(lyra, weights=WeightsFile("w", package="codecbench_encodec")), place)


def test_a_card_that_names_no_place_breaks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_module.py").write_text("raise RuntimeError('imported')")
    (tmp_path / "a_package" / "inner").mkdir(parents=True)
    (tmp_path / "a_package" / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(tmp_path)

    def found(package: str) -> tuple[str, str]:
        bundled = replace(card(None), weights=WeightsFile("w.bin", package=package))
        state = status(bundled)
        return state.state, state.problem

    state, problem = found("a_module")
    assert state == "broken"
    assert "'a_module', which is a module and no package: bundled weights lie in PACKAGE/weights" in problem
    assert found("no_such_package") == ("broken", "toy:far: No module named 'no_such_package'")
    assert found("a_package.gone")[0] == "broken"
    assert found("a_package") == found("a_package.inner") == ("missing", "")
    (tmp_path / "a_package" / "inner" / "weights").mkdir()
    (tmp_path / "a_package" / "inner" / "weights" / "w.bin").write_bytes(b"w")
    assert found("a_package.inner")[0] == "bundled"
    with pytest.raises(
        Unavailable, match=r"w\.bin is not in .*/a_package/weights, where package a_package bundles it; put"
    ):
        resolve(replace(card(None), weights=WeightsFile("w.bin", package="a_package")))


@pytest.mark.parametrize("companions", [("name.bin",), (WeightsFile("a", companions=(WeightsFile("b"),)),), "ab"])
def test_companions_are_files(companions: object) -> None:
    with pytest.raises(ValueError, match="companions must be a tuple of WeightsFile"):
        WeightsFile("w.bin", companions=companions)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["../w.bin", "a/b", "", ".."])
def test_a_name_leads_out_of_no_folder(name: str) -> None:
    with pytest.raises(ValueError, match="name must be a file's name"):
        WeightsFile(name)
