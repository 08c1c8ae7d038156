use std::collections::BTreeMap;

use longwire_contract::{
    AppId, AppView, FindingCode, Language, Snapshot,
    text::{text, word},
    words,
};
use longwire_host::notification::Notification;

use super::{
    Arrival, Clicked,
    coalescer::{Chats, Tally, Told},
    watch::News,
};

/// Longest name of an app in a title, in characters.
const LONGEST_NAME: usize = 32;

/// The place of what is told of events.
const EVENTS: &str = "events";
/// The place of what is told of connections that are lost and back.
const CONNECTION: &str = "connection";

/// What is told of events, and what a click on it shows.
pub(super) fn of_events(snapshot: &Snapshot, told: &Told) -> (Notification, Clicked) {
    let say = Say(snapshot);
    let (title, body, latest, apps) = match told {
        Told::One(arrival) => {
            let (title, body) = say.event(arrival);
            (title, body, arrival, 1)
        }
        Told::Many(tally) => (say.number(tally), say.of_many(tally), &tally.latest, tally.apps.len()),
    };
    let title = match &snapshot.apps[..] {
        [_, _, ..] if apps == 1 => {
            say.filled("notification.of_app", &[("app", &say.name(&latest.app_id)), ("title", &title)])
        }
        _ => title,
    };
    (say.notification(EVENTS, title, body), Clicked::Event(latest.seq))
}

/// What is told of connections, and what a click on it shows.
pub(super) fn of_connection(snapshot: &Snapshot, news: &News) -> (Notification, Clicked) {
    let say = Say(snapshot);
    let (slot, title, body, apps) = match news {
        News::Lost(apps) => {
            (CONNECTION.to_owned(), say.count("notification.lost", apps), say.why(apps), apps)
        }
        News::Back(apps, lost) => {
            let still = (!lost.is_empty())
                .then(|| say.filled("notification.still_lost", &[("apps", &say.names(lost))]));
            (CONNECTION.to_owned(), say.count("notification.back", apps), still.unwrap_or_default(), apps)
        }
        News::NeedsYou(code, apps) => {
            (slot_of(*code), say.count("notification.needs_you", apps), say.why(apps), apps)
        }
    };
    let clicked = apps.first().map_or(Clicked::Window, |app| Clicked::App(app.clone()));
    (say.notification(&slot, title, body), clicked)
}

/// One to see whether they are shown at all.
pub(super) fn sample(language: Language) -> Notification {
    let plain = |key: &str| text(language, key, &BTreeMap::new());
    let (title, body, open) =
        (plain("notification.sample"), plain("notification.sample.body"), plain("notification.open"));
    Notification { slot: "sample".to_owned(), title, body, open }
}

fn slot_of(code: FindingCode) -> String {
    format!("needs_you {}", word(&code))
}

struct Say<'a>(&'a Snapshot);

