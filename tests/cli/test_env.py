from __future__ import annotations

import json
import re

from click.testing import CliRunner

import codecbench
from codecbench.cli.env import env


def test_it_has_what_a_report_of_a_bug_needs_and_nothing_of_the_user() -> None:
    result = CliRunner().invoke(env, ["--json"])
    facts = json.loads(result.output)
    assert facts["codecbench"] == codecbench.__version__
    assert {"pcm:default", "opus:default"} <= set(facts["codecs"])
    assert {"processor", "cores", "system"} <= set(facts["machine"])
    assert facts["libraries"]["numpy"]


def test_for_people_it_says_the_same() -> None:
    text = CliRunner().invoke(env, []).output
    assert f"codecbench: {codecbench.__version__}\n" in text
    assert re.search(r"^  numpy: \d", text, re.MULTILINE)
    assert "broken plugins: none" in text
