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