impl Say<'_> {
    fn event(&self, arrival: &Arrival) -> (String, String) {
        if !arrival.is_message() {
            let name = self.named("event.type.", &arrival.event_type);
            return match name {
                Some(name) => (name, arrival.event_type.clone()),
                None if arrival.event_type.is_empty() => (self.plain("notification.event"), String::new()),
                None => (arrival.event_type.clone(), String::new()),
            };
        }
        let message = arrival.message();
        let title = match message.chat_type.as_str() {
            "p2p" => "notification.message.p2p",
            "group" | "topic_group" => "notification.message.group",
            _ => "notification.message",
        };
        let preview = message.preview.filter(|_| self.0.notify.preview);
        let body = preview.or_else(|| self.named("notification.kind.", &message.kind)).unwrap_or_default();
        (self.plain(title), body)
    }

    fn number(&self, tally: &Tally) -> String {
        let more = |more: bool| if more { "+" } else { "" };
        let count = format!("{}{}", tally.count, more(tally.at_least));
        if !tally.messages {
            return self.filled("notification.events", &[("count", &count)]);
        }
        match tally.chats() {
            None => self.filled("notification.messages", &[("count", &count)]),
            Some(Chats { count: 1, .. }) => {
                self.filled("notification.messages.one_chat", &[("count", &count)])
            }
            Some(chats) => {
                let chats = format!("{}{}", chats.count, more(chats.more));
                self.filled("notification.messages.chats", &[("count", &count), ("chats", &chats)])
            }
        }
    }

    fn of_many(&self, tally: &Tally) -> String {
        let preview = if self.0.notify.preview { tally.latest.message().preview } else { None };
        match preview {
            Some(text) => self.filled("notification.latest", &[("text", &text)]),
            None if tally.apps.len() > 1 => self.names(&tally.apps),
            None => String::new(),
        }
    }

    /// Why these are not connected, where it is the same of all; else which they are.
    fn why(&self, apps: &[AppId]) -> String {
        let cause = |id| self.app(id).and_then(AppView::blocked_by);
        let mut causes = apps.iter().map(cause);
        match causes.next().flatten() {
            Some(first) if causes.all(|other| other.is_some_and(|other| other.code == first.code)) => {
                self.filled("notification.because", &[("cause", &words::title(self.0.language, first))])
            }
            _ if apps.len() > 1 => self.names(apps),
            _ => String::new(),
        }
    }

    /// The text for one app or for several.
    fn count(&self, key: &str, apps: &[AppId]) -> String {
        match apps {
            [app] => self.filled(key, &[("app", &self.name(app))]),
            _ => self.filled(&format!("{key}.several"), &[("count", &apps.len().to_string())]),
        }
    }

    fn names<'a>(&self, apps: impl IntoIterator<Item = &'a AppId>) -> String {
        let names: Vec<String> = apps.into_iter().map(|app| self.name(app)).collect();
        names.join(&self.plain("notification.between"))
    }

    fn name(&self, id: &AppId) -> String {
        match self.app(id) {
            Some(app) if !app.name.is_empty() => app.name.chars().take(LONGEST_NAME).collect(),
            Some(app) if app.simulated => self.plain("tray.simulator"),
            _ => id.to_string(),
        }
    }

    fn app(&self, id: &AppId) -> Option<&AppView> {
        self.0.apps.iter().find(|app| app.app_id == *id)
    }

    /// A text that there is for some names only.
    fn named(&self, group: &str, name: &str) -> Option<String> {
        let key = format!("{group}{name}");
        let said = self.plain(&key);
        (said != key).then_some(said)
    }

    fn notification(&self, slot: &str, title: String, body: String) -> Notification {
        Notification { slot: slot.to_owned(), title, body, open: self.plain("notification.open") }
    }

    fn plain(&self, key: &str) -> String {
        text(self.0.language, key, &BTreeMap::new())
    }

    fn filled(&self, key: &str, values: &[(&str, &str)]) -> String {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        text(self.0.language, key, &values)
    }
}

#[cfg(test)]
mod tests {
    use longwire_diagnosis::finding;
    use tokio::time::{Duration, Instant};

    use super::{
        super::{arrival, coalescer::Coalescer},
        *,
    };

    fn id(number: usize) -> AppId {
        format!("cli_{number:016x}").parse().unwrap()
    }

    fn snapshot(apps: usize) -> Snapshot {
        let view = |number| AppView { name: format!("Bot {number}"), ..AppView::new(id(number), 0) };
        Snapshot { apps: (1..=apps).map(view).collect(), ..Snapshot::default() }
    }

    fn message(app: usize, chat: &str, text: &str) -> Arrival {
        Arrival { app_id: id(app), ..arrival::sample(7, chat, text) }
    }

    fn told(snapshot: &Snapshot, arrivals: Vec<Arrival>) -> (String, String) {
        let (now, mut coalescer) = (Instant::now(), Coalescer::default());
        let mut told = None;
        for arrival in arrivals {
            told = told.or(coalescer.arrived(arrival, now));
        }
        let told = coalescer.take(now + Duration::from_secs(60)).or(told).unwrap();
        let (Notification { slot, title, body, .. }, clicked) = of_events(snapshot, &told);
        assert_eq!((slot.as_str(), clicked), ("events", Clicked::Event(7)));
        (title, body)
    }

