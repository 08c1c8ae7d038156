-- The queues of the targets.

CREATE TABLE targets (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);

-- `state`: 0 delivered, 1 queued, 2 failed: the worst is the greatest. `attempts`: since the last replay; `tried`: in all.
CREATE TABLE deliveries (
    seq INTEGER NOT NULL,
    target INTEGER NOT NULL,
    state INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    tried INTEGER NOT NULL,
    not_before_ms INTEGER NOT NULL,
    PRIMARY KEY (seq, target)
) WITHOUT ROWID;
CREATE INDEX deliveries_queued ON deliveries (target, seq) WHERE state = 1;
CREATE INDEX deliveries_failed ON deliveries (target, seq) WHERE state = 2;

CREATE TABLE attempts (
    seq INTEGER NOT NULL,
    target INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    took_us INTEGER NOT NULL,
    outcome INTEGER NOT NULL,
    status INTEGER,
    response TEXT,
    detail TEXT NOT NULL,
    PRIMARY KEY (seq, target, number)
) WITHOUT ROWID;

CREATE TRIGGER events_deliveries AFTER DELETE ON events
BEGIN
    DELETE FROM deliveries WHERE seq = OLD.seq;
    DELETE FROM attempts WHERE seq = OLD.seq;
END;
