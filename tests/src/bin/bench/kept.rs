use std::time::{Duration, Instant};

use longwire_contract::{EventQuery, Fault, call};
use longwire_engine::Client as Engine;
use longwire_openplatform::{ClientConfig, EventKind, EventSpec};
use tokio::time::sleep;

use crate::{
    Error,
    client::{Client, Program},
    load::median,
    report::{Row, Verdict, thousands},
};

/// How long a search may take, and how long a page without one.
const SLOWEST: Duration = Duration::from_millis(100);
/// How long it may take from the start of the process to its connection.
const SLOWEST_START: Duration = Duration::from_millis(300);
/// How often each is measured.
const ROUNDS: usize = 9;
/// How long the index may take to have all of them.
const PATIENCE: Duration = Duration::from_secs(600);

/// What is asked of many kept events: the name and the words.
const SEARCHES: &[(&str, &str)] = &[
    ("no words", ""),
    ("a word of every event", "flood"),
    ("two characters of every event", "压力"),
    ("a word of one event", "benchmarked"),
    ("two characters of one event", "饕餮"),
    ("a word of no event", "nowhere"),
];

/// With so many events kept: how long searches take, and the start.
pub(crate) async fn measure(events: u64) -> Result<Vec<Row>, Error> {
    let mut client = Client::start(Program::Longwire, ClientConfig::default()).await?;
    client.flood(events / 2, 64).await?;
    let spec = EventSpec::new(EventKind::MessageText).text("benchmarked 饕餮");
    let sent = client.simulator.send(spec).map_err(|error| Error::Connect(error.to_string()))?.acked().await;
    sent.map_err(|report| Error::Connect(format!("an event was not taken: {report:?}")))?;
    client.flood(events / 2, 64).await?;
    let (begin, last) = (Instant::now(), "a word of no event");
    while search(&client, "nowhere").await? > SLOWEST {
        if begin.elapsed() > PATIENCE {
            return Ok(vec![Row::unmeasured(last)]);
        }
        sleep(Duration::from_secs(1)).await;
    }
    let kept = format!("{} kept", thousands(events as f64));
    let mut rows = vec![Row::new(
        format!("the index has them, {kept}"),
        format!("after {:.0} s", begin.elapsed().as_secs_f64()),
    )];
    for (name, text) in SEARCHES {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            times.push(search(&client, text).await?.as_secs_f64());
        }
        let slowest = times.iter().copied().fold(0.0, f64::max);
        let value = format!("{:.1} ms, at most {:.1} ms", median(times) * 1e3, slowest * 1e3);
        let verdict = Verdict::of(slowest <= SLOWEST.as_secs_f64());
        rows.push(
            Row::new(format!("search for {name}, {kept}"), value)
                .demand(format!("at most {} ms", SLOWEST.as_millis()), verdict),
        );
    }
    let start = client.restart().await?;
    rows.push(
        Row::new(format!("from start to connected, {kept}"), format!("{} ms", start.as_millis()))
            .demand(format!("at most {} ms", SLOWEST_START.as_millis()), Verdict::of(start <= SLOWEST_START)),
    );
    Ok(rows)
}

async fn search(client: &Client, text: &str) -> Result<Duration, Error> {
    let asked = |fault: Fault| Error::Connect(fault.to_string());
    let mut engine = Engine::connect(client.data_dir()).await.map_err(asked)?;
    let query = EventQuery { text: text.to_owned(), ..EventQuery::default() };
    let begin = Instant::now();
    engine.call::<call::ListEvents>(&query).await.map_err(asked)?;
    Ok(begin.elapsed())
}
