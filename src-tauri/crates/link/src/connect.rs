use longwire_wire::ClientConfig;
use tokio_tungstenite::WebSocketStream;

use crate::{
    Error, SessionInfo, Stage, Steps,
    censor::Censor,
    platform::{Grant, Opening, Platform},
};

/// A WebSocket that was just opened, and what is known of it.
pub(crate) struct Connection<S> {
    pub(crate) socket: WebSocketStream<S>,
    pub(crate) info: SessionInfo,
    pub(crate) wishes: ClientConfig,
    pub(crate) censor: Censor,
}

/// One try: a fresh ticket, and the session it opens. `steps` is kept up to date, and `tell` called where it changes.
pub(crate) async fn connect<P: Platform>(
    platform: &P,
    steps: &mut Steps,
    mut tell: impl FnMut(&Steps) + Send,
) -> Result<Connection<P::Io>, Error> {
    let Grant { ticket, way, wishes } = ticket(platform, steps, &mut tell).await?;
    let censor = ticket.censor.clone();
    let info = SessionInfo {
        host: ticket.host(),
        device_id: ticket.device_id.clone(),
        service_id: ticket.service_id,
    };
    let Opening { route, result } = platform
        .open(ticket, &way, &mut |stage| {
            steps.at = stage;
            tell(steps);
        })
        .await;
    let first = steps.road.route.as_ref().and_then(|taken| taken.proxy.as_ref());
    steps.other_way = route.filter(|taken| taken.proxy.as_ref() != first);
    let opened = result.inspect_err(|error| steps.at = error.stage())?;

    steps.upgrade = Some(opened.took);
    steps.at = Stage::Session;
    tell(steps);
    Ok(Connection { socket: opened.socket, info, wishes, censor })
}

/// The first half of a try: a fresh ticket.
pub(crate) async fn ticket<P: Platform>(
    platform: &P,
    steps: &mut Steps,
    tell: &mut (impl FnMut(&Steps) + Send),
) -> Result<Grant, Error> {
    let walk = platform
        .ticket(&mut |stage| {
            steps.at = stage;
            tell(steps);
        })
        .await;
    steps.road = walk.trace;
    steps.endpoint = walk.took;
    steps.skew = walk.skew;
    walk.result.inspect_err(|error| steps.at = error.stage())
}

#[cfg(test)]
mod tests {
    use std::{sync::Mutex, time::Duration};

    use longwire_dial::{
        Cause, Origin, Proxy, ProxyPlace, Taken, Trace,
        route::{Source, Way, Why},
    };
    use tokio::io::DuplexStream;

    use super::*;
    use crate::{
        platform::{Begins, Walk},
        ticket::Ticket,
    };

    const SECOND: &str = "wss://second.test";

    /// Its first road stands; its second one does not get past TLS. The ways that they take.
    #[derive(Default)]
    struct Halfway(Option<Taken>, Option<Taken>);

    fn seen(issuer: &str, tls: u64) -> Trace {
        Trace { tls: Some(Duration::from_millis(tls)), issuer: Some(issuer.to_owned()), ..Trace::default() }
    }

    impl Platform for Halfway {
        type Io = DuplexStream;

        async fn ticket(&self, begins: &mut Begins<'_>) -> Walk {
            [Stage::Dns, Stage::Tcp, Stage::Tls, Stage::Http].into_iter().for_each(begins);
            let ticket = Ticket::parse(SECOND).unwrap();
            let grant = Grant { ticket, way: Way::Direct, wishes: ClientConfig::default() };
            let trace = Trace { route: self.0.clone(), ..seen("First CA", 7) };
            Walk { trace, took: Some(Duration::ZERO), skew: None, result: Ok(grant) }
        }

        async fn open(&self, _: Ticket, _: &Way, begins: &mut Begins<'_>) -> Opening<DuplexStream> {
            [Stage::Dns, Stage::Tcp, Stage::Tls].into_iter().for_each(begins);
            let error = longwire_dial::Error {
                stage: longwire_dial::Stage::Tls,
                cause: Cause::TimedOut(Duration::ZERO),
                origin: Origin::parse(SECOND).unwrap(),
                trace: Box::new(Trace { tls: None, ..seen("Second CA", 0) }),
            };
            Opening { route: self.1.clone(), result: Err(error.into()) }
        }
    }

    #[tokio::test]
    async fn each_step_of_both_roads_is_told_and_the_first_ones_values_stay() {
        let told = Mutex::new(Vec::new());
        let mut steps = Steps::default();
        let tell = |steps: &Steps| told.lock().unwrap().push((steps.at, steps.endpoint.is_some()));
        let error = connect(&Halfway::default(), &mut steps, tell).await.err().unwrap();

        let first = [Stage::Dns, Stage::Tcp, Stage::Tls, Stage::Http].map(|at| (at, false));
        let second = [Stage::Dns, Stage::Tcp, Stage::Tls].map(|at| (at, true));
        assert_eq!(told.into_inner().unwrap(), [&first[..], &second[..]].concat());
        assert_eq!((error.stage(), steps.at), (Stage::Tls, Stage::Tls));
        assert_eq!(steps.road.issuer.as_deref(), Some("First CA"));
        assert_eq!(steps.road.tls, Some(Duration::from_millis(7)));
        let Error::Road(error) = error else { panic!("{error:?}") };
        assert_eq!(error.trace.issuer.as_deref(), Some("Second CA"));
    }

    #[tokio::test]
    async fn a_way_to_the_second_host_is_told_where_it_is_another_one() {
        let taken = |proxy: Option<&str>, source| Taken {
            proxy: proxy.map(|proxy| ProxyPlace::of(&proxy.parse::<Proxy>().unwrap())),
            why: Why { source, pac: None, rule: None },
        };
        let (p, q) = (Some("http://ada:planted@p:1"), Some("http://q:1"));
        for (first, second, differs) in
            [(p, p, false), (None, None, false), (p, None, true), (None, p, true), (p, q, true)]
        {
            // What decides on a way may be another, too; it is the way that counts.
            let (first, second) = (taken(first, Source::Given), taken(second, Source::Nobody));
            let platform = Halfway(Some(first.clone()), Some(second.clone()));
            let mut steps = Steps::default();
            connect(&platform, &mut steps, |_| {}).await.err().unwrap();
            assert_eq!(steps.other_way, differs.then_some(second), "{steps:?}");
            assert_eq!(steps.road.route, Some(first));
            assert!(!format!("{steps:?}").contains("planted"), "{steps:?}");
        }
    }
}
