//! Reads a few texts out of a JSON document in one pass, and minds nothing that is JSON: another type in a text's
//! place, a key twice, a list where an object should be. serde's derived structs refuse all of these, and a refused
//! event is an event lost.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// The longest text that is kept, in bytes. What is longer is no identifier.
const LONGEST: usize = 256;

/// A text, borrowed where it has no escapes; nothing where the JSON has another type there, or a long text.
#[derive(Default)]
pub(crate) struct Text<'a>(Option<Cow<'a, str>>);

impl Text<'_> {
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0.or(other.0))
    }

    pub(crate) fn into_owned(self) -> Option<String> {
        self.0.map(Cow::into_owned)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&'de RawValue>::deserialize(deserializer)?.get();
        let Some(quoted) = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
            return Ok(Self(None));
        };
        Ok(Self(match quoted.len() {
            0 => None,
            length if length > LONGEST => None,
            _ if !quoted.contains('\\') => Some(Cow::Borrowed(quoted)),
            // Half a surrogate pair is JSON, but no text.
            _ => serde_json::from_str(json).ok().map(Cow::Owned),
        }))
    }
}

/// The part of an object that is wanted.
pub(crate) trait Fields<'de>: Default {
    /// Takes the value of `key`, whatever it is.
    fn take<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

/// An object's wanted part; its default where the JSON has another type there.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Fields<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Fields<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = T::default();
        while let Some(key) = map.next_key::<Key<'_>>()? {
            fields.take(&key.0, &mut map)?;
        }
        Ok(Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Object(T::default()))
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Object(T::default()))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Object(T::default()))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Object(T::default()))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Object(T::default()))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Object(T::default()))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Object(T::default()))
    }
}

/// A key; nothing where it has half a surrogate pair, which is JSON, but no text.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(KeyVisitor).map(Self)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_bytes<E: Error>(self, key: &'de [u8]) -> Result<Self::Value, E> {
        Ok(std::str::from_utf8(key).map_or(Cow::Borrowed(""), Cow::Borrowed))
    }

    fn visit_bytes<E: Error>(self, key: &[u8]) -> Result<Self::Value, E> {
        Ok(std::str::from_utf8(key).map_or(Cow::Borrowed(""), |key| Cow::Owned(key.to_owned())))
    }
}

/// `Type { "text's key" => field, …; "object's key" => field, … }`
macro_rules! fields {
    ($($type:ident { $($text:literal => $text_field:ident),* $(,)?; $($object:literal => $object_field:ident),* })*) => {
        $(
            impl<'de> Fields<'de> for $type<'de> {
                fn take<A: serde::de::MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
                    match key {
                        $( $text => self.$text_field = map.next_value()?, )*
                        $( $object => self.$object_field = map.next_value::<Object<_>>()?.0, )*
                        _ => { map.next_value::<serde::de::IgnoredAny>()?; }
                    }
                    Ok(())
                }
            }
        )*
    };
}
pub(crate) use fields;
