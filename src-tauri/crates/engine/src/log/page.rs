use std::{path::PathBuf, sync::Arc};

use longwire_contract::{LogPage, LogQuery};

use super::ring::{MOST, Remembered};

/// How many lines a page holds where nothing is said.
const USUAL: usize = 500;

/// The newest of `lines`, which are oldest first, that match.
pub(super) fn of(lines: &[Arc<Remembered>], query: &LogQuery, path: Option<PathBuf>) -> LogPage {
    let wanted = query.text.to_lowercase();
    let limit = match usize::try_from(query.limit) {
        Ok(0) => USUAL,
        Ok(limit) => limit.min(MOST),
        Err(_) => MOST,
    };
    let matching = lines.iter().rev().map(|line| &line.line).filter(|line| {
        line.level >= query.level
            && query.before.is_none_or(|before| line.seq < before)
            && (query.app_id.is_none() || line.app_id == query.app_id)
            && (wanted.is_empty() || line.text.to_lowercase().contains(&wanted))
    });
    let mut found: Vec<_> = matching.take(limit + 1).cloned().collect();
    let more = found.len() > limit;
    found.truncate(limit);
    found.reverse();
    LogPage { lines: found, more, path: path.map(|path| path.display().to_string()) }
}

#[cfg(test)]
mod tests {
    use longwire_contract::{LogLevel, LogLine};

    use super::*;

    const APP: &str = "cli_0123456789abcdef";

    fn lines() -> Vec<Arc<Remembered>> {
        let all = [
            (LogLevel::Debug, None, "received IM.message"),
            (LogLevel::Info, Some(APP), "Connected to wss://h/…"),
            (LogLevel::Warn, None, "机器人 没有回答 ÉTÉ"),
            (LogLevel::Error, Some(APP), "connection cut"),
        ];
        let line = |(at, (level, app, text)): (usize, (LogLevel, Option<&str>, &str))| {
            let app_id = app.map(|id| id.parse().unwrap());
            let (seq, part, text) = (at as u32 + 1, "link".to_owned(), text.to_owned());
            let line = LogLine { seq, at_ms: 0, level, app_id, part, text };
            Arc::new(Remembered { line, quoted: false })
        };
        all.into_iter().enumerate().map(line).collect()
    }

    fn found(query: LogQuery) -> (Vec<u32>, bool) {
        let page = of(&lines(), &query, None);
        (page.lines.iter().map(|line| line.seq).collect(), page.more)
    }

    #[test]
    fn lines_are_found_by_level_app_and_text() {
        let all = LogQuery { level: LogLevel::Debug, ..LogQuery::default() };
        assert_eq!(found(all.clone()), (vec![1, 2, 3, 4], false));
        assert_eq!(found(LogQuery::default()).0, [2, 3, 4], "info, where nothing is said");
        assert_eq!(found(LogQuery { level: LogLevel::Error, ..all.clone() }).0, [4]);
        assert_eq!(found(LogQuery { app_id: Some(APP.parse().unwrap()), ..all.clone() }).0, [2, 4]);
        let text = |text: &str| found(LogQuery { text: text.into(), ..all.clone() }).0;
        assert_eq!(text("CONNECT"), [2, 4]);
        assert_eq!(text("im.MESSAGE"), [1]);
        assert_eq!(text("没有回答 été"), [3]);
        assert!(text("nothing").is_empty());
    }

    #[test]
    fn a_page_ends_where_the_next_one_begins() {
        let all = LogQuery { level: LogLevel::Debug, limit: 3, ..LogQuery::default() };
        assert_eq!(found(all.clone()), (vec![2, 3, 4], true));
        assert_eq!(found(LogQuery { before: Some(2), ..all.clone() }), (vec![1], false));
        assert_eq!(found(LogQuery { before: Some(1), ..all }), (vec![], false));
    }

    #[test]
    fn no_page_is_larger_than_all_there_is() {
        let line = Arc::clone(&lines()[1]);
        let many = vec![line; 3000];
        let most = LogQuery { limit: u32::MAX, ..LogQuery::default() };
        assert_eq!(of(&many, &most, None).lines.len(), MOST);
        assert_eq!(of(&many, &LogQuery::default(), None).lines.len(), USUAL);
    }
}
