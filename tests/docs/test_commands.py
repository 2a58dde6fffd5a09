"""Command blocks of the documents: two pages are typed as they stand, all others' reading commands too, and every
command of codecbench that stands anywhere is one that it understands.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest
from conftest import REPOSITORY
from made_runs import MadeCodec, made_results, realistic, store_results

PAGES = ("README.md", *sorted(path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "docs").rglob("*.md")))
TYPED = ("docs/first-run.md", "docs/paper.md")
"""From top to bottom, in an empty folder: a person's first hour."""
READS = ("table", "plot", "report", "compare", "list", "env", "baseline")
"""Verbs that run no codec: on other pages these are typed where a few made-up runs lie."""

VARIABLE = re.compile(r"\$\{?\w+\}?")
"""What a batch system sets."""


def commands(page: str) -> Iterator[str]:
    """Lines of a page's `sh` blocks, without comments."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words:
                yield line


def of_codecbench(line: str) -> Iterator[list[str]]:
    """Its commands that are codecbench's, as words: of a line with `&&` or `|` each."""
    part: list[str] = []
    for word in [*shlex.split(line, comments=True), "&&"]:
        if word in ("&&", "||", "|", ";"):
            if part[:1] == ["codecbench"]:
                yield part[1:]
            part = []
        else:
            part.append(word)


def parsed(words: Sequence[str]) -> None:
    """Raises click's error where codecbench would not understand `words`."""
    from codecbench.cli import cli

    command: click.Command = cli
    context = cli.make_context("codecbench", list(words))
    while isinstance(command, click.Group):
        name, found, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None
        command, context = found, found.make_context(name, rest, parent=context)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_understood(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("speech.tsv").touch()
    for line in commands(page):
        for words in of_codecbench(VARIABLE.sub("1", line)):
            try:
                parsed(words)
            except click.exceptions.Exit:
                pass
            except click.ClickException as error:
                pytest.fail(f"{page}: codecbench {shlex.join(words)}: {error.format_message()}")


def bash(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = line.replace("codecbench ", f"{shlex.quote(sys.executable)} -m codecbench ", 1)
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", words], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.parametrize("page", TYPED)
def test_a_page_is_typed_from_top_to_bottom(page: str, tmp_path: Path) -> None:
    pytest.importorskip("pesq")
    pytest.importorskip("matplotlib")
    for line in commands(page):
        result = bash(line, tmp_path)
        assert result.returncode == 0, f"{line}\n{result.stderr}"
    made = {path.name for path in tmp_path.iterdir()}
    promised = {match for line in commands(page) for match in re.findall(r"--out (\S+)", line)}
    assert promised <= made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where runs lie under the names that the documents use."""
    folder = tmp_path_factory.mktemp("reading")
    (folder / "runs").mkdir()
    results = realistic(8)
    for name in ("run", "run-a", "codecbench-run", "run-before", "runs/mine", "runs/before", "runs/after", "before"):
        store_results(results, folder / name)
    store_results(made_results([MadeCodec("mine", (3, 6))], utterances=8), folder / "run-b")
    return folder


def reading() -> list[tuple[str, str]]:
    return [
        (page, line) for page in PAGES if page not in TYPED and page != "docs/ci.md" for line in commands(page)
        if (words := next(of_codecbench(line), [])) and words[0] in READS and "pdflatex" not in line
    ]  # fmt: skip


@pytest.mark.parametrize(("page", "line"), reading())
def test_what_reads_a_run_is_typed(page: str, line: str, folder: Path) -> None:
    result = bash(line, folder)
    assert result.returncode == 0, f"{page}: {line}\n{result.stderr}"


def test_messages_are_those_that_codecbench_has() -> None:
    page = (REPOSITORY / "docs" / "messages.md").read_text(encoding="utf-8")
    table = page[page.index("## Messages") :]
    quoted = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert len(quoted) > 10
    paths = [path for tree in ("codecbench", "plugins") for path in (REPOSITORY / tree).rglob("*.py")]
    sources = [path.read_text(encoding="utf-8") for path in paths]
    joined = [re.sub(r'"\s*\n\s*f?"', "", text) for text in sources]  # texts that go on in the next line
    for message in quoted:
        assert any(message in text for text in joined), message
