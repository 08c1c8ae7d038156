-- What the agent is among the journal's targets, so that what waits for it is told from what waits for another. One row at most.
CREATE TABLE target (
    id INTEGER NOT NULL,
    name TEXT NOT NULL
);
