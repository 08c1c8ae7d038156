use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{FutureExt, Sink, Stream};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error, Message, protocol::Role, protocol::WebSocketConfig},
};

/// The largest message a client may send.
const LARGEST: usize = 4 << 20;

/// A WebSocket that goes on reading while it writes: where both ends write and neither reads, they wait for ever.
pub(crate) struct Link<S> {
    socket: WebSocketStream<S>,
    /// What came while we wrote.
    inbox: VecDeque<Message>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Link<S> {
    /// The server's end of an upgraded stream.
    pub(crate) async fn new(stream: S) -> Self {
        let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
        let socket = WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await;
        Self { socket, inbox: VecDeque::new() }
    }

    /// Puts a message in the queue; it is sent no later than in the next [`Link::next`].
    pub(crate) async fn feed(&mut self, message: Message) -> Result<(), Error> {
        poll_fn(|cx| {
            if let Poll::Ready(ready) = Pin::new(&mut self.socket).poll_ready(cx) {
                return Poll::Ready(ready);
            }
            while let Poll::Ready(message) = Pin::new(&mut self.socket).poll_next(cx) {
                match message {
                    Some(Ok(message)) => self.inbox.push_back(message),
                    Some(Err(error)) => return Poll::Ready(Err(error)),
                    None => return Poll::Ready(Err(Error::ConnectionClosed)),
                }
            }
            Poll::Pending
        })
        .await?;
        Pin::new(&mut self.socket).start_send(message)
    }

    /// The next message; what is queued is sent meanwhile. `None` when the client left.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// The next message that is there already; `None` also where there is none yet.
    pub(crate) fn ready(&mut self) -> Option<Message> {
        self.inbox.pop_front().or_else(|| poll_fn(|cx| self.poll_read(cx)).now_or_never().flatten())
    }

    /// Reads and forgets whatever comes, until the client leaves. The link is of no use afterwards.
    pub(crate) async fn swallow(&mut self) {
        swallow(self.socket.get_mut()).await;
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Message>> {
        if let Poll::Ready(Err(_)) = Pin::new(&mut self.socket).poll_flush(cx) {
            return Poll::Ready(None);
        }
        match self.inbox.pop_front() {
            Some(message) => Poll::Ready(Some(message)),
            None => self.poll_read(cx),
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Option<Message>> {
        Pin::new(&mut self.socket).poll_next(cx).map(|message| message.and_then(Result::ok))
    }
}

/// Reads and forgets whatever comes, until the peer leaves.
pub(crate) async fn swallow(stream: &mut (impl AsyncRead + Unpin)) {
    let mut buffer = [0; 4096];
    while let Ok(1..) = stream.read(&mut buffer).await {}
}
