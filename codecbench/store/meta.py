"""A run's facts, by name: what the store's table `meta` holds."""

FILE = "results.sqlite"
SCHEMA = 1

META = {
    "schema": "version of this file's layout",
    "run_id": "random id of the folder",
    "created": "UTC time of the first plan",
    "finished": "UTC time the last plan ended, null while it runs or after a kill",
    "command": "the last plan's command line; who made which rows is in the table `invocations`",
    "request": "the last plan's request, for `score`",
    "codecbench": "version of the harness",
    "dataset": "id of the dataset, or the manifest's name",
    "dataset_synthetic": "whether its speech is synthetic",
    "dataset_warnings": "what was odd about it",
    "revision": "sha256 over the run's utterances: see codecbench.store.revision",
    "condition": "wb, fb, or a registered condition with its value, see codecbench.conditions",
    "condition_told": "what the condition does, in words; absent for wb and in older folders",
    "condition_unit": "unit of the condition's value, empty where it has none; absent in older folders",
    "payloads": "where the payloads were that were given, or null: nothing was encoded; absent in older folders",
    "recognizer": "id, model sha256 and parameters of the recognizer, or null",
    "machine": "processor, cores, memory, system",
    "libraries": "versions of the libraries that the last plan found; see `invocations`",
    "tally": "computed, reused, failed, skipped, abstained of the last plan",
    "shard": "what part of a run the folder is (`ShardFacts`), null where it is no shard",
    "shards": "of a run that was merged from shards, which (`MergedFacts`); else absent",
    "sample_utterances": "ids whose decoded audio is kept for the report",
}
