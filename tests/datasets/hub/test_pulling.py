"""A split from a stand-in of the Hub on the loopback, through the command line: pulled, run, refused where changed."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import made_layouts
import pytest
from running import codecbench

from codecbench.store import open_run

pytest.importorskip("huggingface_hub")
arrow: Any = pytest.importorskip("pyarrow")
parquet: Any = pytest.importorskip("pyarrow.parquet")

SPEC = "hf:made/speech@main:test"
RUN = ("run", "--codecs", "g711", "--metrics", "si_sdr", "--cost", "none", "--keep-audio", "none")


@dataclass
class Hub:
    """One repository, made/speech, whose branch main is at `commit`."""

    files: dict[str, bytes] = field(default_factory=dict)
    commit: str = "1" * 40
    stated: dict[str, str] = field(default_factory=dict)
    """sha256 that it states of a file, where that is not the file's."""
    fetched: list[str] = field(default_factory=list)

    def info(self) -> dict[str, Any]:
        def lfs(name: str, content: bytes) -> dict[str, Any]:
            sha256 = self.stated.get(name, hashlib.sha256(content).hexdigest())
            return {"sha256": sha256, "size": len(content), "pointerSize": 130}

        siblings = [{"rfilename": name, "size": len(content), "blobId": "0" * 40, "lfs": lfs(name, content)}
                    for name, content in self.files.items()]  # fmt: skip
        return {"id": "made/speech", "sha": self.commit, "siblings": siblings, "cardData": {"license": "cc0-1.0"},
                "private": False, "gated": False, "disabled": False, "downloads": 0, "likes": 0,
                "tags": []}  # fmt: skip


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    found = Hub()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, body: bool) -> None:
            path = unquote(urlsplit(self.path).path)
            if path == "/api/datasets/made/speech/revision/main":
                self.send(json.dumps(found.info()).encode(), body, {"Content-Type": "application/json"})
                return
            name = path.removeprefix(f"/datasets/made/speech/resolve/{found.commit}/")
            if name not in found.files:
                self.send_response(404)
                self.send_header("X-Error-Code", "RepoNotFound")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            content = found.files[name]
            if body:
                found.fetched.append(name)
            etag = f'"{hashlib.sha256(content).hexdigest()}"'
            self.send(content, body, {"ETag": etag, "X-Repo-Commit": found.commit})

        def send(self, content: bytes, body: bool, headers: dict[str, str]) -> None:
            self.send_response(200)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            if body:
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
        monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
        yield found
        server.shutdown()


def rows(folder: Path, words: str) -> bytes:
    listed = []
    for number in range(3):
        made_layouts.write_audio(folder / f"{number}.flac")
        audio = {"bytes": (folder / f"{number}.flac").read_bytes(), "path": f"{number}.flac"}
        listed.append({"audio": audio, "text": f"{words} {number}", "speaker_id": number, "id": f"u{number}"})
    parquet.write_table(arrow.Table.from_pylist(listed), folder / "rows.parquet")
    return (folder / "rows.parquet").read_bytes()


def test_parquet_from_its_name_to_a_run_and_back(hub: Hub, tmp_path: Path) -> None:
    hub.files = {"README.md": b"made", "data/test-00000-of-00001.parquet": rows(tmp_path, "word")}
    absent = codecbench(*RUN, "--dataset", SPEC, "--out", tmp_path / "run")
    assert absent.returncode == 2
    assert absent.stderr.strip().endswith(f"fetch it: codecbench datasets pull {SPEC}")
    pulled = codecbench("datasets", "pull", SPEC)
    assert pulled.returncode == 0, pulled.stderr
    assert "at commit 111111111111; licence: cc0-1.0" in pulled.stdout
    assert "3 utterances in " in pulled.stdout
    assert hub.fetched == ["data/test-00000-of-00001.parquet"]
    assert codecbench("datasets", "pull", SPEC).returncode == 0
    assert len(hub.fetched) == 1

    done = codecbench(*RUN, "--dataset", SPEC, "--limit", 2, "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    results = open_run(tmp_path / "run")
    assert results.meta["dataset"] == f"hf:made/speech@{'1' * 40}:test"
    assert [(row.id, row.transcript, row.speaker) for row in results.utterances] == [
        ("u0", "word 0", "0"), ("u1", "word 1", "1"),
    ]  # fmt: skip

    clip = next((tmp_path / "cache").rglob("000001.flac"))
    clip.write_bytes(clip.read_bytes()[:-1])
    changed = codecbench(*RUN, "--dataset", SPEC, "--out", tmp_path / "run")
    assert "1 of 4 files are not as they were unpacked (000001.flac)" in changed.stderr
    hub.commit, hub.files["data/test-00000-of-00001.parquet"] = "2" * 40, rows(tmp_path, "other")
    assert codecbench("datasets", "pull", SPEC).returncode == 0
    verified = codecbench("datasets", "verify", SPEC)
    assert "4 files are as they were unpacked" in verified.stdout, verified.stderr


def test_an_audiofolder(hub: Hub, tmp_path: Path) -> None:
    made = made_layouts.audiofolder(tmp_path / "made")
    hub.files = {path.relative_to(made).as_posix(): path.read_bytes() for path in made.rglob("*.*")}
    pulled = codecbench("datasets", "pull", SPEC)
    assert pulled.returncode == 0, pulled.stderr
    assert "2 utterances in " in pulled.stdout
    done = codecbench(*RUN, "--dataset", SPEC, "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert [row.transcript for row in open_run(tmp_path / "run").utterances] == ["one, two", "trois"]


def test_what_goes_wrong_is_one_line(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(spec: str = SPEC) -> str:
        result = codecbench("datasets", "pull", spec)
        assert result.returncode == 2
        assert "Traceback" not in result.stderr
        (line,) = result.stderr.splitlines()
        return line

    hub.files = {"data/test-00000-of-00001.parquet": rows(tmp_path, "word")}
    assert "is of split 'dev'; it has: test" in refused("hf:made/speech@main:dev")
    assert "could not be fetched from http://127.0.0.1:" in refused("hf:made/nothing@main:test")
    hub.stated = {"data/test-00000-of-00001.parquet": "0" * 64}
    assert "is not the file that the Hub states" in refused()
    hub.stated = {}
    hub.files = {"data/test-00000-of-00001.parquet": b"no parquet"}
    assert "cannot be read" in refused()
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert f"dataset '{SPEC}' could not be fetched from http://127.0.0.1:9: " in refused()
