"""Words in other languages than English: the column, the option, the recognizer, the normalizer, and who abstains."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from running import codecbench, install_plugin, read_summary

from codecbench.store import Store
from codecbench.store.rows import ScoreRow

POLYGLOT = """
from codecbench.api import Hypothesis, RecognizerCard, hookimpl

HEARD = {"en": "Good morning.", "fr": "L'été, déjà !", "ru": "Доброе утро", "zh": "你好 世界"}

class Polyglot:
    def __init__(self, language="en"):
        self.language = language

    def in_language(self, language):
        return Polyglot(language)

    def transcribe(self, audio):
        return Hypothesis(HEARD[self.language])

@hookimpl
def codecbench_register_recognizers(register):
    register(RecognizerCard("polyglot", "1", lambda: (), languages=("fr", "ru", "zh")), Polyglot)
"""
SAID = (
    ("english", "good morning", "en-GB"), ("french", "l'été déjà", "fr"), ("russian", "Доброе, утро!", "ru"),
    ("chinese", "你好世界", "zh"), ("german", "guten Morgen", "de"),
)  # fmt: skip
RUN = ("run", "--codecs", "g711", "--cost", "none", "--metrics", "wer,cer,dwer,dper,hallucinated_wer,stoi", "--jobs", 1)


def scores(folder: Path) -> Mapping[tuple[str, str], ScoreRow]:
    with Store(folder) as store:
        return {(row.utterance, row.metric): row for row in store.results().scores}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> Path:
    folder = tmp_path_factory.mktemp("languages")
    shutil.copy(clips.parent / "clip0.wav", folder)
    rows = [f"{name}\tclip0.wav\t{text}\t{language}" for name, text, language in SAID]
    (folder / "manifest.tsv").write_text("\n".join(["id\tpath\ttranscript\tlanguage", *rows]) + "\n")
    return folder / "manifest.tsv"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, manifest: Path) -> Path:
    folder = tmp_path_factory.mktemp("run")
    install_plugin(folder / "site", "polyglot", POLYGLOT)
    done = codecbench(
        *RUN, "--recognizer", "polyglot", "--dataset", manifest, "--out", folder / "run", site=folder / "site"
    )
    assert done.returncode == 0, done.stderr
    return folder / "run"


def test_each_is_heard_and_normalized_in_its_language(run: Path) -> None:
    """One recording with five transcripts: what is kept of it is kept by language."""
    found = scores(run)
    assert {name: found[name, "wer"].numerator for name, *_ in SAID[:3]} == {"english": 0, "french": 0, "russian": 0}
    assert {name: found[name, "wer"].denominator for name, *_ in SAID[:3]} == {"english": 2, "french": 3, "russian": 2}
    assert (found["chinese", "cer"].numerator, found["chinese", "cer"].denominator) == (0, 4)
    assert found["chinese", "wer"].status == "abstained"
    assert "'zh' is written without blanks between words: count characters (cer)" in (
        found["chinese", "wer"].reason or ""
    )


def test_what_is_of_english_alone_says_so(run: Path) -> None:
    found = scores(run)
    for metric in ("dper", "hallucinated_wer"):
        assert found["french", metric].status == "abstained"
        assert f"the utterance is in 'fr', and {metric} is of en alone" in (found["french", metric].reason or "")
    assert {found[name, "stoi"].status for name, *_ in SAID} == {"ok"}


def test_a_language_that_the_recognizer_does_not_hear(run: Path) -> None:
    found = scores(run)
    assert found["german", "dwer"].status == "abstained"
    reason = "the utterance is in 'de', and the recognizer polyglot hears en, fr, ru, zh alone"
    assert reason in (found["german", "dwer"].reason or "")


def test_a_recognizer_of_english_hears_nothing_else(tmp_path: Path, manifest: Path) -> None:
    done = codecbench(
        *RUN[:6], "wer,ci_wer", "--jobs", 1, "--dataset", manifest, "--limit", 2, "--out", tmp_path / "run"
    )
    assert done.returncode == 0, done.stderr
    found = scores(tmp_path / "run")
    assert {key: row.status for key, row in found.items() if key[0] == "english"} == {
        ("english", "wer"): "ok", ("english", "ci_wer"): "ok",
    }  # fmt: skip
    assert "whisper-tiny.en hears en alone" in (found["french", "wer"].reason or "")


def test_the_option_names_the_language_of_a_folder(tmp_path: Path, manifest: Path) -> None:
    install_plugin(tmp_path / "site", "polyglot", POLYGLOT)
    (tmp_path / "speech").mkdir()
    shutil.copy(manifest.parent / "clip0.wav", tmp_path / "speech" / "a.wav")
    (tmp_path / "speech" / "a.txt").write_text("Доброе утро")
    given = (*RUN, "--recognizer", "polyglot", "--dataset", tmp_path / "speech")
    done = codecbench(*given, "--language", "ru", "--out", tmp_path / "run", site=tmp_path / "site")
    assert done.returncode == 0, done.stderr
    assert scores(tmp_path / "run")["a", "wer"].numerator == 0
    known = read_summary(tmp_path / "run")["run"]["computed"]
    again = codecbench("score", tmp_path / "run", "--metrics", "wer", site=tmp_path / "site")
    assert again.returncode == 0, again.stderr
    assert (read_summary(tmp_path / "run")["run"]["computed"], known > 0) == (0, True)


def test_a_language_is_a_code(tmp_path: Path, manifest: Path) -> None:
    named = codecbench(*RUN, "--language", "French", "--out", tmp_path / "run")
    assert (named.returncode, "--language 'French': write its code of BCP 47" in named.stderr) == (2, True)
    wrong = tmp_path / "manifest.tsv"
    wrong.write_text(manifest.read_text().replace("\tru\n", "\trussian please\n"))
    shutil.copy(manifest.parent / "clip0.wav", tmp_path)
    done = codecbench(*RUN, "--dataset", wrong, "--out", tmp_path / "run")
    assert done.returncode == 2
    assert "utterance 'russian': language 'russian please': write its code of BCP 47" in done.stderr


def test_french_and_russian_speech(tmp_path: Path, shared: Path) -> None:
    """Prompts of two telephone systems, without transcripts: what is heard in both is compared."""
    with (shared / "data" / "train" / "manifest.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    chosen = {
        code: next(row for row in rows if mark in row["source"]) for code, mark in (("fr", "(fr_CA"), ("ru", "(ru_RU"))
    }
    lines = ["id\tpath\tlanguage"]
    for code, row in chosen.items():
        lines.append(f"{row['id']}\t{(shared / 'data' / 'train' / row['path']).resolve()}\t{code}")
    (tmp_path / "manifest.tsv").write_text("\n".join(lines) + "\n")
    install_plugin(tmp_path / "site", "polyglot", POLYGLOT)
    done = codecbench(
        *RUN, "--recognizer", "polyglot", "--dataset", tmp_path / "manifest.tsv", "--out", tmp_path / "run",
        site=tmp_path / "site",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = scores(tmp_path / "run")
    assert [found[chosen[code]["id"], "dwer"].denominator for code in ("fr", "ru")] == [3, 2]
