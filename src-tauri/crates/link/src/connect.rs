use longwire_wire::ClientConfig;
use tokio_tungstenite::WebSocketStream;

use crate::{Error, SessionInfo, Stage, Steps, censor::Censor, platform::Platform};

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
    mut tell: impl FnMut(&Steps),
) -> Result<Connection<P::Io>, Error> {
    tell(steps);
    let walk = platform.ticket().await;
    steps.walked(&walk.trace);
    steps.endpoint = walk.took;
    let grant = walk.result.inspect_err(|error| steps.at = error.stage())?;

    steps.at = Stage::Upgrade;
    tell(steps);
    let ticket = grant.ticket;
    let censor = ticket.censor.clone();
    let info = SessionInfo {
        host: ticket.host(),
        device_id: ticket.device_id.clone(),
        service_id: ticket.service_id,
    };
    let walk = platform.open(ticket).await;
    steps.walked(&walk.trace);
    steps.upgrade = walk.took;
    let socket = walk.result.inspect_err(|error| steps.at = error.stage())?;

    steps.at = Stage::Session;
    tell(steps);
    Ok(Connection { socket, info, wishes: grant.wishes, censor })
}
