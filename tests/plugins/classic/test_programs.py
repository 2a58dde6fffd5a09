from __future__ import annotations

import sys
from pathlib import Path

import pytest
from codecbench_classic import programs
from codecbench_classic.programs import Program, ProgramFailed, ProgramStopped, last_line, parse_template

from codecbench.api import Unavailable, UsageError

PYTHON = sys.executable
UPPER = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read().upper())"
COPY = "import sys, shutil; shutil.copyfile(sys.argv[1], sys.argv[2]); print('progress')"


def test_by_pipes_or_by_files() -> None:
    assert Program([PYTHON, "-c", UPPER], "").run(b"ab", {}, 1.0) == b"AB"
    assert Program([PYTHON, "-c", COPY, "{input}", "{output}"], "").run(b"ab", {}, 1.0) == b"ab"


def test_values_are_arguments_and_never_read_by_a_shell(tmp_path: Path) -> None:
    show = "import sys; sys.stdout.write(sys.argv[1])"
    made = tmp_path / "made"
    text = f"$(touch {made}); 'q' {{kbps}}"
    assert Program([PYTHON, "-c", show, "{x}"], "").run(b"", {"x": text}, 1.0) == text.encode()
    assert not made.exists()


@pytest.mark.parametrize(("code", "message"), [
    ("import sys; print('loading'); sys.exit('encoder: no such mode\\n')",
     "ended with status 1: encoder: no such mode"),
    ("pass", "wrote nothing: it said nothing"),
])  # fmt: skip
def test_what_fails_is_told_by_its_last_line(code: str, message: str) -> None:
    with pytest.raises(ProgramFailed, match=message):
        Program([PYTHON, "-c", code], "").run(b"", {}, 1.0)


def test_one_that_writes_no_file_is_told() -> None:
    with pytest.raises(ProgramFailed, match=r"wrote nothing into {output}"):
        Program([PYTHON, "-c", "pass", "{input}", "{output}"], "").run(b"a", {}, 1.0)


def test_one_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "LIMIT_S", 0.3)
    monkeypatch.setattr(programs, "LIMIT_PER_S", 0.0)
    with pytest.raises(ProgramStopped, match="did not end within 0 s and was stopped"):
        Program([PYTHON, "-c", "import time; time.sleep(60)"], "").run(b"", {}, 1.0)


def test_one_that_is_not_here_says_what_to_install() -> None:
    with pytest.raises(Unavailable, match="the program 'no-such-enc' is not here; install it: apt install speex"):
        Program(["no-such-enc"], "install it: apt install speex")


def test_lines_of_progress_are_passed_over() -> None:
    assert last_line(b"10 %\r20 %\rwrong mode\n\n") == "wrong mode"
    assert last_line(b"") == "it said nothing"


@pytest.mark.parametrize(("text", "message"), [
    ("enc {input}", "it lacks {output}; placeholders are {input}, {output}, {kbps}"),
    ("enc {input} {output} {rate}", "it has a placeholder {rate}"),
    ("enc {input} {output} {}", "it has a placeholder {}"),
    ("enc 'a {input} {output}", "no command line: No closing quotation"),
    ("enc {input {output}", "no command line"),
])  # fmt: skip
def test_a_users_mistake_is_one_line(text: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_template(text, "--set c.encoder", ["kbps"])
    assert str(raised.value).startswith(f"--set c.encoder='{text}': ")
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
