use longwire_contract::Finding;
use longwire_diagnosis::finding;

use super::*;

const UP: (Phase, Option<FindingCode>) = (Phase::Connected, None);
const DOWN: (Phase, Option<FindingCode>) = (Phase::Waiting, Some(FindingCode::TcpRefused));
const NEEDS: (Phase, Option<FindingCode>) = (Phase::NeedsYou, Some(FindingCode::CredentialsWrong));

fn id(number: usize) -> AppId {
    format!("cli_{number:016x}").parse().unwrap()
}

/// The news while apps are in these states from these seconds on, each with the second it is told at.
struct Story {
    watch: Watch,
    begin: Instant,
    apps: Vec<(Phase, Option<FindingCode>)>,
    second: u64,
    may_tell: bool,
}

impl Story {
    fn of(apps: usize) -> Self {
        let (watch, begin) = (Watch::default(), Instant::now());
        Self { watch, begin, apps: vec![UP; apps], second: 0, may_tell: true }
    }

    /// Lets time pass, and looks whenever the watch wants to and whenever something changes.
    fn pass(&mut self, seconds: u64) -> Vec<(u64, News)> {
        let end = self.second + seconds;
        let mut told = Vec::new();
        loop {
            let now = self.begin + Duration::from_secs(self.second);
            let news = self.watch.look(&self.snapshot(), now, self.may_tell);
            told.extend(news.into_iter().map(|news| (self.second, news)));
            let due = self.watch.due().map(|due| (due - self.begin).as_secs());
            assert!(due.is_none_or(|due| due > self.second), "what is due was not told");
            match due {
                Some(due) if due <= end => self.second = due,
                _ => break,
            }
        }
        self.second = end;
        told
    }

    fn snapshot(&self) -> Snapshot {
        let view = |(number, (phase, code)): (usize, &(Phase, Option<FindingCode>))| {
            let findings: Vec<Finding> = code.iter().map(|code| finding(*code, "")).collect();
            AppView { phase: *phase, findings, ..AppView::new(id(number), 0) }
        };
        Snapshot { apps: self.apps.iter().enumerate().map(view).collect(), ..Snapshot::default() }
    }
}

#[test]
fn a_connection_is_lost_after_a_while_and_back_once_it_holds() {
    let mut story = Story::of(1);
    assert_eq!(story.pass(100), []);
    story.apps[0] = DOWN;
    assert_eq!(story.pass(29), []);
    assert_eq!(story.pass(300), [(130, News::Lost(vec![id(0)]))]);
    story.apps[0] = UP;
    assert_eq!(story.pass(1000), [(439, News::Back(vec![id(0)], vec![]))]);
    assert_eq!(story.watch.due(), None);
}

#[test]
fn what_is_back_soon_was_never_lost_and_nothing_is_back_that_was_not_lost() {
    let mut story = Story::of(1);
    for _ in 0..20 {
        story.apps[0] = DOWN;
        assert_eq!(story.pass(29), []);
        story.apps[0] = UP;
        assert_eq!(story.pass(60), []);
    }
}

#[test]
fn one_that_comes_and_goes_is_told_ever_more_rarely() {
    let mut story = Story::of(1);
    let mut told = Vec::new();
    for _ in 0..60 {
        story.apps[0] = DOWN;
        told.extend(story.pass(40));
        story.apps[0] = UP;
        told.extend(story.pass(20));
    }
    assert_eq!(told.len(), 2, "{told:?}");
    // An hour of peace, and it is trusted again.
    story.pass(3600);
    story.apps[0] = DOWN;
    assert_eq!(story.pass(31).len(), 1);
}

#[test]
fn up_for_a_moment_is_not_back() {
    let mut story = Story::of(1);
    story.pass(1);
    story.apps[0] = DOWN;
    assert_eq!(story.pass(40).len(), 1);
    for _ in 0..10 {
        story.apps[0] = UP;
        assert_eq!(story.pass(9), []);
        story.apps[0] = DOWN;
        assert_eq!(story.pass(60), []);
    }
}

