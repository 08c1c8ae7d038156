use std::{
    thread,
    time::{Duration, Instant},
};

use x11rb::{
    connection::Connection,
    errors::{ConnectionError, ReplyError},
    protocol::{
        Event,
        xproto::{AtomEnum, ChangeWindowAttributesAux, ConnectionExt, EventMask, ImageFormat, Window as Id},
    },
    rust_connection::RustConnection,
};

use crate::Error;

/// The title of the app's window.
const TITLE: &[u8] = b"Longwire";
/// How often its picture is taken.
const PACE: Duration = Duration::from_millis(3);
/// Rows between two rows that are looked at: close enough for a line of text to be seen.
const EVERY: usize = 12;
/// How long after something is painted the window's picture is the one that stays.
const SETTLED: Duration = Duration::from_millis(1500);
/// How long the window may take to come at all, and then to be painted.
const PATIENCE: Duration = Duration::from_secs(20);
/// How much of a picture is one colour where nothing is painted.
const BLANK: f64 = 0.995;
/// How much of a picture has to be as it stays for the content to be there: a clock may tick on.
const SAME: f64 = 0.98;

/// The screen, watched for the window to come.
pub(super) struct Glass {
    server: RustConnection,
    root: Id,
}

/// When the window was seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// On the screen, painted or not.
    pub(super) mapped: Instant,
    /// Something was painted.
    pub(super) painted: Instant,
    /// It looked as it did from then on.
    pub(super) drawn: Instant,
}

/// Some rows of the window.
type Picture = Vec<u32>;

impl Glass {
    /// Watches from now on.
    pub(super) fn watch(display: &str) -> Result<Self, Error> {
        let (server, screen) = RustConnection::connect(Some(display)).map_err(broken)?;
        let root = server.setup().roots[screen].root;
        let mask = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
        server.change_window_attributes(root, &mask).map_err(broken)?.check().map_err(broken)?;
        Ok(Self { server, root })
    }

    /// Waits for the window, and until its picture stays.
    pub(super) fn seen(self) -> Result<Seen, Error> {
        let (window, mapped) = self.mapped()?;
        let mut pictures: Vec<(Instant, Picture)> = Vec::new();
        let mut painted: Option<Instant> = None;
        while painted.map_or(mapped.elapsed() < PATIENCE, |painted| painted.elapsed() < SETTLED) {
            let picture = self.picture(window).map_err(broken)?;
            if pictures.last().is_none_or(|(_, last)| *last != picture) {
                painted = painted.or_else(|| (!is_blank(&picture)).then(Instant::now));
                pictures.push((Instant::now(), picture));
            }
            thread::sleep(PACE);
        }
        let (painted, drawn) = moments(&pictures)
            .ok_or_else(|| Error::Desktop(format!("nothing is painted within {PATIENCE:?}")))?;
        Ok(Seen { mapped, painted, drawn })
    }

    /// Waits for the window, painted or not.
    pub(super) fn mapped(&self) -> Result<(Id, Instant), Error> {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            while let Some(event) = self.server.poll_for_event().map_err(broken)? {
                if let Event::MapNotify(event) = event
                    && event.event == self.root
                    && self.title(event.window).map_err(broken)? == TITLE
                {
                    return Ok((event.window, Instant::now()));
                }
            }
            thread::sleep(Duration::from_millis(1));
        }
        Err(Error::Desktop(format!("no window within {PATIENCE:?}")))
    }

    fn title(&self, window: Id) -> Result<Vec<u8>, ReplyError> {
        let name = AtomEnum::WM_NAME;
        Ok(self.server.get_property(false, window, name, AtomEnum::ANY, 0, 64)?.reply()?.value)
    }

    fn picture(&self, window: Id) -> Result<Picture, ReplyError> {
        let size = self.server.get_geometry(window)?.reply()?;
        let row =
            |y| self.server.get_image(ImageFormat::Z_PIXMAP, window, 0, y as i16, size.width, 1, u32::MAX);
        let asked: Result<Vec<_>, ConnectionError> =
            (0..usize::from(size.height)).step_by(EVERY).map(row).collect();
        let mut picture = Picture::new();
        for row in asked? {
            let row = row.reply()?.data;
            // The fourth byte is no colour.
            picture.extend(row.as_chunks().0.iter().map(|pixel| u32::from_le_bytes(*pixel) & 0xff_ff_ff));
        }
        Ok(picture)
    }
}

/// When the first picture was not blank, and from when on each was nearly the last one.
fn moments(pictures: &[(Instant, Picture)]) -> Option<(Instant, Instant)> {
    let (_, last) = pictures.last().filter(|(_, last)| !is_blank(last))?;
    let (painted, _) = pictures.iter().find(|(_, picture)| !is_blank(picture))?;
    let (drawn, _) = pictures.iter().rev().take_while(|(_, picture)| same(picture, last) >= SAME).last()?;
    Some((*painted, *drawn))
}

fn is_blank(picture: &Picture) -> bool {
    let mut sorted = picture.clone();
    sorted.sort_unstable();
    let most = sorted.chunk_by(|a, b| a == b).map(<[u32]>::len).max().unwrap_or_default();
    most as f64 >= BLANK * picture.len() as f64
}

/// How much of two pictures is the same.
fn same(one: &Picture, other: &Picture) -> f64 {
    if one.len() != other.len() {
        return 0.0;
    }
    one.iter().zip(other).filter(|(a, b)| a == b).count() as f64 / one.len() as f64
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Desktop(format!("the screen: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_is_there_once_nothing_but_a_little_changes() {
        let begin = Instant::now();
        let at = |ms| begin + Duration::from_millis(ms);
        let picture = |text: usize, clock: u32| {
            let mut picture = vec![0; 1000];
            picture[..text].fill(1);
            picture[999] = clock;
            picture
        };
        let pictures = [
            (at(1), picture(0, 0)),
            (at(2), picture(100, 0)),
            (at(3), picture(300, 0)),
            (at(4), picture(300, 1)),
        ];
        assert_eq!(moments(&pictures), Some((at(2), at(3))));
        assert_eq!(moments(&pictures[..1]), None);
        assert_eq!(moments(&[]), None);
    }
}
