use futures_util::{SinkExt, StreamExt};
use longwire_wire::Frame;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, timeout_at},
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    Config, Error, SessionError, SessionInfo, Stage, Steps, Tuning,
    connect::{Connection, connect, ticket},
    platform::Platform,
    session::{closed, ended, farewell},
};

/// One try: the way it took, and what it led to.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe<T = SessionInfo> {
    /// The way; [`Steps::at`] is the last step.
    pub steps: Steps,
    /// What it led to.
    pub result: Result<T, Error>,
}

/// Asks the endpoint for a ticket and lets it lapse: are App ID, App Secret and domain right, and does the road stand?
///
/// # Errors
/// Those of the road and of the endpoint.
pub async fn check(config: &Config) -> Result<(), Error> {
    knock(config, |_| {}).await.result
}

/// The same, and tells of each step as it begins.
pub async fn knock(config: &Config, mut tell: impl FnMut(&Steps) + Send) -> Probe<()> {
    let mut steps = Steps::default();
    let result = ticket(config, &mut steps, &mut tell).await.map(drop);
    Probe { steps, result }
}

/// Connects up to the first pong, or any other frame, and closes in good order at once; tells of each step as it begins.
/// Events that come meanwhile are not acknowledged, so that the platform sends them again. Dropping the future closes
/// what was opened.
pub async fn probe(config: &Config, tell: impl FnMut(&Steps) + Send) -> Probe {
    attempt(config, &config.tuning, tell).await
}

async fn attempt<P: Platform>(platform: &P, tuning: &Tuning, tell: impl FnMut(&Steps) + Send) -> Probe {
    let mut steps = Steps::default();
    let mut connection = match connect(platform, &mut steps, tell).await {
        Ok(connection) => connection,
        Err(error) => return Probe { steps, result: Err(error) },
    };
    let opened = Instant::now();
    match first_sign(&mut connection, tuning).await {
        Ok(()) => {
            steps.pong = Some(opened.elapsed());
            farewell(&mut connection.socket, tuning.farewell).await;
            Probe { steps, result: Ok(connection.info) }
        }
        Err(error) => {
            steps.at = Stage::Session;
            Probe { steps, result: Err(error.into()) }
        }
    }
}

/// Pings, and waits for the first frame.
async fn first_sign<S: AsyncRead + AsyncWrite + Unpin>(
    connection: &mut Connection<S>,
    tuning: &Tuning,
) -> Result<(), SessionError> {
    let Connection { socket, info, censor, .. } = connection;
    let sign = async {
        let ping = Message::Binary(Frame::ping(info.service_id).encode());
        socket.send(ping).await.map_err(|error| ended(error, censor))?;
        match socket.next().await {
            Some(Ok(Message::Close(goodbye))) => Err(closed(goodbye, censor)),
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) => Err(ended(error, censor)),
            None => Err(SessionError::Cut),
        }
    };
    let silent = SessionError::Silent(tuning.silence);
    timeout_at(Instant::now() + tuning.silence, sign).await.unwrap_or(Err(silent))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use longwire_wire::ClientConfig;
    use tokio::task::JoinHandle;
    use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};

    use super::*;
    use crate::{
        EndpointError,
        testing::{Fake, Link, Plan, event},
    };

    /// A probe of a session that opens, and the platform's end of it after the ping.
    async fn probing() -> (JoinHandle<Probe>, Link) {
        let tuning = Tuning::default();
        let (fake, mut opened) = Fake::of(Plan::Open(ClientConfig::default()), tuning);
        let task = tokio::spawn(async move { attempt(&fake, &tuning, |_| {}).await });
        let mut link = opened.recv().await.unwrap();
        link.ping().await;
        (task, link)
    }

    #[tokio::test(start_paused = true)]
    async fn an_event_proves_life_and_is_left_for_another() {
        let (task, mut link) = probing().await;
        link.send_frame(&event("m", "{}")).await;
        let Some(Message::Close(Some(goodbye))) = link.next().await else { panic!("an acknowledgement") };
        assert_eq!(goodbye.code, CloseCode::Normal);
        assert_eq!(link.next().await, None);
        drop(link);
        assert!(task.await.unwrap().result.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn silence_a_goodbye_and_a_cut_are_told_apart() {
        let silence = Tuning::default().silence;
        let (task, _link) = probing().await;
        assert_eq!(task.await.unwrap().result, Err(SessionError::Silent(silence).into()));

        let (task, mut link) = probing().await;
        let goodbye = CloseFrame { code: CloseCode::from(4001), reason: "full".into() };
        link.send(Message::Close(Some(goodbye))).await;
        let closed = SessionError::Closed { code: Some(4001), reason: "full".to_owned() };
        assert_eq!(task.await.unwrap().result, Err(closed.into()));

        let (task, link) = probing().await;
        drop(link);
        let probe = task.await.unwrap();
        assert_eq!((probe.result, probe.steps.at), (Err(SessionError::Cut.into()), Stage::Session));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_says_no_goodbye_holds_nobody_up() {
        let (task, mut link) = probing().await;
        let began = Instant::now();
        tokio::time::sleep(Duration::from_millis(40)).await;
        link.send_frame(&Frame::pong(7, None)).await;
        let probe = task.await.unwrap();
        assert_eq!(probe.steps.pong, Some(Duration::from_millis(40)));
        assert_eq!(began.elapsed(), Duration::from_millis(40) + Tuning::default().farewell);
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_one_try() {
        let error: Error = EndpointError::Empty.into();
        let tuning = Tuning::default();
        let (fake, _) = Fake::of(Plan::NoTicket(error.clone()), tuning);
        let probe = attempt(&fake, &tuning, |_| {}).await;
        assert_eq!((probe.result.unwrap_err(), probe.steps.at), (error, Stage::Endpoint));
    }
}
