/// Tells keys that are one character from those that a terminal sends as several bytes: arrows, Delete, F1, Alt and a
/// letter, letters beyond ASCII. What follows ESC is ECMA-48's.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    place: Place,
}

/// Where in a key of several bytes the next byte is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Place {
    #[default]
    Before,
    /// After ESC.
    Escape,
    /// After an ESC that came alone: the key Esc, or the first byte of a key that the way here took apart.
    LoneEscape,
    /// After `ESC [`.
    Start,
    /// After `ESC [` and more, up to a byte from `@` to `~`.
    Parameters,
    /// The next byte is the last one.
    Last,
}

impl Keys {
    /// The keys of one character among these bytes, which came together.
    pub(crate) fn read(&mut self, bytes: &[u8]) -> Vec<char> {
        let keys = bytes.iter().filter_map(|byte| self.take(*byte)).collect();
        if self.place == Place::Escape {
            self.place = Place::LoneEscape;
        }
        keys
    }

    fn take(&mut self, byte: u8) -> Option<char> {
        let (place, key) = match (self.place, byte) {
            (_, 0x1b) => (Place::Escape, false),
            (Place::Escape | Place::LoneEscape, b'[') => (Place::Start, false),
            (Place::Escape | Place::LoneEscape, b'O') => (Place::Last, false),
            // What the Linux console sends for F1 to F5.
            (Place::Start, b'[') => (Place::Last, false),
            (Place::Start | Place::Parameters, b'@'..=b'~') => (Place::Before, false),
            (Place::Start | Place::Parameters, _) => (Place::Parameters, false),
            (Place::Escape | Place::Last, _) => (Place::Before, false),
            // No byte of a letter beyond ASCII is one of these.
            (Place::Before | Place::LoneEscape, b'\n' | b' '..=b'~') => (Place::Before, true),
            (Place::Before | Place::LoneEscape, _) => (Place::Before, false),
        };
        self.place = place;
        key.then(|| char::from(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(chunks: &[&str]) -> String {
        let mut keys = Keys::default();
        chunks.iter().flat_map(|chunk| keys.read(chunk.as_bytes())).collect()
    }

    #[test]
    fn keys_of_one_character_are_read() {
        assert_eq!(read(&["t", "?1", "\n "]), "t?1\n ");
    }

    #[test]
    fn a_key_of_several_bytes_is_none_of_ours() {
        let keys = [
            "\x1b[A",
            "\x1b[3~",
            "\x1b[1;5D",
            "\x1bOP",
            "\x1b[[A",
            "\x1bt",
            "\x1b\x1b[B",
            "é",
            "你",
            "\x7f",
            "\t",
        ];
        for key in keys {
            assert_eq!(read(&[&format!("{key}t")]), "t", "{key:?}");
            assert_eq!(read(&[key, "t"]), "t", "{key:?}");
        }
    }

    #[test]
    fn a_key_that_arrives_in_pieces_is_still_one_key() {
        assert_eq!(read(&["\x1b", "[", "3", "~", "t"]), "t");
        assert_eq!(read(&["\x1b", "OP", "t"]), "t");
    }

    #[test]
    fn escape_alone_does_not_take_the_next_key_along() {
        assert_eq!(read(&["\x1b", "t"]), "t");
    }
}
