use std::fmt;

use crate::{ClientConfig, Error, Frame, Method, error::excerpt, key};

/// What a frame is.
#[derive(Clone, Debug, PartialEq)]
pub enum Inbound {
    /// The peer asks for a pong.
    Ping,
    /// The peer answers a ping, perhaps with a configuration to use from now on.
    Pong(Option<ClientConfig>),
    /// An event, or a part of one.
    Part(Part),
}

/// A data frame: an event or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What its payload is.
    pub kind: Kind,
    /// The frame as it came.
    pub frame: Frame,
}

/// What a data frame carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// An event, or one of today's callbacks (`card.action.trigger`, `url.preview.get`).
    Event,
    /// A card callback of the old kind.
    Card,
}

impl Inbound {
    /// Tells what a frame is.
    ///
    /// # Errors
    /// [`Error::UnknownMethod`], [`Error::NoType`], [`Error::UnknownType`].
    pub fn of(frame: Frame) -> Result<Self, Error> {
        const CONTROL: i32 = Method::Control as i32;
        const DATA: i32 = Method::Data as i32;
        match (frame.method, frame.header(key::TYPE)) {
            (CONTROL, Some(key::TYPE_PING)) => Ok(Self::Ping),
            (CONTROL, Some(key::TYPE_PONG)) => {
                Ok(Self::Pong(frame.payload.as_deref().and_then(ClientConfig::of_json)))
            }
            (DATA, Some(key::TYPE_EVENT)) => Ok(Self::Part(Part { kind: Kind::Event, frame })),
            (DATA, Some(key::TYPE_CARD)) => Ok(Self::Part(Part { kind: Kind::Card, frame })),
            (CONTROL | DATA, Some(other)) => Err(Error::UnknownType(excerpt(other))),
            (CONTROL | DATA, None) => Err(Error::NoType),
            (other, _) => Err(Error::UnknownMethod(other)),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Event => key::TYPE_EVENT,
            Self::Card => key::TYPE_CARD,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Header;

    fn frame(method: i32, kind: &str) -> Frame {
        Frame { method, headers: vec![Header::new(key::TYPE, kind)], ..Frame::default() }
    }

    #[test]
    fn method_and_type_together_say_what_a_frame_is() {
        assert_eq!(Inbound::of(Frame::ping(1)), Ok(Inbound::Ping));
        assert_eq!(Inbound::of(Frame::pong(1, None)), Ok(Inbound::Pong(None)));
        for (name, kind) in [("event", Kind::Event), ("card", Kind::Card)] {
            let frame = frame(1, name);
            assert_eq!(Inbound::of(frame.clone()), Ok(Inbound::Part(Part { kind, frame })));
        }
    }

    #[test]
    fn a_pong_carries_a_configuration_or_nothing_of_use() {
        let config = ClientConfig { ping_interval: Some(5), ..ClientConfig::default() };
        assert_eq!(Inbound::of(Frame::pong(1, Some(&config))), Ok(Inbound::Pong(Some(config))));
        let malformed = Frame { payload: Some("{".into()), ..Frame::pong(1, None) };
        assert_eq!(Inbound::of(malformed), Ok(Inbound::Pong(None)));
    }

    #[test]
    fn what_is_unknown_is_named() {
        assert_eq!(Inbound::of(frame(2, "event")), Err(Error::UnknownMethod(2)));
        assert_eq!(Inbound::of(frame(-1, "event")), Err(Error::UnknownMethod(-1)));
        assert_eq!(Inbound::of(frame(1, "ping")), Err(Error::UnknownType("ping".into())));
        assert_eq!(Inbound::of(frame(0, "event")), Err(Error::UnknownType("event".into())));
        assert_eq!(Inbound::of(Frame { method: 1, ..Frame::default() }), Err(Error::NoType));
        let Err(Error::UnknownType(text)) = Inbound::of(frame(1, &"\n".repeat(1 << 20))) else { panic!() };
        assert_eq!(text, "…");
    }
}
