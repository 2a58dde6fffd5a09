"""docs/ci.md as a maintainer would follow it: its baseline commands and the steps of every CI system, run as written.

What several systems do alike is run once, by the GitHub workflow; the others repeat it in the folder of that run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest
import yaml
from conftest import REPOSITORY

from codecbench.gate.thresholds import load_settings

DOCUMENT = (REPOSITORY / "docs" / "ci.md").read_text()
TUTORIAL = (REPOSITORY / "docs" / "tutorial-codec-plugin.md").read_text()


PIP = '#!/bin/sh\nexec {python} -m pip "$@" --quiet --upgrade --no-deps --target {site}\n'
"""What this environment has stays as it is: everything goes into a folder of the job's own."""


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def steps() -> dict[str, str]:
    """The workflow's `run` steps by name, in order."""
    workflow = blocks(DOCUMENT, "yaml")[0]
    found = {}
    for part in re.split(r"^      - ", workflow, flags=re.MULTILINE)[1:]:
        name = re.match(r"name: (.*)", part)
        command = re.search(r"^        run: (\|\n)?(.*)", part, re.DOTALL | re.MULTILINE)
        if name and command:
            found[name[1]] = textwrap.dedent(command[2])
    return found


@dataclass(frozen=True)
class Checkout:
    """A clone of the codec's repository, and the environment of a job in it."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """As GitHub runs a step."""
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command], cwd=self.folder,
            env=dict(self.environment), capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    def ok(self, command: str) -> str:
        result = self.run(command)
        assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
        return result.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The tutorial's codec as `mycodec`, on GitHub's terms: an origin, a clone, and pip into a folder of its own."""
    pytest.importorskip("pesq")
    home = tmp_path_factory.mktemp("ci")
    project, site, tools = home / "clone", home / "site", home / "tools"
    environment = dict(
        os.environ, PYTHONPATH=os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")])),
        PATH=os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]]),
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(home / "summary.md"), GITHUB_BASE_REF="main", HOME=str(home),
        GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@b.c", GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@b.c",
    )  # fmt: skip
    project.mkdir()
    tools.mkdir()
    (tools / "pip").write_text(PIP.format(python=sys.executable, site=site))
    (tools / "pip").chmod(0o755)
    tests = f"\n{blocks(DOCUMENT, 'toml')[0]}"
    (project / "mulaw_codec.py").write_text(blocks(TUTORIAL, "python")[0].replace('"mulaw"', '"mycodec"'))
    (project / "pyproject.toml").write_text(blocks(TUTORIAL, "toml")[0] + tests)
    found = Checkout(project, environment)
    found.ok(
        "git init --quiet --bare ../origin; git init --quiet --initial-branch main; git remote add origin ../origin"
    )
    found.ok(steps()["Install"])
    (baseline,) = blocks(DOCUMENT, "sh")
    found.ok(baseline)
    found.ok("rm -r run build *.egg-info; git add . && git commit --quiet -m first && git push --quiet origin main")
    found.ok("git fetch --quiet origin")
    return found


def test_every_step_of_the_workflow_is_run_here() -> None:
    assert list(steps()) == ["Install", "Measure", "Gate", "Speed, in turns with the base branch"]


def test_the_workflow_passes_and_then_is_red_for_a_reason(checkout: Checkout) -> None:
    for command in steps().values():
        checkout.ok(command)
    summary = Path(checkout.environment["GITHUB_STEP_SUMMARY"])
    assert "### ✅ codecbench gate: pass" in summary.read_text()
    assert "decode RTF" in summary.read_text()

    source = checkout.folder / "mulaw_codec.py"
    source.write_text(source.read_text().replace("/ 2 * 255", "/ 2 * 31").replace("/ 255 * 2", "/ 31 * 2"))
    checkout.ok(steps()["Install"])
    checkout.ok(steps()["Measure"])
    result = checkout.run(steps()["Gate"])
    assert result.returncode == 1, result.stdout + result.stderr
    assert "::error title=codecbench gate%3A regressed::mycodec at 128 kbps: pesq_wb " in result.stdout
    assert "### ❌ codecbench gate: regressed" in summary.read_text()


def gitlab() -> Mapping[str, Any]:
    job: Mapping[str, Any] = yaml.safe_load(blocks(DOCUMENT, "yaml")[1])["codec"]
    return job


def jenkins() -> list[str]:
    (text,) = blocks(DOCUMENT, "groovy")
    assert text.count("{") == text.count("}")
    return [command for _, command in re.findall(r"""sh (['"])(.*?)\1 }""", text)]


def tox_commands() -> list[str]:
    parser = ConfigParser(interpolation=None)
    parser.read_string(blocks(DOCUMENT, "ini")[0])
    return parser["testenv:codec"]["commands"].strip().splitlines()


def pre_push() -> str:
    (hook,) = yaml.safe_load(blocks(DOCUMENT, "yaml")[2])["repos"][0]["hooks"]
    return str(hook["entry"])


def test_every_system_installs_as_the_workflow_does() -> None:
    install = steps()["Install"].strip()
    assert gitlab()["script"][0] == jenkins()[0] == install
    workflow = yaml.safe_load(blocks(DOCUMENT, "yaml")[0])["jobs"]["gate"]
    index = workflow["env"]["PIP_EXTRA_INDEX_URL"]
    assert gitlab()["variables"]["PIP_EXTRA_INDEX_URL"] == index
    assert f"PIP_EXTRA_INDEX_URL = '{index}'" in blocks(DOCUMENT, "groovy")[0]
    assert f"PIP_EXTRA_INDEX_URL = {index}" in blocks(DOCUMENT, "ini")[0]


def test_the_other_systems_pass_where_the_workflow_does(checkout: Checkout) -> None:
    """In the state of the first commit; nothing but the first measurement is computed."""
    checkout.ok("git checkout --quiet -- . && git worktree remove --force base || true")
    checkout.ok(steps()["Install"])
    _, measure, gate, worktree, speed = gitlab()["script"]
    environment = {**checkout.environment, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "GITHUB_ACTIONS": "false"}
    elsewhere = Checkout(checkout.folder, environment)
    for command in (measure, gate, worktree, f"{speed} --rounds 7", *jenkins()[1:], *tox_commands(), pre_push()):
        elsewhere.ok(command)
    for report in gitlab()["artifacts"]["reports"]["junit"]:
        assert {suite.attrib["failures"] for suite in parse(checkout.folder / report).getroot()} == {"0"}


def test_the_settings_shown_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(blocks(DOCUMENT, "toml")[1])
    settings = load_settings(path)
    assert settings.exact_payload == ("mycodec",)
    assert settings.bitrate == 0.01
    assert settings.floors == {("", "estoi"): 0.5, ("mycodec@6", "pesq_wb"): 2.0}
