//! The simulator's events and failures, by the names views know them by.

use longwire_contract::{SimulatedEventKind, SimulatedFault};
use longwire_openplatform::{EventKind, Fault};

/// What the simulator sends for an event of the contract.
pub fn event_kind(kind: SimulatedEventKind) -> EventKind {
    match kind {
        SimulatedEventKind::MessageText => EventKind::MessageText,
        SimulatedEventKind::MessageImage => EventKind::MessageImage,
        SimulatedEventKind::MessageFile => EventKind::MessageFile,
        SimulatedEventKind::MessagePost => EventKind::MessagePost,
        SimulatedEventKind::CardAction => EventKind::CardAction,
        SimulatedEventKind::BotAdded => EventKind::BotAdded,
        SimulatedEventKind::BotRemoved => EventKind::BotRemoved,
        SimulatedEventKind::Reaction => EventKind::Reaction,
        SimulatedEventKind::UrlPreview => EventKind::UrlPreview,
        SimulatedEventKind::MenuClick => EventKind::MenuClick,
        SimulatedEventKind::SchemaV1 => EventKind::SchemaV1,
    }
}

/// What the simulator plays for a failure of the contract.
pub fn fault(fault: SimulatedFault) -> Fault {
    match fault {
        SimulatedFault::Refused => Fault::Refused,
        SimulatedFault::BlackHole => Fault::BlackHole,
        SimulatedFault::Html => Fault::Html,
        SimulatedFault::HttpStatus => Fault::HttpStatus,
        SimulatedFault::NoUrl => Fault::NoUrl,
        SimulatedFault::Busy => Fault::Busy,
        SimulatedFault::CredentialsWrong => Fault::CredentialsWrong,
        SimulatedFault::DomainWrong => Fault::DomainWrong,
        SimulatedFault::InternalError => Fault::InternalError,
        SimulatedFault::LimitAtEndpoint => Fault::LimitAtEndpoint,
        SimulatedFault::UnknownCode => Fault::UnknownCode,
        SimulatedFault::Forbidden => Fault::Forbidden,
        SimulatedFault::ConnectionLimit => Fault::ConnectionLimit,
        SimulatedFault::TicketRefused => Fault::TicketRefused,
        SimulatedFault::UpgradeBlocked => Fault::UpgradeBlocked,
        SimulatedFault::Silent => Fault::Silent,
        SimulatedFault::Flapping => Fault::Flapping,
        SimulatedFault::Garbage => Fault::Garbage,
    }
}
