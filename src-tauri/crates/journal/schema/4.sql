-- What happened when, for 30 days.

-- `acks`: a histogram, see histogram.rs.
CREATE TABLE minutes (
    minute INTEGER NOT NULL,
    app TEXT NOT NULL,
    kept INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    acks BLOB NOT NULL,
    PRIMARY KEY (minute, app)
) WITHOUT ROWID;

-- From `at_ms` on, an app was in this state; in none where it is NULL. In the order in which it was told.
CREATE TABLE phases (id INTEGER PRIMARY KEY, app TEXT NOT NULL, at_ms INTEGER NOT NULL, phase INTEGER);
CREATE INDEX phases_app ON phases (app, id);

-- One row: when Longwire was last known to run.
CREATE TABLE alive (at_ms INTEGER NOT NULL);
INSERT INTO alive VALUES (0);
