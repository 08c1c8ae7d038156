use std::{collections::BTreeMap, time::Duration};

use longwire_contract::{Finding, FindingCode};
use tokio::time::Instant;

use crate::{order::told, table::rule};

/// Remembers since when each finding is there, and holds back what may pass by itself.
#[derive(Clone, Debug, Default)]
pub struct Visible {
    since: BTreeMap<FindingCode, Instant>,
    connected: bool,
    /// When the connection was last lost; absent where it never was.
    lost: Option<Instant>,
}

/// What may be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// What matters most first, without what another one of them explains.
    pub findings: Vec<Finding>,
    /// When the next of those held back may be shown, if it is still there then.
    pub next: Option<Instant>,
}

impl Visible {
    /// What may be shown of what is found now. What blocks the connection is timed from the loss of it, whatever its
    /// name is meanwhile, and shown at once where it was never up; all else is timed from when it was first found. A
    /// finding that is held back hides none that it explains.
    pub fn show(&mut self, found: Vec<Finding>, connected: bool, now: Instant) -> Shown {
        if self.connected && !connected {
            self.lost = Some(now);
        }
        self.connected = connected;
        self.since.retain(|code, _| found.iter().any(|finding| finding.code == *code));
        let mut next: Option<Instant> = None;
        let mut findings = Vec::with_capacity(found.len());
        for finding in found {
            let since = *self.since.entry(finding.code).or_insert(now);
            let visible = self.from(&finding, since);
            if visible <= now {
                findings.push(finding);
            } else {
                next = Some(next.map_or(visible, |next| next.min(visible)));
            }
        }
        Shown { findings: told(findings), next }
    }

    fn from(&self, finding: &Finding, since: Instant) -> Instant {
        let after: Duration = rule(finding.code).visible_after;
        if finding.blocks_connection { self.lost.map_or(since, |lost| lost + after) } else { since + after }
    }
}

#[cfg(test)]
mod tests {
    use longwire_contract::FindingCode as F;
    use proptest::prelude::*;

    use super::*;
    use crate::table::finding;

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn found(codes: &[F]) -> Vec<Finding> {
        codes.iter().map(|code| finding(*code, "")).collect()
    }

    fn codes(shown: &Shown) -> Vec<F> {
        shown.findings.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn what_blocks_a_connection_that_was_never_up_is_shown_at_once() {
        let now = Instant::now();
        for code in [F::DnsFailed, F::TcpRefused, F::TimedOut, F::NoNetwork, F::CredentialsWrong] {
            let shown = Visible::default().show(found(&[code]), false, now);
            assert_eq!((codes(&shown), shown.next), (vec![code], None));
        }
    }

    #[test]
    fn a_blip_does_not_blink_whatever_it_is_called_meanwhile() {
        let (mut visible, start) = (Visible::default(), Instant::now());
        assert_eq!(codes(&visible.show(Vec::new(), true, start)), []);
        let lost = start + seconds(60);
        let shown = visible.show(found(&[F::LinkClosed]), false, lost);
        assert_eq!((codes(&shown), shown.next), (vec![], Some(lost + seconds(5))));
        let shown = visible.show(found(&[F::TcpUnreachable]), false, lost + seconds(3));
        assert_eq!((codes(&shown), shown.next), (vec![], Some(lost + seconds(5))));
        let shown = visible.show(found(&[F::TcpRefused]), false, lost + seconds(5));
        assert_eq!((codes(&shown), shown.next), (vec![F::TcpRefused], None));
        let shown = visible.show(found(&[F::DnsFailed]), false, lost + seconds(6));
        assert_eq!(codes(&shown), [F::DnsFailed]);

        assert_eq!(codes(&visible.show(Vec::new(), true, lost + seconds(7))), []);
        let shown = visible.show(found(&[F::LinkSilent]), false, lost + seconds(8));
        assert_eq!(shown.next, Some(lost + seconds(13)), "each loss has its own time");
    }

    #[test]
    fn a_refusal_is_shown_at_once_even_after_a_loss() {
        let (mut visible, now) = (Visible::default(), Instant::now());
        visible.show(Vec::new(), true, now);
        let shown = visible.show(found(&[F::DomainWrong]), false, now + seconds(1));
        assert_eq!(codes(&shown), [F::DomainWrong]);
    }

    #[test]
    fn nothing_received_needs_two_minutes_in_a_row() {
        let (mut visible, start) = (Visible::default(), Instant::now());
        let both = || found(&[F::PlatformSeesUs, F::NothingReceived]);
        let shown = visible.show(both(), true, start);
        assert_eq!((codes(&shown), shown.next), (vec![F::PlatformSeesUs], Some(start + seconds(120))));
        assert_eq!(codes(&visible.show(both(), true, start + seconds(120))).len(), 2);
        visible.show(Vec::new(), true, start + seconds(121));
        let shown = visible.show(both(), true, start + seconds(122));
        assert_eq!((codes(&shown), shown.next), (vec![F::PlatformSeesUs], Some(start + seconds(242))));
    }

    #[test]
    fn a_link_that_is_counted_after_it_was_cut_is_no_other_client_and_hides_nothing() {
        let (mut visible, start) = (Visible::default(), Instant::now());
        let all = || found(&[F::OtherClients, F::PlatformSeesUs, F::NothingReceived]);
        let at = |visible: &mut Visible, after| codes(&visible.show(all(), true, start + seconds(after)));
        assert_eq!(at(&mut visible, 0), [F::PlatformSeesUs]);
        assert_eq!(at(&mut visible, 120), [F::PlatformSeesUs, F::NothingReceived]);
        assert_eq!(at(&mut visible, 159), [F::PlatformSeesUs, F::NothingReceived]);
        let mut later = visible.clone();
        assert_eq!(at(&mut later, 160), [F::OtherClients, F::PlatformSeesUs], "it is somebody");

        let counted = visible.show(found(&[F::PlatformSeesUs]), true, start + seconds(159));
        assert_eq!((codes(&counted), counted.next), (vec![F::PlatformSeesUs], None), "it was ours");
    }

    proptest! {
        #[test]
        fn the_time_promised_is_kept(steps in prop::collection::vec((0..8_usize, any::<bool>(), 0..90_u64), 1..30)) {
            const CODES: [F; 8] = [
                F::LinkClosed, F::LinkSilent, F::TcpRefused, F::DnsFailed, F::CredentialsWrong, F::NothingReceived,
                F::OtherClients, F::Flapping,
            ];
            let (mut visible, mut now) = (Visible::default(), Instant::now());
            for (code, connected, pause) in steps {
                let shown = visible.show(found(&[CODES[code]]), connected, now);
                // Everything is shown or promised, and what is promised is in the future and then shown.
                prop_assert_eq!(shown.findings.is_empty(), shown.next.is_some());
                if let Some(next) = shown.next {
                    prop_assert!(next > now);
                    let mut later = visible.clone();
                    prop_assert_eq!(later.show(found(&[CODES[code]]), connected, next).findings.len(), 1);
                    let mut sooner = visible.clone();
                    let just_before = next - Duration::from_millis(1);
                    prop_assert!(sooner.show(found(&[CODES[code]]), connected, just_before).findings.is_empty());
                }
                now += seconds(pause);
            }
        }
    }
}
