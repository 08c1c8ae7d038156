use std::collections::{BTreeMap, BTreeSet};

use longwire_contract::{AppId, AppView, FindingCode, Phase, Snapshot};
use tokio::time::{Duration, Instant};

/// A connection that is back within this time was not lost.
const PATIENCE: Duration = Duration::from_secs(30);
/// For one that comes and goes it doubles with each time, so many times at most.
const MOST_DOUBLINGS: u32 = 4;
/// One that has held for this long comes and goes no more.
const STEADY: Duration = Duration::from_secs(600);
/// It is back once it has held for this long.
const SETTLED: Duration = Duration::from_secs(10);
/// What only the user can mend is told once it has lasted for this long: more may be found out in the meantime.
const CERTAIN: Duration = Duration::from_secs(3);

/// Watches the connections of all apps: says when the user is to be told that one is lost, back, or needs them.
///
/// It speaks of changes alone. An app that is paused, or was not connected yet, is not lost.
#[derive(Debug, Default)]
pub(super) struct Watch(BTreeMap<AppId, Connection>);

#[derive(Debug, Default)]
struct Connection {
    /// Whether it was up since it was started.
    was_up: bool,
    up_since: Option<Instant>,
    /// Since when it is not up, where it was.
    down_since: Option<Instant>,
    /// What the user was told of it being down.
    told: Told,
    /// What the user is needed for, and since when.
    needs: Option<(FindingCode, Instant)>,
    /// What they were told that they are needed for since it was up.
    asked: BTreeSet<FindingCode>,
    /// How often it was back since it was steady.
    returns: u32,
    cause: Option<FindingCode>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Told {
    /// Nothing.
    #[default]
    Nothing,
    /// That it is down.
    Down,
    /// Nothing, at a time when nothing is told: nor is its end.
    Silence,
}

/// What is to be told of connections.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum News {
    /// These are lost: all that are, and not only those that were not yet told of.
    Lost(Vec<AppId>),
    /// These are back, and these are still lost.
    Back(Vec<AppId>, Vec<AppId>),
    /// These need the user, all for this.
    NeedsYou(FindingCode, Vec<AppId>),
}

impl Watch {
    /// Looks at the connections, and says what is to be told now; nothing where nothing may be: it is not told later either.
    pub(super) fn look(&mut self, snapshot: &Snapshot, now: Instant, may_tell: bool) -> Vec<News> {
        let there: BTreeSet<_> = snapshot.apps.iter().map(|app| &app.app_id).collect();
        self.0.retain(|id, _| there.contains(id));
        for app in &snapshot.apps {
            if !self.0.contains_key(&app.app_id) {
                self.0.insert(app.app_id.clone(), Connection::default());
            }
            if let Some(connection) = self.0.get_mut(&app.app_id) {
                connection.see(app, now);
            }
        }
        let mut news = self.needs(now, may_tell);
        news.extend(self.lost(now, may_tell));
        news.extend(self.back(now));
        if may_tell { news } else { Vec::new() }
    }

    /// When to look again though nothing changed; `None` where nothing is pending.
    pub(super) fn due(&self) -> Option<Instant> {
        self.0.values().flat_map(|one| [one.needs_at(), one.lost_at(), one.back_at()]).flatten().min()
    }

    fn needs(&mut self, now: Instant, may_tell: bool) -> Vec<News> {
        let told = if may_tell { Told::Down } else { Told::Silence };
        let due = self.0.values().filter(|one| is_due(one.needs_at(), now));
        let causes: BTreeSet<_> = due.filter_map(|one| one.needs.map(|(code, _)| code)).collect();
        let tell = |code| {
            let mut apps = Vec::new();
            for (id, one) in &mut self.0 {
                if one.needs.is_some_and(|(needed, _)| needed == code) {
                    one.asked.insert(code);
                    if one.was_up {
                        one.told = told;
                    }
                    apps.push(id.clone());
                }
            }
            News::NeedsYou(code, apps)
        };
        causes.into_iter().map(tell).collect()
    }

    fn lost(&mut self, now: Instant, may_tell: bool) -> Option<News> {
        let told = if may_tell { Told::Down } else { Told::Silence };
        let due = |one: &Connection| is_due(one.lost_at(), now);
        let causes: BTreeSet<_> = self.0.values().filter(|one| due(one)).map(|one| one.cause).collect();
        for one in self.0.values_mut() {
            // What has the same cause is told with it, though a moment early.
            let told_with = one.lost_at().is_some() && causes.contains(&one.cause);
            if due(one) || told_with {
                one.told = told;
            }
        }
        (!causes.is_empty()).then(|| News::Lost(self.that(Connection::is_told_lost)))
    }

    fn back(&mut self, now: Instant) -> Option<News> {
        self.0.values().find(|one| is_due(one.back_at(), now))?;
        let back = self.that(|one| one.back_at().is_some());
        for id in &back {
            if let Some(one) = self.0.get_mut(id) {
                one.told = Told::Nothing;
                one.returns = one.returns.saturating_add(1);
            }
        }
        Some(News::Back(back, self.that(Connection::is_told_lost)))
    }

    fn that(&self, is: impl Fn(&Connection) -> bool) -> Vec<AppId> {
        self.0.iter().filter(|(_, one)| is(one)).map(|(id, _)| id.clone()).collect()
    }
}

impl Connection {
    fn see(&mut self, app: &AppView, now: Instant) {
        match app.phase {
            Phase::Paused => *self = Self::default(),
            Phase::Connected => {
                self.was_up = true;
                self.up_since.get_or_insert(now);
                self.down_since = None;
                self.needs = None;
                if self.told == Told::Silence {
                    self.told = Told::Nothing;
                }
                self.asked.clear();
            }
            Phase::Connecting | Phase::Waiting | Phase::NeedsYou => self.see_down(app, now),
        }
    }

    fn see_down(&mut self, app: &AppView, now: Instant) {
        if self.up_since.take().is_some_and(|since| now >= since + STEADY) {
            self.returns = 0;
        }
        if self.was_up {
            self.down_since.get_or_insert(now);
        }
        let cause = app.blocked_by().map(|finding| finding.code);
        // While the next try is under way what was said of the last one still holds.
        self.cause = cause.or(self.cause);
        self.needs = match (app.phase, cause, self.needs) {
            (Phase::NeedsYou, Some(code), Some((known, since))) if known == code => Some((code, since)),
            (Phase::NeedsYou, Some(code), _) => Some((code, now)),
            _ => None,
        };
    }

    fn needs_at(&self) -> Option<Instant> {
        let (code, since) = self.needs?;
        (!self.asked.contains(&code)).then_some(since + CERTAIN)
    }

    fn lost_at(&self) -> Option<Instant> {
        let waits = self.told == Told::Nothing && self.needs.is_none();
        let patience = PATIENCE * 2_u32.pow(self.returns.min(MOST_DOUBLINGS));
        self.down_since.filter(|_| waits).map(|since| since + patience)
    }

    fn back_at(&self) -> Option<Instant> {
        self.up_since.filter(|_| self.told == Told::Down).map(|since| since + SETTLED)
    }

    fn is_told_lost(&self) -> bool {
        self.told == Told::Down && self.down_since.is_some() && self.needs.is_none()
    }
}

fn is_due(at: Option<Instant>, now: Instant) -> bool {
    at.is_some_and(|at| at <= now)
}

#[cfg(test)]
mod tests;
