from __future__ import annotations

import re
from collections import Counter

import pytest

from codecbench.errors import UsageError
from codecbench.run.keys import digest
from codecbench.run.shard import Shard


@pytest.mark.parametrize("text", ["0/4", "5/4", "x", "1/0", "", "1", "1/", "-1/4", "1/4/2", "1.5/4", "²/4", "3 of 4"])
def test_what_is_no_part_of_anything_is_one_line(text: str) -> None:
    with pytest.raises(UsageError, match=re.escape(f"--shard '{text}': ")) as error:
        Shard.parse(text)
    assert "\n" not in str(error.value)


def test_it_reads_what_it_prints() -> None:
    shard = Shard.parse(" 3/64 ")
    assert (shard.index, shard.count) == (3, 64)
    assert Shard.parse(str(shard)) == shard


@pytest.mark.parametrize("count", [1, 2, 7, 64])
def test_every_key_is_held_by_one_shard_and_none_holds_much_more_than_its_part(count: int) -> None:
    keys = [digest(number) for number in range(64 * 50)]
    shards = [Shard(index, count) for index in range(1, count + 1)]
    held = Counter(shard.index for key in keys for shard in shards if shard.holds(key))
    assert sum(held.values()) == len(keys)
    assert all(abs(held[shard.index] - len(keys) / count) < 6 * (len(keys) / count) ** 0.5 for shard in shards)
