use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use longwire_openplatform::{ClientConfig, EventKind, MessageSpec};
use longwire_tests::{Answer, Model};
use tokio::{sync::oneshot, time::sleep};

use crate::{
    Error,
    client::{Client, Program},
    load::median,
    report::{Row, Verdict},
};

/// How many answers stream at the same time.
pub(crate) const ANSWERS: u32 = 50;
/// How many words of each come a second, about what a large model says.
const WORDS_A_SECOND: u32 = 20;
/// How much longer the slowest of a hundred acknowledgements may take meanwhile.
const SLOWEST: f64 = 1.2;
/// The pause between two events.
const PAUSE: Duration = Duration::from_millis(1);
/// How long it takes at most until all have begun: the platform takes some fifty a second of an app.
const BEGINNINGS: Duration = Duration::from_secs(20);
/// How long answers may take to begin, and to end after their last word.
const PATIENCE: Duration = Duration::from_secs(60);
/// The last word of each answer.
const END: &str = "the-end";

/// How long acknowledgements take while answers stream, against what they take while none does, in turns.
pub(crate) async fn measure(rounds: usize, time: Duration) -> Result<Row, Error> {
    let server = Server::start(time)?;
    let url = &server.url;
    let settings =
        format!("[agent]\non = true\nbase_url = \"{url}\"\nper_person = 10000\nper_day = 100000\n");
    let client = Client::with(Program::Answering, ClientConfig::default(), &settings).await?;
    acknowledged(&client, time / 4).await?;
    let (mut quiet, mut busy) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        quiet.push(acknowledged(&client, time).await?);
        ask(&client).await?;
        busy.push(acknowledged(&client, time).await?);
        if complete(&client) > 0 {
            return Err(Error::Connect("answers ended while they were to stream".to_owned()));
        }
        ended(&client).await?;
    }
    let (quiet, busy) = (median(quiet), median(busy));
    let ratio = busy / quiet;
    let value = format!("{:.2} ms, {:.2} ms without  ×{ratio:.2}", busy * 1e3, quiet * 1e3);
    let what = format!("ack p99, {ANSWERS} answers streaming, {WORDS_A_SECOND} words/s each");
    Ok(Row::new(what, value).demand(format!("at most ×{SLOWEST} of without"), Verdict::of(ratio <= SLOWEST)))
}

/// Sends events one after the other for so long; the time that 99 of 100 acknowledgements stay within, in seconds.
async fn acknowledged(client: &Client, time: Duration) -> Result<f64, Error> {
    let (begin, mut times) = (Instant::now(), Vec::new());
    while begin.elapsed() < time {
        let sent = client.simulator.send(EventKind::Reaction);
        let mut delivery = sent.map_err(|error| Error::Connect(error.to_string()))?;
        let ack = delivery.acked().await;
        let ack = ack.map_err(|report| Error::Connect(format!("an event was not taken: {report:?}")))?;
        times.push(ack.took.as_secs_f64());
        sleep(PAUSE).await;
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(times.len() * 99 / 100).copied().unwrap_or(f64::NAN))
}

/// Has everybody ask, and waits until each has the beginning of an answer.
async fn ask(client: &Client) -> Result<(), Error> {
    let before = client.simulator.stats().messages;
    for person in 0..ANSWERS {
        let sent = client.simulator.send_message(MessageSpec::text("Tell me.").from(1000 + person));
        sent.map_err(|error| Error::Connect(error.to_string()))?;
    }
    let begun = client.simulator.until(|stats| stats.messages >= before + u64::from(ANSWERS));
    let waited = tokio::time::timeout(PATIENCE, begun).await;
    waited.map_err(|_| {
        let begun = client.simulator.stats().messages - before;
        Error::Connect(format!("{begun} of {ANSWERS} answers began"))
    })?;
    Ok(())
}

/// Waits until every answer stands to its last word.
async fn ended(client: &Client) -> Result<(), Error> {
    let begin = Instant::now();
    while complete(client) < ANSWERS as usize {
        if begin.elapsed() > PATIENCE {
            return Err(Error::Connect(format!("{} of {ANSWERS} answers ended", complete(client))));
        }
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// How many of the newest answers are complete.
fn complete(client: &Client) -> usize {
    let messages = client.simulator.messages();
    messages.iter().rev().take(ANSWERS as usize).filter(|message| message.words().contains(END)).count()
}

/// The model's server, on a thread of its own: what it takes to say something is not the link's to bear.
struct Server {
    url: String,
    /// It ends when this is dropped.
    _end: oneshot::Sender<()>,
}

impl Server {
    /// Each answer goes on for longer than is measured.
    fn start(time: Duration) -> Result<Self, Error> {
        let words = (BEGINNINGS + time).as_secs() as u32 * WORDS_A_SECOND;
        let text = "word ".repeat(words as usize) + END;
        let (tell, told) = mpsc::channel();
        let (end, ended) = oneshot::channel::<()>();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::spawn(move || {
            runtime.block_on(async {
                let model = Model::start().await;
                model.always(Answer::slow(&text, Duration::from_secs(1) / WORDS_A_SECOND));
                tell.send(model.url().to_owned()).ok();
                ended.await.ok();
            });
        });
        let url = told.recv().map_err(|error| Error::Connect(error.to_string()))?;
        Ok(Self { url, _end: end })
    }
}
