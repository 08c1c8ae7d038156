use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use fastrand::Rng;

use crate::{history::lock, ids};

/// How long a ticket waits to be used.
const LIFE: Duration = Duration::from_secs(60);
/// The service the platform's URLs name.
pub(crate) const SERVICE_ID: i32 = 33_554_678;

/// What a client gets with the URL of its session. Each works once.
pub(crate) struct Tickets(Mutex<HashMap<String, Ticket>>);

/// One session, not yet opened.
pub(crate) struct Ticket {
    pub(crate) app_id: String,
    pub(crate) device_id: String,
    access_key: String,
    expires: Instant,
}

impl Tickets {
    pub(crate) fn new() -> Self {
        Self(Mutex::default())
    }

    /// Makes a ticket; the answer is the query of the session's URL, which is a secret.
    pub(crate) fn issue(&self, app_id: &str, rng: &mut Rng, now: Instant) -> String {
        let device_id = (0..19).map(|_| char::from(b'1' + rng.u8(..9))).collect::<String>();
        let (access_key, ticket) = (ids::hex(rng, 32), ids::uuid(rng));
        let query = format!(
            "fpid=493&aid=552564&device_id={device_id}&access_key={access_key}&service_id={SERVICE_ID}&ticket={ticket}"
        );
        let mut tickets = lock(&self.0);
        tickets.retain(|_, ticket| ticket.expires > now);
        let app_id = app_id.to_owned();
        tickets.insert(ticket, Ticket { app_id, device_id, access_key, expires: now + LIFE });
        query
    }

    /// Uses the ticket of such a query; `None` where it is unknown, used, expired, or does not go with the rest.
    pub(crate) fn redeem(&self, query: &HashMap<String, String>, now: Instant) -> Option<Ticket> {
        let ticket = lock(&self.0).remove(query.get("ticket")?)?;
        let fits = |name: &str, value: &str| query.get(name).is_some_and(|given| given == value);
        let good = ticket.expires > now
            && fits("device_id", &ticket.device_id)
            && fits("access_key", &ticket.access_key)
            && fits("service_id", &SERVICE_ID.to_string());
        good.then_some(ticket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> HashMap<String, String> {
        text.split('&').filter_map(|pair| pair.split_once('=')).map(|(k, v)| (k.into(), v.into())).collect()
    }

    #[test]
    fn a_ticket_works_once_and_for_a_minute() {
        let (tickets, mut rng, now) = (Tickets::new(), Rng::with_seed(1), Instant::now());
        let first = query(&tickets.issue("cli_a", &mut rng, now));
        let ticket = tickets.redeem(&first, now).unwrap();
        assert_eq!(ticket.app_id, "cli_a");
        assert!(tickets.redeem(&first, now).is_none(), "used");
        let late = query(&tickets.issue("cli_a", &mut rng, now));
        assert!(tickets.redeem(&late, now + LIFE).is_none(), "expired");
    }

    #[test]
    fn a_ticket_goes_with_its_url_only() {
        let (tickets, mut rng, now) = (Tickets::new(), Rng::with_seed(1), Instant::now());
        for name in ["device_id", "access_key", "service_id", "ticket"] {
            let mut query = query(&tickets.issue("cli_a", &mut rng, now));
            query.insert(name.into(), "1".into());
            assert!(tickets.redeem(&query, now).is_none(), "{name}");
        }
    }

    #[test]
    fn tickets_nobody_uses_do_not_pile_up() {
        let (tickets, mut rng, now) = (Tickets::new(), Rng::with_seed(1), Instant::now());
        (0..100).for_each(|_| drop(tickets.issue("cli_a", &mut rng, now)));
        tickets.issue("cli_a", &mut rng, now + LIFE);
        assert_eq!(lock(&tickets.0).len(), 1);
    }
}
