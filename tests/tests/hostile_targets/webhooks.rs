use std::{sync::Arc, time::Duration};

use longwire_contract::AttemptOutcome;
use longwire_openplatform::{Authority, Leaf, Simulator};
use longwire_tests::{Bot, Run, Sandbox, acked, sandboxed};
use serde_json::{Value, json};

use crate::{
    bounded, first, push,
    worst::{Server, Worst},
};

/// Where clouds tell a machine its secrets.
const METADATA: &str = "169.254.169.254:80";

/// All of them, each with how an attempt at it ends and how one that is a callback does.
struct Hostile {
    servers: Vec<(&'static str, Server, AttemptOutcome, AttemptOutcome)>,
    tls: longwire_openplatform::Running,
    /// Where nobody may ever be led to.
    nowhere: [Server; 2],
}

impl Hostile {
    async fn start(sandbox: &Sandbox) -> Self {
        use AttemptOutcome::{AnswerInvalid, Broken, Delivered, Redirected, TimedOut, TooLarge, Unreachable};
        sandbox.ip("addr add 169.254.169.254/32 dev lo");
        let metadata = Server::listen(METADATA.parse().unwrap(), Worst::CutShort).await;
        let local = Server::start(Worst::CutShort).await;
        let lead = |status, to| Worst::Redirect(status, to);
        let mut servers = Vec::new();
        for (name, worst, outcome, answer) in [
            ("silence", Worst::Silence, TimedOut, TimedOut),
            ("endless", Worst::Endless, Delivered, AnswerInvalid),
            ("metadata", lead(307, format!("http://{METADATA}/latest/")), Redirected, Redirected),
            ("local", lead(302, local.url()), Redirected, Redirected),
            ("short", Worst::CutShort, Broken, Broken),
            ("headers", Worst::Headers, TooLarge, AnswerInvalid),
            ("drip", Worst::Drip, TimedOut, TimedOut),
            ("wall", Worst::Silence, Unreachable, Unreachable),
        ] {
            let server = Server::start(worst).await;
            if name == "wall" {
                sandbox.drop_packets(server.address.port());
            }
            servers.push((name, server, outcome, answer));
        }
        let authority = Arc::new(Authority::new().unwrap());
        let tls = Simulator::builder().tls(authority, Leaf::Good).start().await.unwrap();
        Self { servers, tls, nowhere: [metadata, local] }
    }

    /// Their names, their URLs, and how an attempt ends, and one that is a callback.
    fn all(&self) -> Vec<(&'static str, String, AttemptOutcome, AttemptOutcome)> {
        let tls = format!("http://{}/hook", self.tls.address());
        let servers =
            self.servers.iter().map(|(name, server, ended, answer)| (*name, server.url(), *ended, *answer));
        servers.chain([("tls", tls, AttemptOutcome::Broken, AttemptOutcome::Broken)]).collect()
    }

    fn endless(&self) -> &Server {
        &self.servers[1].1
    }

    /// Nobody was led anywhere, and nobody read more than a little of what has no end.
    async fn harmed_nobody(&self, run: &Run) {
        assert_eq!(self.nowhere.each_ref().map(Server::asked), [0, 0]);
        for (server, to) in self.nowhere.iter().zip([METADATA, &self.nowhere[1].address.to_string()]) {
            tokio::net::TcpStream::connect(to).await.unwrap();
            server.until_asked(1).await;
        }
        let most = self.endless().most();
        assert!((1..64 << 20).contains(&most), "{most} bytes of 10 GB were taken");
        assert!(run.platform.violations().is_empty(), "{:?}", run.platform.violations());
        bounded(run, 80);
    }
}

#[test]
fn hostile_webhooks_take_nothing_from_the_good_one_beside_them() {
    sandboxed(async |sandbox| {
        let hostile = Hostile::start(&sandbox).await;
        let (run, good) = (Run::start(&[], &[]).await, Bot::start().await);
        for (name, url, ..) in hostile.all() {
            run.done(&["target", "add", &url, "--name", name, "--deadline", "2s"]);
        }
        run.done(&["target", "add", good.url(), "--name", "good"]);
        push(&run, &good, 40).await;
        for (name, _, outcome, _) in hostile.all() {
            let attempt = first(&run, 1, name).await;
            assert_eq!(attempt.outcome, outcome, "{name}: {attempt:?}");
            assert!(attempt.took_ms < 4000.0, "{name}: {attempt:?}");
            let led = attempt.detail.contains(METADATA.strip_suffix(":80").unwrap());
            assert_eq!(led, name == "metadata", "where it leads is told: {attempt:?}");
        }
        // Again, while they are at it.
        push(&run, &good, 40).await;
        let numbers = good.posted().len();
        assert_eq!(numbers, 80, "each once");
        hostile.harmed_nobody(&run).await;
    });
}

#[test]
fn a_card_of_a_hostile_webhook_shows_a_toast_in_time() {
    sandboxed(async |sandbox| {
        let hostile = Hostile::start(&sandbox).await;
        let run = Run::start(&[], &[]).await;
        for (name, url, ..) in hostile.all() {
            let filter = format!("event.action.value.to = {name}");
            run.done(&["target", "add", &url, "--name", name, "--deadline", "4s", "--filter", &filter]);
        }
        let card = |name: &str| {
            let header =
                json!({ "event_id": name, "event_type": "card.action.trigger", "app_id": Run::APP_ID });
            let event = json!({ "action": { "value": { "to": name } } });
            json!({ "schema": "2.0", "header": header, "event": event }).to_string()
        };
        let push = |name: &str| run.push("card.action.trigger", name, card(name));
        let pushed: Vec<_> = hostile.all().into_iter().map(|(name, ..)| (name, push(name))).collect();
        for (name, delivery) in pushed {
            let ack = acked(delivery).await;
            let data: Value = serde_json::from_slice(&ack.data.expect(name)).unwrap();
            assert_eq!(data["toast"]["type"], "error", "{name}: {data}");
            assert!(ack.took < Duration::from_millis(2950), "{name}: {:?}", ack.took);
        }
        for (name, _, _, outcome) in hostile.all() {
            let page = run.done(&["events", "list", "--json", "--target", name]);
            let event: Value = serde_json::from_str(&page).expect("one");
            let seq = u32::try_from(event["seq"].as_u64().unwrap()).unwrap();
            let attempt = first(&run, seq, name).await;
            assert_eq!(attempt.outcome, outcome, "{name}: {attempt:?}");
        }
        hostile.harmed_nobody(&run).await;
    });
}
