use std::future::Future;

use longwire_wire::{Event, Reply};

/// Where events go.
pub trait Intake: Send + Sync + 'static {
    /// Keeps an event; what is returned becomes its acknowledgement: [`Reply`] as it is, [`NotKept`] as 500, upon which
    /// the platform sends the event again.
    ///
    /// Events are handed over in the order they arrive, and the returned futures run side by side. A future is dropped
    /// where it takes longer than [`Tuning::keep`](crate::Tuning::keep) or the session ends; a panic in it counts as
    /// [`NotKept`].
    fn keep(&self, event: Event) -> impl Future<Output = Result<Reply, NotKept>> + Send;

    /// A frame that broke the protocol was passed over; the session lives on. Called on the session's task: it must not
    /// take long.
    fn bad_frame(&self, _: &BadFrame) {}
}

/// The event could not be kept; the platform is to send it again.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the event could not be kept")]
pub struct NotKept;

/// What a peer sent that is no frame of the protocol.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BadFrame {
    /// A text message; frames are binary.
    #[error("a text message of {bytes} bytes, where frames are binary")]
    Text {
        /// Its size in bytes.
        bytes: usize,
    },
    /// A binary message that is no frame, or one that lies.
    #[error(transparent)]
    Wire(#[from] longwire_wire::Error),
}
