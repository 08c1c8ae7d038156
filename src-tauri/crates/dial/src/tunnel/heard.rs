use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

use super::evidence::Secrets;
use super::fault::ProxyFault;

/// What a proxy has said and nobody has taken note of yet.
#[derive(Debug, Default)]
pub(super) struct Heard {
    bytes: BytesMut,
}

/// How much of an answer is kept as evidence, in bytes.
pub(super) const EVIDENCE: usize = 1024;
/// How long is waited for the rest of an answer that is known to be no tunnel: it is worth reading, and not worth much.
pub(super) const LINGER: Duration = Duration::from_millis(300);

impl Heard {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes note of the first `length` bytes.
    pub(super) fn pass(&mut self, length: usize) -> BytesMut {
        self.bytes.split_to(length.min(self.bytes.len()))
    }

    /// Waits for more.
    pub(super) async fn more(&mut self, from: &mut (impl AsyncRead + Unpin)) -> Result<(), ProxyFault> {
        self.bytes.reserve(EVIDENCE);
        match from.read_buf(&mut self.bytes).await {
            Ok(0) => Err(ProxyFault::Cut),
            Ok(_) => Ok(()),
            Err(error) => Err(ProxyFault::of(&error)),
        }
    }

    /// Waits until at least `length` bytes are there. What does not begin with `first` is another protocol's.
    pub(super) async fn reply(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
        first: u8,
        length: usize,
        secrets: &Secrets,
    ) -> Result<&[u8], ProxyFault> {
        while self.bytes.len() < length {
            self.more(from).await?;
            if self.bytes.first() != Some(&first) {
                return Err(self.other_protocol(from, secrets).await);
            }
        }
        Ok(&self.bytes)
    }

    /// It is our turn to speak: who goes on speaking does not speak the protocol.
    pub(super) async fn over(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
        secrets: &Secrets,
    ) -> Result<(), ProxyFault> {
        if self.bytes.is_empty() { Ok(()) } else { Err(self.other_protocol(from, secrets).await) }
    }

    pub(super) async fn other_protocol(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
        secrets: &Secrets,
    ) -> ProxyFault {
        self.linger(from, EVIDENCE).await;
        ProxyFault::OtherProtocol { start: secrets.start(&self.bytes) }
    }

    /// Waits a little for as much as `enough` bytes.
    pub(super) async fn linger(&mut self, from: &mut (impl AsyncRead + Unpin), enough: usize) {
        let rest = async {
            while self.bytes.len() < enough {
                self.more(from).await?;
            }
            Ok::<_, ProxyFault>(())
        };
        // However it ends: what is there is there.
        let _ = timeout(LINGER, rest).await;
    }
}
