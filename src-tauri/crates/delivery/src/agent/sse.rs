//! Server-sent events, as far as models use them: what stands in `data:` lines.

/// The longest line that is read: the words of one event are a few bytes, those of one that does not stream at all many.
const LONGEST: usize = 1 << 20;

/// A line without an end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct TooLong;

/// Takes bytes as they come, and gives the lines' data. Each line counts as an event of its own: models write one JSON text a
/// line, and some servers leave the empty line between them out.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    /// The last byte was a CR: an LF that follows belongs to it.
    after_cr: bool,
    began: bool,
}

impl Events {
    /// Takes the next bytes, and shows the data of each line that has ended.
    pub(super) fn feed(&mut self, mut bytes: &[u8], mut take: impl FnMut(&str)) -> Result<(), TooLong> {
        while let Some(&first) = bytes.first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = &bytes[..end.unwrap_or(bytes.len())];
            if self.line.len() + part.len() > LONGEST {
                return Err(TooLong);
            }
            self.line.extend_from_slice(part);
            let Some(end) = end else { return Ok(()) };
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            self.end(&mut take);
        }
        Ok(())
    }

    /// There is no more: shows the data of a line that was not ended.
    pub(super) fn end(&mut self, mut take: impl FnMut(&str)) {
        let line = std::mem::take(&mut self.line);
        let line = match line.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if !self.began => rest,
            _ => &line,
        };
        self.began = true;
        if let Some(data) = line.strip_prefix(b"data:") {
            let data = data.strip_prefix(b" ").unwrap_or(data);
            if !data.is_empty() {
                take(&String::from_utf8_lossy(data));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(chunks: &[&[u8]]) -> Vec<String> {
        let (mut events, mut read) = (Events::default(), Vec::new());
        for chunk in chunks {
            events.feed(chunk, |data| read.push(data.to_owned())).unwrap();
        }
        events.end(|data| read.push(data.to_owned()));
        read
    }

    #[test]
    fn the_data_of_each_line_is_read_and_nothing_else() {
        let table: &[(&str, &[&str])] = &[
            ("data: a\n\ndata: b\n\n", &["a", "b"]),
            ("data:a\r\n\r\ndata:b\r\n\r\n", &["a", "b"]),
            ("data: a\rdata: b\r", &["a", "b"]),
            ("data: a\ndata: [DONE]\n", &["a", "[DONE]"]),
            (": ping\n\nevent: x\nid: 7\nretry: 3\ndata: a\n\n", &["a"]),
            ("data: not ended", &["not ended"]),
            ("data:  two spaces", &[" two spaces"]),
            ("data\ndata:\n data: x\nDATA: y\n", &[]),
            ("\u{feff}data: a\n\u{feff}data: b\n", &["a"]),
            ("<html>data: a</html>", &[]),
            ("", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(read(&[text.as_bytes()]), *expected, "{text:?}");
        }
    }

    #[test]
    fn a_character_that_comes_in_two_halves_is_one_and_half_of_one_is_shown_as_such() {
        assert_eq!(read(&[b"data: \xe4\xbd", b"\xa0\n"]), ["你"]);
        assert_eq!(read(&[b"data: \xe4\xbd\ndata: x\n"]), ["\u{fffd}", "x"]);
        assert_eq!(read(&[b"data: a\r", b"\ndata: b\n"]), ["a", "b"]);
    }

    #[test]
    fn a_line_without_an_end_takes_no_more_room_than_is_given_to_it() {
        let mut events = Events::default();
        let chunk = vec![b'x'; 64 << 10];
        let ended = (0..100).find(|_| events.feed(&chunk, |_| ()).is_err());
        assert_eq!(ended, Some(LONGEST / chunk.len()));
        assert!(events.line.len() <= LONGEST);
    }

    proptest! {
        #[test]
        fn where_the_bytes_are_cut_makes_no_difference(
            text in "(data: ?|:|event: |)[a-z你é\u{feff}]{0,5}(\r\n|\n|\r|\n\n)(data:x\r\n|data: y)?",
            more in proptest::collection::vec(any::<u8>(), 0..20),
            cuts in proptest::collection::vec(0_usize..60, 0..6),
        ) {
            let bytes = [text.as_bytes(), &more].concat();
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let chunks: Vec<_> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            prop_assert_eq!(read(&chunks), read(&[&bytes]));
        }
    }
}
