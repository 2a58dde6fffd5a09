from __future__ import annotations

from pathlib import Path

import pytest
from made_runs import made_results, store_results

from codecbench.errors import UsageError
from codecbench.run.asked import dataset_place, device_name, recognizer_place, scoring_request


def test_names_stay_names_and_paths_become_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "probe").mkdir()
    (tmp_path / "mine").mkdir()
    assert dataset_place("probe") == "probe"  # a dataset's, whatever lies here
    assert dataset_place("mine") == str(tmp_path / "mine")
    assert recognizer_place("whisper:mine") == f"whisper:{tmp_path / 'mine'}"
    assert recognizer_place("whisper:org/model") == "whisper:org/model"


@pytest.mark.parametrize("device", ["gpu", "cuda:", "CUDA"])
def test_what_is_no_device_is_refused(device: str) -> None:
    with pytest.raises(UsageError, match=f"--device '{device}': expected cpu, cuda, cuda:N or mps"):
        device_name(device)


def test_a_folder_that_holds_no_codings_is_not_scored(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="contains no codings yet"):
        scoring_request(store_results(made_results([], utterances=1), tmp_path / "run"), None, 1, "")
