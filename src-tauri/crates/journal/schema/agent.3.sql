-- When a chat was told last that only text is read.
ALTER TABLE chats ADD COLUMN only_text_ms INTEGER NOT NULL DEFAULT 0;

-- The message in reply to which a person is told that there are no more answers today, once `told`.
ALTER TABLE persons ADD COLUMN teller TEXT;
