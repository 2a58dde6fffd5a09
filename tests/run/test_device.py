from __future__ import annotations

import pytest

from codecbench.errors import UsageError
from codecbench.run.device import require_device

torch = pytest.importorskip("torch")


def test_a_device_that_is_not_here_is_one_line() -> None:
    count = torch.cuda.device_count()
    with pytest.raises(
        UsageError, match=rf"^--device cuda:{count}: torch .* finds .* here; leave it out to run on"
    ) as no:
        require_device(f"cuda:{count}")
    assert "\n" not in str(no.value)
    if not count:
        with pytest.raises(UsageError, match=r"--device cuda: torch .* finds no such device here"):
            require_device("cuda")


def test_what_is_here_is_accepted() -> None:
    require_device("cpu")
    if torch.cuda.is_available():
        require_device("cuda")
