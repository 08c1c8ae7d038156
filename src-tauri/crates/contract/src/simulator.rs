use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::AppId;

/// The built-in platform, where it runs inside the engine.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, TS)]
pub struct SimulatorView {
    /// The app it knows.
    pub app_id: AppId,
    /// Its base URL.
    pub url: String,
    /// The failure it plays at the moment.
    #[ts(optional = nullable)]
    pub fault: Option<SimulatedFault>,
}

/// An event the simulator can send.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SimulatedEventKind {
    /// `im.message.receive_v1` with text.
    MessageText,
    /// `im.message.receive_v1` with an image.
    MessageImage,
    /// `im.message.receive_v1` with a file.
    MessageFile,
    /// `im.message.receive_v1` with rich text, large enough to arrive in several parts.
    MessagePost,
    /// `card.action.trigger`: a callback.
    CardAction,
    /// `im.chat.member.bot.added_v1`.
    BotAdded,
    /// `im.chat.member.bot.deleted_v1`.
    BotRemoved,
    /// `im.message.reaction.created_v1`.
    Reaction,
    /// `url.preview.get`: a callback.
    UrlPreview,
    /// `application.bot.menu_v6`.
    MenuClick,
    /// An event of the old schema 1.0.
    SchemaV1,
}

impl SimulatedEventKind {
    /// Every kind, in the order views list them.
    pub const ALL: &[Self] = &[
        Self::MessageText,
        Self::MessageImage,
        Self::MessageFile,
        Self::MessagePost,
        Self::CardAction,
        Self::BotAdded,
        Self::BotRemoved,
        Self::Reaction,
        Self::UrlPreview,
        Self::MenuClick,
        Self::SchemaV1,
    ];
}

/// A failure the simulator can play, so that each can be seen.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SimulatedFault {
    /// Nothing listens any more.
    Refused,
    /// Accepts and never answers.
    BlackHole,
    /// The endpoint answers with an HTML page.
    Html,
    /// The endpoint answers HTTP 502.
    HttpStatus,
    /// The endpoint answers code 0 without a URL.
    NoUrl,
    /// The endpoint answers code 1, busy.
    Busy,
    /// The endpoint answers 1000040345.
    CredentialsWrong,
    /// The endpoint answers 1000040351.
    DomainWrong,
    /// The endpoint answers 1000040343, an error inside the platform.
    InternalError,
    /// The endpoint answers 1000040350, before any upgrade.
    LimitAtEndpoint,
    /// The endpoint answers a code nobody knows.
    UnknownCode,
    /// The upgrade answers 403.
    Forbidden,
    /// The upgrade answers 514 with 1000040350.
    ConnectionLimit,
    /// The upgrade answers 514 with another code.
    TicketRefused,
    /// The upgrade answers 403 without `Handshake-*` headers, as a proxy does.
    UpgradeBlocked,
    /// The link stays open and says nothing: no pong, no event.
    Silent,
    /// The link is closed a second after it opens, again and again.
    Flapping,
    /// Bytes that are no frame, and frames that lie, between good ones.
    Garbage,
}

impl SimulatedFault {
    /// Every failure, in the order views list them.
    pub const ALL: &[Self] = &[
        Self::Refused,
        Self::BlackHole,
        Self::Html,
        Self::HttpStatus,
        Self::NoUrl,
        Self::Busy,
        Self::CredentialsWrong,
        Self::DomainWrong,
        Self::InternalError,
        Self::LimitAtEndpoint,
        Self::UnknownCode,
        Self::Forbidden,
        Self::ConnectionLimit,
        Self::TicketRefused,
        Self::UpgradeBlocked,
        Self::Silent,
        Self::Flapping,
        Self::Garbage,
    ];
}

/// An event for the simulator to send.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, TS)]
pub struct SimulatedEvent {
    /// Which.
    pub kind: SimulatedEventKind,
}

/// The failure the simulator is to play from now on.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, TS)]
pub struct SimulatedFaultChange {
    /// Which; none where absent.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub fault: Option<SimulatedFault>,
}
