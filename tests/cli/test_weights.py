from __future__ import annotations

import json

from click.testing import CliRunner

from codecbench.cli.weights import weights
from codecbench.errors import UsageError


def test_every_checkpoint_with_weights_is_listed_with_its_licence() -> None:
    found = json.loads(CliRunner().invoke(weights, ["list", "--json"]).output)
    by_spec = {state["spec"]: state for state in found}
    assert "encodec:facebook-24khz" in by_spec
    assert "opus:default" not in by_spec
    assert by_spec["encodec:reference"]["state"] == "bundled"
    assert all(state["licence"] for state in found)
    text = CliRunner().invoke(weights, ["list"]).output
    assert all(spec in text for spec in by_spec)


def test_a_codec_without_weights_has_none_to_fetch_and_verifying_says_so() -> None:
    error = CliRunner().invoke(weights, ["pull", "opus"]).exception
    assert isinstance(error, UsageError)
    assert "opus:default needs no weights" in str(error)
    assert CliRunner().invoke(weights, ["verify", "opus"]).output.startswith("opus:default: ")