    #[test]
    fn a_message_is_told_with_its_text_or_only_its_kind() {
        let mut snapshot = snapshot(1);
        let arrivals = || vec![message(1, "oc_1", "a secret")];
        assert_eq!(told(&snapshot, arrivals()), ("New message in a group".into(), "a secret".into()));
        snapshot.notify.preview = false;
        assert_eq!(told(&snapshot, arrivals()), ("New message in a group".into(), "Text".into()));
        snapshot.language = Language::Chinese;
        assert_eq!(told(&snapshot, arrivals()), ("新的群消息".into(), "文本".into()));
    }

    #[test]
    fn several_messages_are_a_number_and_the_last_of_them() {
        let mut snapshot = snapshot(1);
        let arrivals =
            || (0..12).map(|n| message(1, &format!("oc_{}", n % 3), &format!("text {n}"))).collect();
        assert_eq!(told(&snapshot, arrivals()), ("12 messages in 3 chats".into(), "Latest: text 11".into()));
        snapshot.notify.preview = false;
        assert_eq!(told(&snapshot, arrivals()), ("12 messages in 3 chats".into(), String::new()));
        snapshot.language = Language::Chinese;
        assert_eq!(told(&snapshot, arrivals()), ("3 个会话有 12 条消息".into(), String::new()));
        let one = vec![message(1, "oc_1", "a"), message(1, "oc_1", "b")];
        snapshot.language = Language::English;
        assert_eq!(told(&snapshot, one).0, "2 messages in one chat");
    }

    #[test]
    fn the_app_is_named_where_there_are_several() {
        let mut snapshot = snapshot(2);
        let one = vec![message(2, "oc_1", "hello")];
        assert_eq!(told(&snapshot, one).0, "Bot 2: New message in a group");
        snapshot.notify.preview = false;
        let both = vec![message(1, "oc_1", "a"), message(2, "oc_1", "b")];
        assert_eq!(told(&snapshot, both), ("2 messages in one chat".into(), "Bot 1, Bot 2".into()));
    }

    #[test]
    fn other_events_go_by_their_name_where_they_have_one() {
        let of_type = |name: &str| Arrival { event_type: name.into(), ..message(1, "oc_1", "hello") };
        let snapshot = snapshot(1);
        let (title, body) = told(&snapshot, vec![of_type("im.chat.member.bot.added_v1")]);
        assert_eq!((title.as_str(), body.as_str()), ("Bot added to a group", "im.chat.member.bot.added_v1"));
        assert_eq!(told(&snapshot, vec![of_type("no.such.type")]), ("no.such.type".into(), String::new()));
        assert_eq!(told(&snapshot, vec![of_type("")]), ("An event".into(), String::new()));
        assert_eq!(told(&snapshot, vec![of_type("a.b"), message(1, "oc_1", "x")]).0, "2 events");
    }

    #[test]
    fn of_a_connection_the_reason_is_told() {
        let mut snapshot = snapshot(2);
        for app in &mut snapshot.apps {
            app.findings = vec![finding(FindingCode::CredentialsWrong, "")];
        }
        let told = |snapshot: &Snapshot, news: News| {
            let (Notification { title, body, .. }, clicked) = of_connection(snapshot, &news);
            (title, body, clicked)
        };
        let (title, body, clicked) = told(&snapshot, News::Lost(vec![id(2)]));
        assert_eq!(body, "Why: App ID or App Secret is wrong");
        assert_eq!((title.as_str(), clicked), ("Bot 2: connection lost", Clicked::App(id(2))));
        let (title, same, _) =
            told(&snapshot, News::NeedsYou(FindingCode::CredentialsWrong, vec![id(1), id(2)]));
        assert_eq!((title.as_str(), same), ("2 apps need you", body));
        snapshot.apps[0].findings.clear();
        let (title, body, _) = told(&snapshot, News::Lost(vec![id(1), id(2)]));
        assert_eq!((title.as_str(), body.as_str()), ("2 apps have lost their connection", "Bot 1, Bot 2"));
        let (title, body, _) = told(&snapshot, News::Back(vec![id(1)], vec![id(2)]));
        assert_eq!((title.as_str(), body.as_str()), ("Bot 1: connected again", "Not yet: Bot 2"));
    }

    #[test]
    fn no_text_is_missing() {
        for language in [Language::English, Language::Chinese] {
            let Notification { title, body, open, .. } = sample(language);
            for said in [title, body, open] {
                assert!(!said.starts_with("notification."), "{said}");
            }
        }
    }
}
