/// What a client did against the protocol.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Violation {
    /// A message that is no frame.
    #[error("a message that is no frame: {0}")]
    NotAFrame(String),
    /// A text message; the protocol has binary ones only.
    #[error("a text message")]
    Text,
    /// A required field is not on the wire. The platform's decoder refuses such a frame, even where it is 0.
    #[error("required field {0} is not on the wire")]
    FieldMissing(u32),
    /// A field of the acknowledgement differs from the frame it answers.
    #[error("{field} is {got}, {sent} was sent")]
    FieldChanged {
        /// Its name in the platform's protobuf.
        field: &'static str,
        /// What the simulator sent.
        sent: String,
        /// What came back.
        got: String,
    },
    /// The acknowledgement does not repeat every header in order, or has more than `biz_rt` after them.
    #[error("the headers are {got:?}, {sent:?} were sent")]
    HeadersChanged {
        /// What the simulator sent.
        sent: Vec<(String, String)>,
        /// What came back.
        got: Vec<(String, String)>,
    },
    /// An acknowledgement of success without `biz_rt`.
    #[error("no biz_rt")]
    NoBizRt,
    /// A `biz_rt` that is no whole number from 0 on.
    #[error("biz_rt is {0:?}")]
    BadBizRt(String),
    /// The payload is no JSON object with a whole number as `code`.
    #[error("the payload is no acknowledgement: {0}")]
    BadPayload(String),
    /// `data` is no base64.
    #[error("the data is no base64")]
    BadData,
    /// An acknowledgement of something that was not sent on this link, or a second one.
    #[error("an acknowledgement of {0:?}, which waits for none")]
    Unasked(String),
    /// A ping that is not as the platform wants it.
    #[error("a ping whose {0}")]
    BadPing(String),
    /// A frame of a method or type that clients do not send.
    #[error("a frame that clients do not send: {0}")]
    Unknown(String),
}

/// A violation, and who did it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Observed {
    /// The app of the client.
    pub app_id: String,
    /// The client: the `device_id` of its session.
    pub device_id: String,
    /// What it did.
    pub violation: Violation,
}
