use super::bare;

/// What the user's own words are known to be.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The home folder; empty where there is none.
    pub(super) home: String,
    pub(super) user: String,
    pub(super) machine: String,
    pub(super) apps: Vec<String>,
    pub(super) targets: Vec<String>,
    /// Network services.
    pub(super) services: Vec<String>,
    /// What must hold of events.
    pub(super) filters: Vec<String>,
}

/// Words of ours, which a reader needs wherever they stand. Somebody's name that is one of them tells nothing of them, and is
/// left out only where a name stands by itself.
const OURS: &[&str] = &[
    "agent",
    "app",
    "bot",
    "card",
    "cli",
    "code",
    "command",
    "computer",
    "config",
    "connected",
    "connecting",
    "connection",
    "console",
    "custom",
    "darwin",
    "debug",
    "delivered",
    "delivery",
    "desktop",
    "dev",
    "direct",
    "dns",
    "doctor",
    "domain",
    "down",
    "endpoint",
    "engine",
    "error",
    "event",
    "events",
    "failed",
    "feishu",
    "gateway",
    "gnome",
    "home",
    "host",
    "http",
    "https",
    "id",
    "im",
    "info",
    "journal",
    "kde",
    "lark",
    "link",
    "linux",
    "local",
    "localhost",
    "log",
    "longwire",
    "macos",
    "main",
    "message",
    "name",
    "network",
    "openplatform",
    "pac",
    "paused",
    "platform",
    "program",
    "proxy",
    "queued",
    "report",
    "root",
    "secret",
    "server",
    "service",
    "settings",
    "simulator",
    "socks",
    "socks5",
    "system",
    "target",
    "tcp",
    "test",
    "tls",
    "token",
    "trace",
    "untried",
    "up",
    "user",
    "waiting",
    "warn",
    "warning",
    "webhook",
    "wire",
    "ws",
    "wss",
    "zip",
    "事件",
    "代理",
    "发送",
    "应用",
    "开放平台",
    "报告",
    "服务",
    "机器人",
    "消息",
    "测试",
    "电脑",
    "目标",
    "系统",
    "网络",
    "诊断",
    "转发",
    "连接",
    "长连接",
    "飞书",
];

impl Known {
    /// What names the user or what is theirs, wherever it stands, each with what stands for it; the longest first.
    pub(super) fn words(&self) -> Vec<(String, String)> {
        let mut words = vec![(self.home.trim_end_matches('/').to_owned(), "~".to_owned())];
        words.push((self.user.clone(), "user".to_owned()));
        let short = self.machine.split('.').next().unwrap_or_default();
        words
            .extend([self.machine.as_str(), short].map(|name| (name.to_owned(), "this-computer".to_owned())));
        words.extend(self.names());
        // A mistake in one is told with all of it, as a text in quotes.
        words.extend(self.filters.iter().flat_map(|filter| {
            let left = bare::filter(filter);
            [(filter.clone(), left.clone()), (filter.escape_debug().to_string(), left)]
        }));
        words.retain(|(word, shown)| word != shown && !word.trim().is_empty() && !is_ours(word));
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        words
    }

    /// What stands for the name of an app, a target or a network service, where there can be nothing else.
    pub(super) fn stand_in(&self, name: &str) -> String {
        self.names().find(|(known, _)| known == name).map_or_else(|| name.to_owned(), |(_, shown)| shown)
    }

    fn names(&self) -> impl Iterator<Item = (String, String)> {
        let kinds = [("app", &self.apps), ("target", &self.targets), ("service", &self.services)];
        kinds.into_iter().flat_map(|(kind, names)| {
            let numbered = names.iter().enumerate();
            numbered.map(move |(at, name)| (name.clone(), format!("{kind}-{}", at + 1)))
        })
    }
}

fn is_ours(word: &str) -> bool {
    let word = word.trim().to_lowercase();
    OURS.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_ours_are_known_by_no_name_but_stand_in_for_one() {
        let known = Known {
            user: "root".into(),
            machine: "Longwire.corp".into(),
            apps: vec!["Feishu".into(), "Feishu 2".into()],
            targets: vec!["飞书".into()],
            ..Known::default()
        };
        let words: Vec<_> = known.words().into_iter().map(|(word, _)| word).collect();
        assert_eq!(words, ["Longwire.corp", "Feishu 2"]);
        let shown = ["Feishu", "Feishu 2", "飞书", "else"].map(|name| known.stand_in(name));
        assert_eq!(shown, ["app-1", "app-2", "target-1", "else"]);
    }
}
