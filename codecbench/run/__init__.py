"""Plan, execute, store: the only part of codecbench that runs codecs."""
