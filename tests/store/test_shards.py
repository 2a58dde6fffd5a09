from __future__ import annotations

import json

from codecbench.store.shards import MergedFacts, MergedShard, ShardFacts

FACTS = ShardFacts(3, 7, "hash of the keys", 12, 80, ("si_sdr", "estoi"), ("estoi",))


def test_facts_survive_the_store() -> None:
    merged = MergedFacts(7, "hash of the keys", 80).having(10, MergedShard("run", 12, 12))
    assert ShardFacts.from_json(json.loads(json.dumps(FACTS.as_json()))) == FACTS
    assert MergedFacts.from_json(json.loads(json.dumps(merged.as_json()))) == merged
    assert str(FACTS) == "shard 3/7"


def test_a_shard_that_is_merged_again_is_there_once_as_it_is_now() -> None:
    merged = MergedFacts(3, "hash", 80)
    for index, done in ((2, 5), (1, 12), (2, 9)):
        merged = merged.having(index, MergedShard(f"run{index}", 12, done))
    assert list(merged.shards) == [1, 2]
    assert [shard.missing for shard in merged.shards.values()] == [0, 3]
    assert merged.absent == [3]
