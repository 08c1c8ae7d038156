//! What is written into the notebook. Each function is a part of one transaction.

use longwire_contract::{AgentDay, AppId};
use rusqlite::{Connection, OptionalExtension};

use super::{Asked, Begun, Excuse, MessageKey, Pair, Tokens};
use crate::TargetKey;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// How long what was said in a chat is remembered.
const REMEMBERED_MS: u64 = 30 * DAY_MS;
/// How long it is known which messages were answered: longer than anybody sends one again.
const KNOWN_MS: u64 = 60 * DAY_MS;
/// How many questions and answers of a chat are kept; how many of them count is said when they are asked for.
const MOST_PAIRS: u32 = 100;
/// How many days' counts are kept.
const MOST_DAYS: u32 = 400;

pub(super) fn target(file: &Connection) -> rusqlite::Result<Option<(TargetKey, String)>> {
    file.query_row("SELECT id, name FROM target", (), |row| Ok((TargetKey(row.get(0)?), row.get(1)?)))
        .optional()
}

pub(super) fn set_target(file: &Connection, target: Option<&(TargetKey, String)>) -> rusqlite::Result<()> {
    file.execute("DELETE FROM target", ())?;
    match target {
        Some((key, name)) => {
            file.execute("INSERT INTO target (id, name) VALUES (?1, ?2)", (key.0, name)).map(drop)
        }
        None => Ok(()),
    }
}

