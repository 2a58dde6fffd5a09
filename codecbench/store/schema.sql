-- One run's folder. One writer (the runner's process); readers at any time.
-- Tables of large rows have rowids: without them four such rows fill a page of the tree, and finding one takes many pages.
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS metrics (id TEXT PRIMARY KEY, position INTEGER NOT NULL, card TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS utterances (
    id TEXT PRIMARY KEY, position INTEGER NOT NULL, sha256 TEXT NOT NULL, path TEXT NOT NULL, transcript TEXT,
    speaker TEXT NOT NULL, sex TEXT NOT NULL, seconds REAL, reason TEXT, extra TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS codecs (
    codec TEXT NOT NULL, checkpoint TEXT NOT NULL, position INTEGER NOT NULL, plugin TEXT NOT NULL, card TEXT NOT NULL,
    weights_sha256 TEXT, source_sha256 TEXT NOT NULL, other_weights INTEGER, settings TEXT,
    environment TEXT,
    PRIMARY KEY (codec, checkpoint)
) WITHOUT ROWID;
-- A cell's coding under its key; rows of older keys (edited plugin, other weights) stay and are simply not current.
-- The large columns come last: what stands before them is read without them.
CREATE TABLE IF NOT EXISTS codings (
    key TEXT PRIMARY KEY, status TEXT NOT NULL, reason TEXT, samples INTEGER, seconds REAL, entropy_bytes INTEGER,
    codebook_sizes TEXT, decoded_sha256 TEXT, delay_s REAL, missing INTEGER, surplus INTEGER, cut_level_db REAL,
    clipped REAL, peak REAL, invocation TEXT,
    payload BLOB, codes BLOB
);
CREATE TABLE IF NOT EXISTS scores (
    key TEXT PRIMARY KEY, version TEXT NOT NULL, status TEXT NOT NULL, reason TEXT, numerator REAL, denominator REAL,
    detail TEXT NOT NULL, invocation TEXT
);
-- A command that wrote here, and in which environment; rows that it made have its id.
CREATE TABLE IF NOT EXISTS invocations (
    id TEXT PRIMARY KEY, started TEXT NOT NULL, command TEXT NOT NULL, codecbench TEXT NOT NULL, machine TEXT NOT NULL,
    libraries TEXT NOT NULL
);
-- Which key answers for which cell now: the latest plan that asked for it.
CREATE TABLE IF NOT EXISTS current_codings (
    codec TEXT NOT NULL, checkpoint TEXT NOT NULL, point TEXT NOT NULL, utterance TEXT NOT NULL, seed INTEGER NOT NULL,
    nominal_kbps REAL, key TEXT NOT NULL, applied_delay_s REAL,
    PRIMARY KEY (codec, checkpoint, point, utterance, seed)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS current_scores (
    codec TEXT NOT NULL, checkpoint TEXT NOT NULL, point TEXT NOT NULL, utterance TEXT NOT NULL, seed INTEGER NOT NULL,
    metric TEXT NOT NULL, key TEXT NOT NULL,
    PRIMARY KEY (codec, checkpoint, point, utterance, seed, metric)
) WITHOUT ROWID;
-- Scores on the rungs of the loss ladder. An empty codec and checkpoint: the originals against themselves.
CREATE TABLE IF NOT EXISTS ladder (
    key TEXT PRIMARY KEY, version TEXT NOT NULL, status TEXT NOT NULL, reason TEXT, numerator REAL, denominator REAL,
    invocation TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS current_ladder (
    codec TEXT NOT NULL, checkpoint TEXT NOT NULL, rung TEXT NOT NULL, utterance TEXT NOT NULL, metric TEXT NOT NULL,
    key TEXT NOT NULL, PRIMARY KEY (codec, checkpoint, rung, utterance, metric)
) WITHOUT ROWID;
-- Work on an original or a decoded signal that several scores share: hypotheses, embeddings.
CREATE TABLE IF NOT EXISTS evidence (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cost_figures (
    codec TEXT NOT NULL, checkpoint TEXT NOT NULL, point TEXT NOT NULL, kind TEXT NOT NULL, mode TEXT NOT NULL,
    key TEXT NOT NULL, status TEXT NOT NULL, reason TEXT, figures TEXT NOT NULL, reasons TEXT NOT NULL,
    latency_kind TEXT, invocation TEXT, PRIMARY KEY (codec, checkpoint, point, kind, mode)
) WITHOUT ROWID;
-- Of folders of before: all kinds in one row, which any of them replaced. Read, and never written.
CREATE TABLE IF NOT EXISTS costs (
    codec TEXT NOT NULL, checkpoint TEXT NOT NULL, point TEXT NOT NULL, mode TEXT NOT NULL, key TEXT NOT NULL,
    status TEXT NOT NULL, reason TEXT, figures TEXT NOT NULL, reasons TEXT NOT NULL, latency_kind TEXT,
    PRIMARY KEY (codec, checkpoint, point)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS skips (
    codec TEXT NOT NULL, checkpoint TEXT NOT NULL, point TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (codec, checkpoint, point)
) WITHOUT ROWID;
