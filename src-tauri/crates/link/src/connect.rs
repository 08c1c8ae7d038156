use longwire_wire::ClientConfig;
use tokio_tungstenite::WebSocketStream;

use crate::{
    Error, SessionInfo, Stage, Steps,
    censor::Censor,
    platform::{Grant, Platform},
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
    let grant = ticket(platform, steps, &mut tell).await?;

    let ticket = grant.ticket;
    let censor = ticket.censor.clone();
    let info = SessionInfo {
        host: ticket.host(),
        device_id: ticket.device_id.clone(),
        service_id: ticket.service_id,
    };
    let opened = platform
        .open(ticket, &mut |stage| {
            steps.at = stage;
            tell(steps);
        })
        .await
        .inspect_err(|error| steps.at = error.stage())?;

    steps.upgrade = Some(opened.took);
    steps.at = Stage::Session;
    tell(steps);
    Ok(Connection { socket: opened.socket, info, wishes: grant.wishes, censor })
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

    use longwire_dial::{Cause, Origin, Trace};
    use tokio::io::DuplexStream;

    use super::*;
    use crate::{
        platform::{Begins, Opened, Walk},
        ticket::Ticket,
    };

    const SECOND: &str = "wss://second.test";

    /// Its first road stands; its second one does not get past TLS.
    struct Halfway;

    fn seen(issuer: &str, tls: u64) -> Trace {
        Trace { tls: Some(Duration::from_millis(tls)), issuer: Some(issuer.to_owned()), ..Trace::default() }
    }

    impl Platform for Halfway {
        type Io = DuplexStream;

        async fn ticket(&self, begins: &mut Begins<'_>) -> Walk {
            [Stage::Dns, Stage::Tcp, Stage::Tls, Stage::Http].into_iter().for_each(begins);
            let ticket = Ticket::parse(SECOND).unwrap();
            let grant = Grant { ticket, wishes: ClientConfig::default() };
            Walk { trace: seen("First CA", 7), took: Some(Duration::ZERO), skew: None, result: Ok(grant) }
        }

        async fn open(&self, _: Ticket, begins: &mut Begins<'_>) -> Result<Opened<DuplexStream>, Error> {
            [Stage::Dns, Stage::Tcp, Stage::Tls].into_iter().for_each(begins);
            Err(longwire_dial::Error {
                stage: longwire_dial::Stage::Tls,
                cause: Cause::TimedOut(Duration::ZERO),
                origin: Origin::parse(SECOND).unwrap(),
                trace: Box::new(Trace { tls: None, ..seen("Second CA", 0) }),
            }
            .into())
        }
    }

    #[tokio::test]
    async fn each_step_of_both_roads_is_told_and_the_first_ones_values_stay() {
        let told = Mutex::new(Vec::new());
        let mut steps = Steps::default();
        let tell = |steps: &Steps| told.lock().unwrap().push((steps.at, steps.endpoint.is_some()));
        let error = connect(&Halfway, &mut steps, tell).await.err().unwrap();

        let first = [Stage::Dns, Stage::Tcp, Stage::Tls, Stage::Http].map(|at| (at, false));
        let second = [Stage::Dns, Stage::Tcp, Stage::Tls].map(|at| (at, true));
        assert_eq!(told.into_inner().unwrap(), [&first[..], &second[..]].concat());
        assert_eq!((error.stage(), steps.at), (Stage::Tls, Stage::Tls));
        assert_eq!(steps.road.issuer.as_deref(), Some("First CA"));
        assert_eq!(steps.road.tls, Some(Duration::from_millis(7)));
        let Error::Road(error) = error else { panic!("{error:?}") };
        assert_eq!(error.trace.issuer.as_deref(), Some("Second CA"));
    }
}
