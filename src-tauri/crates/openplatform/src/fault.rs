/// A failure the simulator plays, so that each can be seen and tested.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Fault {
    /// Nothing listens any more; every connection is cut.
    Refused,
    /// Connections are accepted and never answered; existing links fall silent.
    BlackHole,
    /// Connections are closed after the first message of their TLS handshake. Without effect where no TLS is spoken.
    TlsCut,
    /// The endpoint answers with an HTML page, as a captive portal does.
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
    /// The upgrade answers 403 with `Handshake-*` headers.
    Forbidden,
    /// The upgrade answers 514 with 1000040350.
    ConnectionLimit,
    /// The upgrade answers 514 with another code.
    TicketRefused,
    /// The upgrade answers 403 without `Handshake-*` headers, as a proxy does.
    UpgradeBlocked,
    /// Links open and say nothing: no pong, no event.
    Silent,
    /// Each link is cut a second after it opens.
    Flapping,
    /// Bytes that are no frame, and frames that lie, between good ones.
    Garbage,
}

impl Fault {
    /// Every failure.
    pub const ALL: &[Self] = &[
        Self::Refused,
        Self::BlackHole,
        Self::TlsCut,
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

    /// Whether links that are open go on living when this failure begins: it shows on them, not in their end.
    pub(crate) fn keeps_links(self) -> bool {
        matches!(self, Self::BlackHole | Self::Silent | Self::Garbage)
    }

    /// Whether a link says nothing under this failure.
    pub(crate) fn silences_links(self) -> bool {
        matches!(self, Self::BlackHole | Self::Silent)
    }
}
