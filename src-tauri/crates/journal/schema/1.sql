-- Events, and what tells duplicates.

-- One row. `merged`: the keys of the events up to this one are in `seen`; those of later events are read from the events
-- themselves. Events after it are never deleted, so that it also tells the highest number ever given once all are gone.
-- `clock_s`: for how many seconds the journal has been open in its life, by which the age of keys is told.
CREATE TABLE journal (merged INTEGER NOT NULL, clock_s INTEGER NOT NULL);
INSERT INTO journal VALUES (0, 0);

CREATE TABLE apps (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE types (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

-- What lists read comes first: it is then found without the pages that a long payload runs over.
-- `origin`: see codec.rs.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    app INTEGER NOT NULL,
    type INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    ack_us INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    event_id TEXT,
    message_id TEXT,
    chat_id TEXT,
    frame BLOB NOT NULL,
    payload BLOB NOT NULL
);

-- `key`: a hash of the app and of an id, see seen.rs. `at_s`: by the journal's clock.
CREATE TABLE seen (key INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at_s INTEGER NOT NULL);

CREATE TRIGGER events_keys BEFORE DELETE ON events WHEN OLD.seq > (SELECT merged FROM journal)
BEGIN
    SELECT RAISE(ABORT, 'the keys of this event are nowhere else');
END;