#[test]
fn at_the_start_and_while_paused_nothing_is_lost() {
    let mut story = Story::of(2);
    story.apps = vec![DOWN, (Phase::Connecting, None)];
    assert_eq!(story.pass(1000), []);
    story.apps = vec![UP, UP];
    assert_eq!(story.pass(1000), []);
    story.apps = vec![(Phase::Paused, None), UP];
    assert_eq!(story.pass(1000), []);
    story.apps = vec![DOWN, UP];
    assert_eq!(story.pass(1000), [], "it has just been resumed");
}

#[test]
fn apps_that_one_cause_takes_down_are_one_notification() {
    let mut story = Story::of(3);
    story.pass(1);
    story.apps[0] = DOWN;
    story.pass(10);
    story.apps = vec![DOWN; 3];
    let all: Vec<_> = (0..3).map(id).collect();
    assert_eq!(story.pass(500), [(31, News::Lost(all.clone()))]);
    story.apps = vec![UP; 3];
    assert_eq!(story.pass(500), [(521, News::Back(all, vec![]))]);
}

#[test]
fn what_is_lost_later_is_told_with_all_that_is_and_what_is_back_with_what_is_not() {
    let mut story = Story::of(2);
    story.pass(1);
    story.apps[0] = DOWN;
    assert_eq!(story.pass(100), [(31, News::Lost(vec![id(0)]))]);
    story.apps[1] = (Phase::Waiting, Some(FindingCode::DnsFailed));
    assert_eq!(story.pass(100), [(131, News::Lost(vec![id(0), id(1)]))]);
    story.apps[1] = UP;
    assert_eq!(story.pass(100), [(211, News::Back(vec![id(1)], vec![id(0)]))]);
}

#[test]
fn what_only_the_user_can_mend_is_told_once_also_at_the_start() {
    let mut story = Story::of(1);
    story.apps[0] = NEEDS;
    let told = News::NeedsYou(FindingCode::CredentialsWrong, vec![id(0)]);
    assert_eq!(story.pass(500), [(3, told.clone())]);
    // Tried again, with the same end.
    for _ in 0..5 {
        story.apps[0] = (Phase::Connecting, Some(FindingCode::CredentialsWrong));
        assert_eq!(story.pass(2), []);
        story.apps[0] = NEEDS;
        assert_eq!(story.pass(100), []);
    }
    let forbidden = (Phase::NeedsYou, Some(FindingCode::Forbidden));
    story.apps[0] = forbidden;
    assert_eq!(story.pass(100).len(), 1, "something else is needed");
    story.apps[0] = NEEDS;
    assert_eq!(story.pass(100), [], "told before");
    story.apps[0] = UP;
    assert_eq!(story.pass(100), [], "nobody was told that it was lost");
    story.apps[0] = NEEDS;
    assert_eq!(story.pass(100).len(), 1, "it needs them again");
    story.apps[0] = UP;
    assert_eq!(story.pass(100).len(), 1, "and is back");
}

#[test]
fn what_is_found_out_within_moments_is_what_is_told() {
    let mut story = Story::of(1);
    story.apps[0] = (Phase::NeedsYou, Some(FindingCode::TlsUntrusted));
    assert_eq!(story.pass(2), []);
    story.apps[0] = (Phase::NeedsYou, Some(FindingCode::TrustFailing));
    assert_eq!(story.pass(60), [(5, News::NeedsYou(FindingCode::TrustFailing, vec![id(0)]))]);
}

#[test]
fn what_happens_while_nothing_may_be_told_is_not_told_later() {
    let mut story = Story::of(2);
    story.pass(1);
    story.may_tell = false;
    story.apps = vec![DOWN, NEEDS];
    assert_eq!(story.pass(500), []);
    story.may_tell = true;
    assert_eq!(story.pass(500), []);
    story.apps = vec![UP; 2];
    assert_eq!(story.pass(500), []);
}

#[test]
fn an_app_that_is_gone_is_forgotten() {
    let mut story = Story::of(1);
    story.pass(1);
    story.apps[0] = DOWN;
    story.pass(10);
    story.apps.clear();
    assert_eq!(story.pass(500), []);
    assert_eq!(story.watch.due(), None);
}
