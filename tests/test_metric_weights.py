from __future__ import annotations

import re
from pathlib import Path

import pytest

from codecbench.api import MetricCard, MetricWeights, UsageError
from codecbench.metric_weights import given_files, how_to_give
from codecbench.weights import RANDOM, sha256_of

FILES = MetricWeights((("config.json",), ("a.bin", "b.bin")), "of a hub", optional=("more.json",))
FOLDER = MetricCard("folded", "1", "", weights=FILES)
FILE = MetricCard("filed", "1", "", weights=MetricWeights((("model.ckpt",),), "of a hub"))


def test_all_files_that_count_are_its_identity(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "b.bin").write_bytes(b"b")
    first = given_files(FOLDER, tmp_path)
    assert first.path == tmp_path.resolve()
    seen = {first.sha256}
    for name in ("more.json", "a.bin"):  # a.bin goes before b.bin
        (tmp_path / name).write_text(name)
        seen.add(given_files(FOLDER, tmp_path).sha256)
    assert len(seen) == 3
    (tmp_path / "b.bin").write_bytes(b"not read any more")
    (tmp_path / "readme.md").write_text("nobody's")
    assert given_files(FOLDER, tmp_path).sha256 in seen


def test_one_file_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.pt"
    path.write_bytes(b"weights")
    assert given_files(FILE, path).sha256 == sha256_of(path)
    (tmp_path / "model.ckpt").write_bytes(b"weights")
    found = given_files(FILE, tmp_path)
    assert (found.path, found.sha256) == ((tmp_path / "model.ckpt").resolve(), sha256_of(path))


def test_what_is_wrong_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    wanted = r"give a folder with config.json and a.bin \(or b.bin\)"
    for card, path, says in (
        (FOLDER, tmp_path, f"a.bin or b.bin is not there; {wanted}"),
        (FOLDER, tmp_path / "config.json", f"it is a file; {wanted}"),
        (FOLDER, tmp_path / "nowhere", "no such file or folder"),
        (FOLDER, RANDOM, "random weights are for a codec's cost"),
        (FILE, tmp_path, "model.ckpt is not there; give model.ckpt or a folder with it"),
        (MetricCard("bare", "1", ""), tmp_path, "this metric takes no weights"),
    ):
        with pytest.raises(UsageError, match=f"^--weights {card.id}={re.escape(str(path))}: {says}"):
            given_files(card, path)


def test_without_any_it_says_what_to_give() -> None:
    assert how_to_give(FOLDER) == (
        "folded needs weights, which codecbench does not fetch: `--weights folded=PATH`, where PATH is a folder with "
        "config.json and a.bin (or b.bin) (of a hub)"
    )


@pytest.mark.parametrize("files", [(), "model.bin", (("a",), ())])
def test_a_card_that_names_no_files_is_refused(files: object) -> None:
    with pytest.raises(ValueError, match=r"a metric's weights: files must be a tuple of"):
        MetricWeights(files, "of a hub")  # type: ignore[arg-type]
