use std::collections::VecDeque;

use tokio::io::{AsyncRead, AsyncReadExt};

/// What is read of a pipe before it is closed, which ends most programs that write without end.
const MOST: u64 = 64 * 1024 * 1024;
/// How many lines are told, and how long each may be in bytes.
const LINES: usize = 100;
const LINE: usize = 2 * 1024;
/// How much of the end is remembered, in bytes.
const LAST: usize = 1024;

/// Listens to one pipe of a program. What it remembers is bounded, whatever is written.
pub(super) struct Ear {
    keep: usize,
    kept: Vec<u8>,
    last: VecDeque<u8>,
    line: Vec<u8>,
    heard: u64,
    lines: usize,
}

impl Ear {
    /// One that keeps the first `keep` bytes.
    pub(super) fn new(keep: usize) -> Self {
        Self { keep, kept: Vec::new(), last: VecDeque::new(), line: Vec::new(), heard: 0, lines: 0 }
    }

    /// Listens until nobody holds the other end, or more was written than anybody will read.
    pub(super) async fn hear(&mut self, pipe: Option<impl AsyncRead + Unpin>, tell: impl Fn(&str)) {
        let Some(mut pipe) = pipe else { return };
        let mut buffer = vec![0; 16 * 1024];
        while self.heard < MOST {
            match pipe.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(bytes) => self.take(&buffer[..bytes], &tell),
            }
        }
    }

    /// Tells the line that did not end, and how many were not told.
    pub(super) fn finish(&mut self, tell: impl Fn(&str)) {
        if !self.line.is_empty() {
            self.end_of_line(&tell);
        }
        if let Some(left_out @ 1..) = self.lines.checked_sub(LINES) {
            tell(&format!("({left_out} more lines)"));
        }
    }

    pub(super) fn more(&self) -> bool {
        self.heard > self.kept.len() as u64
    }

    /// Whether it stopped listening before the other end did.
    pub(super) fn had_enough(&self) -> bool {
        self.heard >= MOST
    }

    pub(super) fn kept(self) -> Vec<u8> {
        self.kept
    }

    /// The end of all that was heard.
    pub(super) fn last(&self) -> String {
        let last: Vec<u8> = self.last.iter().copied().collect();
        readable(&last, true).trim().to_owned()
    }

    fn take(&mut self, bytes: &[u8], tell: &impl Fn(&str)) {
        self.heard += bytes.len() as u64;
        self.kept.extend_from_slice(&bytes[..bytes.len().min(self.keep - self.kept.len())]);
        let end = &bytes[bytes.len().saturating_sub(LAST)..];
        self.last.extend(end);
        self.last.drain(..self.last.len().saturating_sub(LAST));
        for (index, part) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if index > 0 {
                self.end_of_line(tell);
            }
            if self.lines < LINES {
                self.line.extend_from_slice(&part[..part.len().min(LINE - self.line.len())]);
            }
        }
    }

    fn end_of_line(&mut self, tell: &impl Fn(&str)) {
        if self.lines < LINES {
            tell(readable(&self.line, false).trim_end());
        }
        self.lines += 1;
        self.line.clear();
    }
}

/// As text that does nothing to the terminal it is shown on: part of it may be what a stranger wrote into a chat.
fn readable(bytes: &[u8], lines: bool) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars().map(|c| if c.is_control() && !(lines && c == '\n') { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn lines(parts: &[&[u8]]) -> (Vec<String>, Ear) {
        let told = RefCell::new(Vec::new());
        let mut ear = Ear::new(4);
        for part in parts {
            ear.take(part, &|line: &str| told.borrow_mut().push(line.to_owned()));
        }
        ear.finish(|line| told.borrow_mut().push(line.to_owned()));
        (told.into_inner(), ear)
    }

    #[test]
    fn lines_are_told_whole_however_they_were_written() {
        let (told, ear) = lines(&[b"on", b"e\ntwo\r\n\nthr", b"ee"]);
        assert_eq!(told, ["one", "two", "", "three"]);
        assert!(ear.more());
        assert_eq!(ear.last(), "one\ntwo \n\nthree");
        assert_eq!(ear.kept(), b"one\n");
    }

    #[test]
    fn a_line_does_nothing_to_a_terminal() {
        let (told, _) = lines(&[b"\x1b]0;title\x07red\xff\n"]);
        assert_eq!(told, [" ]0;title red\u{fffd}"]);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let much = [b'x'; 300_000];
        let (told, ear) = lines(&[&much, &much, b"\n", &b"y\n".repeat(1000)]);
        assert_eq!(told.len(), LINES + 1);
        assert_eq!(told[0].len(), LINE);
        assert_eq!(told[LINES], "(901 more lines)");
        assert_eq!(ear.last().len(), LAST - 1);
        assert!(ear.line.capacity() <= LINE && ear.kept.len() == 4);
    }
}
