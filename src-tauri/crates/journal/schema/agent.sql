-- What the agent has answered, and what it remembers.

-- Messages that were taken up. `done`: nothing more is to be said. `day`, `person`: on whose account the answer is, while it is.
CREATE TABLE messages (
    app TEXT NOT NULL,
    message TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    done INTEGER NOT NULL,
    day TEXT,
    person TEXT,
    PRIMARY KEY (app, message)
) WITHOUT ROWID;
CREATE INDEX messages_at ON messages (at_ms);

-- The messages in which each was answered, in their order.
CREATE TABLE replies (
    app TEXT NOT NULL,
    message TEXT NOT NULL,
    part INTEGER NOT NULL,
    reply TEXT NOT NULL,
    PRIMARY KEY (app, message, part)
) WITHOUT ROWID;

CREATE TABLE pairs (
    id INTEGER PRIMARY KEY,
    app TEXT NOT NULL,
    chat TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL
);
CREATE INDEX pairs_chat ON pairs (app, chat, id);
CREATE INDEX pairs_at ON pairs (at_ms);

-- When a chat was told last that there is no answer just now.
CREATE TABLE chats (
    app TEXT NOT NULL,
    chat TEXT NOT NULL,
    unable_ms INTEGER NOT NULL,
    PRIMARY KEY (app, chat)
) WITHOUT ROWID;

-- `answers`: those that are under way among them. `told`: that there are no more today.
CREATE TABLE persons (
    day TEXT NOT NULL,
    app TEXT NOT NULL,
    person TEXT NOT NULL,
    answers INTEGER NOT NULL,
    told INTEGER NOT NULL,
    PRIMARY KEY (day, app, person)
) WITHOUT ROWID;

-- `begun`: answers, those that are under way among them.
CREATE TABLE days (
    day TEXT PRIMARY KEY,
    begun INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    answer_tokens INTEGER NOT NULL
) WITHOUT ROWID;