pub(super) fn begin(file: &Connection, asked: &Asked) -> rusqlite::Result<Begun> {
    let Asked { key, day, person, .. } = asked;
    let mut find =
        file.prepare_cached("SELECT done, day IS NOT NULL FROM messages WHERE app = ?1 AND message = ?2")?;
    let found: Option<(bool, bool)> =
        find.query_row((key.app.as_str(), &key.message), |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    if let Some((true, _)) = found {
        return Ok(Begun::Done);
    }
    if !matches!(found, Some((_, true))) {
        clean(file, day, asked.now_ms)?;
        if has_enough(file, asked)? {
            // Where it was begun to be told in reply to this one, nobody knows how far that came.
            let told = file
                .prepare_cached(
                    "INSERT INTO persons (day, app, person, answers, told, teller) VALUES (?1, ?2, ?3, 0, 1, ?4)
                     ON CONFLICT DO UPDATE SET told = 1, teller = ?4 WHERE told = 0 OR teller = ?4",
                )?
                .execute((day, key.app.as_str(), person, &key.message))?;
            let tell = told > 0;
            if tell {
                known(file, key, asked.now_ms)?;
            }
            return Ok(Begun::Enough { tell, again: found.is_some(), replies: replies(file, key)? });
        }
        file.prepare_cached(
            "INSERT INTO messages (app, message, at_ms, done, day, person) VALUES (?1, ?2, ?3, 0, ?4, ?5)
             ON CONFLICT DO UPDATE SET day = ?4, person = ?5",
        )?
        .execute((key.app.as_str(), &key.message, asked.now_ms.cast_signed(), day, person))?;
        file.prepare_cached(
            "INSERT INTO persons (day, app, person, answers, told) VALUES (?1, ?2, ?3, 1, 0)
             ON CONFLICT DO UPDATE SET answers = answers + 1",
        )?
        .execute((day, key.app.as_str(), person))?;
        count(file, day, "begun = begun + 1")?;
    }
    Ok(Begun::Go { again: found.is_some(), replies: replies(file, key)?, memory: memory(file, asked)? })
}

pub(super) fn standing(file: &Connection, key: &MessageKey) -> rusqlite::Result<Option<Vec<String>>> {
    let mut find = file.prepare_cached("SELECT done FROM messages WHERE app = ?1 AND message = ?2")?;
    let done = find.query_row((key.app.as_str(), &key.message), |row| row.get::<_, bool>(0)).optional()?;
    if done == Some(true) { Ok(None) } else { replies(file, key).map(Some) }
}

pub(super) fn replied(
    file: &Connection,
    key: &MessageKey,
    part: u32,
    reply: &str,
    now_ms: u64,
) -> rusqlite::Result<()> {
    known(file, key, now_ms)?;
    file.prepare_cached("INSERT OR REPLACE INTO replies (app, message, part, reply) VALUES (?1, ?2, ?3, ?4)")?
        .execute((key.app.as_str(), &key.message, part, reply))
        .map(drop)
}

pub(super) fn answered(
    file: &Connection,
    asked: &Asked,
    pair: &Pair,
    tokens: Tokens,
) -> rusqlite::Result<()> {
    let (key, now_ms) = (&asked.key, asked.now_ms.cast_signed());
    if !done(file, key, asked.now_ms)? {
        return Ok(());
    }
    file.prepare_cached(
        "INSERT INTO pairs (app, chat, at_ms, question, answer) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((key.app.as_str(), &asked.chat, now_ms, &pair.question, &pair.answer))?;
    file.prepare_cached(
        "DELETE FROM pairs WHERE app = ?1 AND chat = ?2 AND id <=
         (SELECT id FROM pairs WHERE app = ?1 AND chat = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)",
    )?
    .execute((key.app.as_str(), &asked.chat, MOST_PAIRS))?;
    count(file, &asked.day, "answers = answers + 1")?;
    spent(file, &asked.day, tokens)
}

pub(super) fn failed(
    file: &Connection,
    key: &MessageKey,
    day: &str,
    counts: bool,
    tokens: Tokens,
) -> rusqlite::Result<()> {
    count(file, day, "failures = failures + 1")?;
    spent(file, day, tokens)?;
    if counts {
        return Ok(());
    }
    let mut find = file.prepare_cached(
        "SELECT day, person FROM messages WHERE app = ?1 AND message = ?2 AND done = 0 AND day IS NOT NULL",
    )?;
    let account: Option<(String, String)> =
        find.query_row((key.app.as_str(), &key.message), |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    if let Some((day, person)) = account {
        file.prepare_cached("UPDATE messages SET day = NULL, person = NULL WHERE app = ?1 AND message = ?2")?
            .execute((key.app.as_str(), &key.message))?;
        file.prepare_cached(
            "UPDATE persons SET answers = max(answers - 1, 0) WHERE day = ?1 AND app = ?2 AND person = ?3",
        )?
        .execute((&day, key.app.as_str(), &person))?;
        count(file, &day, "begun = max(begun - 1, 0)")?;
    }
    Ok(())
}

pub(super) fn spent(file: &Connection, day: &str, tokens: Tokens) -> rusqlite::Result<()> {
    if tokens == Tokens::default() {
        return Ok(());
    }
    count(file, day, "begun = begun")?;
    file.prepare_cached(
        "UPDATE days SET prompt_tokens = min(prompt_tokens + ?2, ?4), answer_tokens = min(answer_tokens + ?3, ?4)
         WHERE day = ?1",
    )?
    .execute((day, counted(tokens.prompt), counted(tokens.answer), MOST_TOKENS))
    .map(drop)
}

pub(super) fn untold(file: &Connection, key: &MessageKey) -> rusqlite::Result<()> {
    file.prepare_cached("UPDATE persons SET told = 0, teller = NULL WHERE app = ?1 AND teller = ?2")?
        .execute((key.app.as_str(), &key.message))
        .map(drop)
}

pub(super) fn settled(file: &Connection, key: &MessageKey, now_ms: u64) -> rusqlite::Result<()> {
    done(file, key, now_ms).map(drop)
}

pub(super) fn excuse(
    file: &Connection,
    app: &AppId,
    chat: &str,
    what: Excuse,
    now_ms: u64,
    pause_ms: u64,
) -> rusqlite::Result<bool> {
    if excused(file, app, chat, what, now_ms, pause_ms)? {
        return Ok(false);
    }
    file.prepare_cached("INSERT OR IGNORE INTO chats (app, chat, unable_ms) VALUES (?1, ?2, 0)")?
        .execute((app.as_str(), chat))?;
    file.prepare_cached(&format!("UPDATE chats SET {} = ?3 WHERE app = ?1 AND chat = ?2", what.column()))?
        .execute((app.as_str(), chat, now_ms.cast_signed()))?;
    Ok(true)
}

pub(super) fn excused(
    file: &Connection,
    app: &AppId,
    chat: &str,
    what: Excuse,
    now_ms: u64,
    pause_ms: u64,
) -> rusqlite::Result<bool> {
    // A clock that went back is no reason to be silent for longer.
    file.prepare_cached(&format!(
        "SELECT 1 FROM chats WHERE app = ?1 AND chat = ?2 AND abs({} - ?3) < ?4",
        what.column()
    ))?
    .exists((app.as_str(), chat, now_ms.cast_signed(), pause_ms.cast_signed()))
}

impl Excuse {
    fn column(self) -> &'static str {
        match self {
            Self::Unable => "unable_ms",
            Self::OnlyText => "only_text_ms",
        }
    }
}

pub(super) fn forget_chat(file: &Connection, app: &AppId, chat: &str) -> rusqlite::Result<()> {
    file.execute("DELETE FROM pairs WHERE app = ?1 AND chat = ?2", (app.as_str(), chat)).map(drop)
}

pub(super) fn days(file: &Connection, from: &str) -> rusqlite::Result<Vec<AgentDay>> {
    let mut find = file.prepare_cached(
        "SELECT day, answers, failures, prompt_tokens, answer_tokens FROM days WHERE day >= ?1 ORDER BY day",
    )?;
    let days = find.query_map((from,), |row| {
        Ok(AgentDay {
            day: row.get(0)?,
            answers: row.get(1)?,
            failures: row.get(2)?,
            prompt_tokens: row.get::<_, i64>(3)?.cast_unsigned(),
            answer_tokens: row.get::<_, i64>(4)?.cast_unsigned(),
        })
    })?;
    days.collect()
}

/// More than can be, so that a server's nonsense does not run over.
const MOST_TOKENS: i64 = 1 << 52;

fn counted(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(MOST_TOKENS).min(MOST_TOKENS)
}

/// Notes that there is this message: what is kept of it goes with it.
fn known(file: &Connection, key: &MessageKey, now_ms: u64) -> rusqlite::Result<()> {
    file.prepare_cached("INSERT OR IGNORE INTO messages (app, message, at_ms, done) VALUES (?1, ?2, ?3, 0)")?
        .execute((key.app.as_str(), &key.message, now_ms.cast_signed()))
        .map(drop)
}

/// Notes that nothing is left to say; whether that is new.
fn done(file: &Connection, key: &MessageKey, now_ms: u64) -> rusqlite::Result<bool> {
    let changed = file
        .prepare_cached(
            "INSERT INTO messages (app, message, at_ms, done) VALUES (?1, ?2, ?3, 1)
             ON CONFLICT DO UPDATE SET done = 1 WHERE done = 0",
        )?
        .execute((key.app.as_str(), &key.message, now_ms.cast_signed()))?;
    Ok(changed > 0)
}

fn has_enough(file: &Connection, asked: &Asked) -> rusqlite::Result<bool> {
    let had: Option<u32> = file
        .prepare_cached("SELECT answers FROM persons WHERE day = ?1 AND app = ?2 AND person = ?3")?
        .query_row((&asked.day, asked.key.app.as_str(), &asked.person), |row| row.get(0))
        .optional()?;
    let all: Option<u32> = file
        .prepare_cached("SELECT begun FROM days WHERE day = ?1")?
        .query_row((&asked.day,), |row| row.get(0))
        .optional()?;
    Ok(had.unwrap_or(0) >= asked.per_person || all.unwrap_or(0) >= asked.per_day)
}

fn count(file: &Connection, day: &str, change: &str) -> rusqlite::Result<()> {
    file.prepare_cached(
        "INSERT OR IGNORE INTO days (day, begun, answers, failures, prompt_tokens, answer_tokens)
         VALUES (?1, 0, 0, 0, 0, 0)",
    )?
    .execute((day,))?;
    file.prepare_cached(&format!("UPDATE days SET {change} WHERE day = ?1"))?.execute((day,)).map(drop)
}

fn replies(file: &Connection, key: &MessageKey) -> rusqlite::Result<Vec<String>> {
    let mut find =
        file.prepare_cached("SELECT reply FROM replies WHERE app = ?1 AND message = ?2 ORDER BY part")?;
    find.query_map((key.app.as_str(), &key.message), |row| row.get(0))?.collect()
}

fn memory(file: &Connection, asked: &Asked) -> rusqlite::Result<Vec<Pair>> {
    let since = asked.now_ms.saturating_sub(REMEMBERED_MS).cast_signed();
    let mut find = file.prepare_cached(
        "SELECT question, answer FROM pairs WHERE app = ?1 AND chat = ?2 AND at_ms >= ?3
         ORDER BY id DESC LIMIT ?4",
    )?;
    let pair = |row: &rusqlite::Row<'_>| Ok(Pair { question: row.get(0)?, answer: row.get(1)? });
    let pairs = find.query_map((asked.key.app.as_str(), &asked.chat, since, asked.memory), pair)?;
    let mut pairs: Vec<_> = pairs.collect::<Result<_, _>>()?;
    pairs.reverse();
    Ok(pairs)
}

/// Forgets what is too old, on the first message of a day.
fn clean(file: &Connection, day: &str, now_ms: u64) -> rusqlite::Result<()> {
    let known = file.prepare_cached("SELECT 1 FROM days WHERE day = ?1 AND begun > 0")?.exists((day,))?;
    if known {
        return Ok(());
    }
    let before = |age: u64| now_ms.saturating_sub(age).cast_signed();
    file.execute("DELETE FROM pairs WHERE at_ms < ?1", (before(REMEMBERED_MS),))?;
    file.execute(
        "DELETE FROM replies WHERE (app, message) IN (SELECT app, message FROM messages WHERE at_ms < ?1)",
        (before(KNOWN_MS),),
    )?;
    file.execute("DELETE FROM messages WHERE at_ms < ?1", (before(KNOWN_MS),))?;
    file.execute("DELETE FROM chats WHERE unable_ms < ?1 AND only_text_ms < ?1", (before(DAY_MS),))?;
    file.execute("DELETE FROM persons WHERE day < ?1", (day,))?;
    file.execute(
        "DELETE FROM days WHERE day <= (SELECT day FROM days ORDER BY day DESC LIMIT 1 OFFSET ?1)",
        (MOST_DAYS,),
    )
    .map(drop)
}
