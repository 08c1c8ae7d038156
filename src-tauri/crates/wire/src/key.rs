//! The keys of a frame's headers, as the official SDKs spell them.

/// What a frame is: [`TYPE_EVENT`], [`TYPE_CARD`], [`TYPE_PING`] or [`TYPE_PONG`].
pub const TYPE: &str = "type";
/// Names a delivery; the same in all its parts.
pub const MESSAGE_ID: &str = "message_id";
/// How many parts a delivery has; 1 is a whole one.
pub const SUM: &str = "sum";
/// Which part this is, from 0.
pub const SEQ: &str = "seq";
/// The platform's own trace of a delivery, for its support.
pub const TRACE_ID: &str = "trace_id";
/// When the platform sent the frame, in milliseconds since the Unix epoch.
pub const TIMESTAMP: &str = "timestamp";
/// The server instance that sent the frame, and to which the acknowledgement must find its way back.
pub const INSTANCE_ID: &str = "instance_id";
/// Added by the client to an acknowledgement: how long it took, in whole milliseconds.
pub const BIZ_RT: &str = "biz_rt";

/// An event, or one of today's callbacks.
pub const TYPE_EVENT: &str = "event";
/// A card callback of the old kind.
pub const TYPE_CARD: &str = "card";
/// A control frame that asks for a pong.
pub const TYPE_PING: &str = "ping";
/// A control frame that answers a ping.
pub const TYPE_PONG: &str = "pong";
