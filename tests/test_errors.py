from __future__ import annotations

import pytest

from codecbench.errors import Abstain, CodecBenchError, PayloadError, Unavailable, UsageError


@pytest.mark.parametrize("kind", [UsageError, PayloadError, Unavailable, Abstain])
def test_all_of_them_are_caught_as_one(kind: type[CodecBenchError]) -> None:
    with pytest.raises(CodecBenchError, match=r"^why$"):
        raise kind("why")


def test_an_abstention_keeps_its_detail_apart_from_the_reason() -> None:
    assert (str(Abstain("why", {"kind": "screened"})), Abstain("why", {"kind": "screened"}).detail) == (
        "why", {"kind": "screened"},
    )  # fmt: skip
    assert Abstain().detail == {}
