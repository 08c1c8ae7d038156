use longwire_contract::{EventLines, EventQuery, Exported, Fault};
use longwire_host::clock;

use crate::downloads::NewFile;

/// Writes the events that match into a new file, oldest last. `read` gives a page of them.
///
/// # Errors
/// Those of `read`, and [`FaultCode::ExportFailed`](longwire_contract::FaultCode::ExportFailed).
pub(crate) async fn export<F: Future<Output = Result<EventLines, Fault>>>(
    query: EventQuery,
    read: impl FnMut(EventQuery) -> F,
) -> Result<Exported, Fault> {
    let name = format!("longwire-events-{}", clock::file_stamp(clock::now_ms()));
    export_into(NewFile::create(&name, "ndjson")?, query, read).await
}

async fn export_into<F: Future<Output = Result<EventLines, Fault>>>(
    mut file: NewFile,
    query: EventQuery,
    mut read: impl FnMut(EventQuery) -> F,
) -> Result<Exported, Fault> {
    let (mut query, mut events) = (EventQuery { limit: 0, ..query }, 0);
    loop {
        let page = read(query.clone()).await?;
        for line in &page.lines {
            file.write(line.as_bytes())?;
            file.write(b"\n")?;
            events += 1;
        }
        match page.before {
            Some(before) => query.before = Some(before),
            None => break,
        }
    }
    Ok(Exported { path: file.finish()?.display().to_string(), events })
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc, time::Duration};

    use longwire_contract::Language;
    use longwire_host::fake::MemoryStore;
    use tokio::time::timeout;

    use super::*;
    use crate::{Apps, Engine, Machine, Options};

    #[tokio::test]
    async fn an_export_that_is_given_up_leaves_no_file() {
        let (data, downloads) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let machine = Machine { data_dir: data.path().to_owned(), system_language: Language::English };
        let options = Options {
            secrets: Arc::<MemoryStore>::default(),
            system: false,
            apps: Apps::None,
            ..Options::new(&machine, "test")
        };
        let engine = Engine::open(options).await.unwrap();
        let file = || NewFile::create_in(downloads.path(), "events", "ndjson").unwrap();
        let names = || fs::read_dir(downloads.path()).unwrap().count();
        let export = export_into(file(), EventQuery::default(), |query| engine.event_line_page(query));
        assert_eq!(names(), 1);
        timeout(Duration::ZERO, export).await.unwrap_err();
        assert_eq!(names(), 0, "what was begun is gone");
        let exported =
            export_into(file(), EventQuery::default(), |query| engine.event_line_page(query)).await.unwrap();
        assert_eq!((exported.events, names()), (0, 1));
        engine.close().await;
    }
}
