from __future__ import annotations

import pytest
from made_runs import MadeCodec, made_results, realistic

from codecbench.analysis import summarize
from codecbench.analysis.selection import select
from codecbench.errors import UsageError

RESULTS = made_results(
    [MadeCodec("opus", (6, 12)), MadeCodec("encodec", (3, 6)), MadeCodec("encodec", (6,), checkpoint="small")],
    utterances=4,
)


def places(codecs: list[str] | None = None, bitrates: str | None = None) -> list[str]:
    return [f"{row.codec_id.spec}@{row.point}" for row in summarize(select(RESULTS, codecs, bitrates)).rows]


def test_a_part_by_codec_checkpoint_and_bitrate() -> None:
    assert places() == [*places(["opus"]), "encodec:default@3", "encodec:default@6", "encodec:small@6"]
    assert places(["encodec"]) == ["encodec:default@3", "encodec:default@6", "encodec:small@6"]
    assert places(["encodec:small", "opus"], "5.9") == ["opus:default@6", "encodec:small@6"]
    assert places(None, "3,12") == ["opus:default@12", "encodec:default@3"]


def test_looks_and_coverage_are_those_of_the_part() -> None:
    whole, part = summarize(RESULTS), summarize(select(RESULTS, ["encodec:small"]))
    assert part.looks == whole.looks
    assert part.coverage.planned == whole.coverage.planned // 5
    assert [skip.codec for skip in summarize(select(realistic(4), ["opus"])).skipped] == []


@pytest.mark.parametrize(
    ("codecs", "bitrates", "message"),
    [
        (
            ["opsu"],
            None,
            "--codecs: the run has no codec 'opsu'; it has: encodec, encodec:default, encodec:small, ",
        ),
        (["opus"], "3", "nothing is left: no codec that was asked for has a bitrate near 3"),
        (None, "three", "nothing is left: no codec that was asked for has a bitrate near three"),
        (None, "3 kbps", "--bitrates '3 kbps': expected kbps"),
    ],
)
def test_what_is_not_there_is_refused(codecs: list[str] | None, bitrates: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        select(RESULTS, codecs, bitrates)
