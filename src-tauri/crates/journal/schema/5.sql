-- The wall clock, by which events grow old.

-- `believed_s`: from when on it is believed, by the journal's own clock; see clock.rs.
ALTER TABLE journal ADD COLUMN believed_s INTEGER NOT NULL DEFAULT 0;
