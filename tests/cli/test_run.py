"""What the command asks of the runner."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner
from running import in_process

from codecbench.run.request import Request

COMMAND = import_module("codecbench.cli.run")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Request]:
    """Requests in place of runs, in a folder that has folders of a dataset's and of another name."""
    requests: list[Request] = []

    def keep(request: Request, scheduler: str | None, ship_audio: bool) -> int:
        assert scheduler is None
        assert not ship_audio
        requests.append(request)
        return 0

    monkeypatch.setattr(COMMAND, "execute", keep)
    monkeypatch.chdir(tmp_path)
    for name in ("probe", "speech"):
        (tmp_path / name).mkdir()
    return requests


@pytest.mark.parametrize(
    ("arguments", "dataset"),
    [([], "probe"), (["--dataset", "probe"], "probe"), (["--dataset", "speech"], "{}/speech"),
     (["--dataset", "./probe"], "{}/probe"), (["--dataset", "unheard-of"], "unheard-of")],
)  # fmt: skip
def test_a_name_is_a_dataset_even_where_a_folder_has_it(
    asked: list[Request], tmp_path: Path, arguments: list[str], dataset: str
) -> None:
    result = CliRunner().invoke(COMMAND.run, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    (request,) = asked
    assert request.dataset == dataset.format(tmp_path)


def test_audio_is_shipped_to_a_schedulers_workers_alone(asked: list[Request]) -> None:
    result = in_process("run", "--ship-audio", "--out", "here")
    assert result.returncode == 2
    assert "--ship-audio: audio is shipped to the workers of a --scheduler" in result.stderr
    assert asked == []
