-- Finding events.

CREATE INDEX events_kinds ON events (type, app);

-- `words`: see words.rs. The tokens are made there: all that is left to do here is to part them at the spaces.
CREATE VIRTUAL TABLE search USING fts5 (
    words, content = '', contentless_delete = 1, detail = full, tokenize = 'ascii'
);

-- Its parts are merged by the indexer, a little at a time, and never within the commit of something else.
INSERT INTO search (search, rank) VALUES ('automerge', 0), ('crisismerge', 500);

-- One row. `upto`: the events up to this one are in `search` and in `blocks`.
CREATE TABLE indexed (upto INTEGER NOT NULL);
INSERT INTO indexed VALUES (0);

-- When the events of a block arrived, the first one and the last one by their clock, and how many of them are left. A block is
-- 1024 numbers.
CREATE TABLE blocks (
    block INTEGER PRIMARY KEY,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    events INTEGER NOT NULL
);
